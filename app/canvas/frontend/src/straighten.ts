/** Heights of ordered layers: each item as near as possible to where its wires run straight. */

import type { Item, Link } from "./layered";

const PASSES = 16;

/** Tops of all items; items of one layer keep their order and stay `gap` apart. */
export function heights(layers: readonly Item[][], links: readonly Link[], gap: number): Map<Item, number> {
  const tops = new Map<Item, number>();
  for (const layer of layers) stack(layer, gap, tops);
  const near = neighbours(links);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const forward = pass % 2 === 0;
    const turn = forward ? layers : layers.toReversed();
    for (const layer of turn) {
      const wishes = layer.map((item) => wish(item, near.get(item) ?? [], tops, pass < PASSES - 2 ? forward : null));
      settle(layer, wishes, gap, tops);
    }
  }
  return tops;
}

function stack(layer: readonly Item[], gap: number, tops: Map<Item, number>): void {
  let top = 0;
  for (const item of layer) {
    tops.set(item, top);
    top += item.height + gap;
  }
}

interface Near {
  other: Item;
  /** What to add to the other's top to get the top at which the wire is straight. */
  shift: number;
  before: boolean;
}

function neighbours(links: readonly Link[]): Map<Item, Near[]> {
  const near = new Map<Item, Near[]>();
  const add = (item: Item, entry: Near) => {
    const list = near.get(item);
    if (list) list.push(entry);
    else near.set(item, [entry]);
  };
  for (const link of links) {
    add(link.to, { other: link.from, shift: link.fromOffset - link.toOffset, before: true });
    add(link.from, { other: link.to, shift: link.toOffset - link.fromOffset, before: false });
  }
  return near;
}

/** The wished top by the neighbours on one side, or by both where `forward` is null. */
function wish(item: Item, near: readonly Near[], tops: ReadonlyMap<Item, number>, forward: boolean | null): number {
  const side = near.filter((entry) => forward === null || entry.before === forward);
  const used = side.length > 0 ? side : near;
  if (used.length === 0) return tops.get(item) ?? 0;
  return used.reduce((sum, entry) => sum + (tops.get(entry.other) ?? 0) + entry.shift, 0) / used.length;
}

/** Least squares under the order: neighbours that would overlap are pooled at their common mean. */
function settle(layer: readonly Item[], wishes: readonly number[], gap: number, tops: Map<Item, number>): void {
  const pools: { mean: number; weight: number; count: number }[] = [];
  const stacked: number[] = [];
  let top = 0;
  layer.forEach((item, index) => {
    stacked.push(top);
    const weight = item.stand ? 2 : 1;
    pools.push({ mean: (wishes[index] ?? 0) - top, weight, count: 1 });
    top += item.height + gap;
    for (let last = pools.at(-1), before = pools.at(-2); last && before && before.mean > last.mean;) {
      const sum = before.weight + last.weight;
      before.mean = (before.mean * before.weight + last.mean * last.weight) / sum;
      before.weight = sum;
      before.count += last.count;
      pools.pop();
      last = pools.at(-1);
      before = pools.at(-2);
    }
  });
  const means = pools.flatMap((pool) => Array.from({ length: pool.count }, () => pool.mean));
  layer.forEach((item, index) => tops.set(item, (means[index] ?? 0) + (stacked[index] ?? 0)));
}
