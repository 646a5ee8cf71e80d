/** Layered left-to-right layout that knows where ports lie: layers, order within layers, then heights. */

import { GRID, NODE_WIDTH } from "./geometry";
import type { Point } from "./protocol";
import { heights } from "./straighten";

const COLUMN = NODE_WIDTH + 84;
const GAP = 56;
const SWEEPS = 12;
const PER_ROW = 4;

export interface Block {
  id: string;
  height: number;
}

/** A wire between two blocks; offsets are the distances of its ports from the tops of the blocks. */
export interface Wire {
  source: string;
  target: string;
  sourceOffset: number;
  targetOffset: number;
}

/** A block, or a stand-in that keeps room for a wire passing through a layer. */
export interface Item {
  id: string;
  layer: number;
  height: number;
  stand: boolean;
}

export interface Link {
  from: Item;
  to: Item;
  fromOffset: number;
  toOffset: number;
}

/** Top left corners for all blocks; connected parts are stacked, lone blocks come last in rows. */
export function layered(blocks: readonly Block[], wires: readonly Wire[]): Map<string, Point> {
  const places = new Map<string, Point>();
  let top = 0;
  const parts = connectedParts(blocks, wires);
  for (const part of parts.filter((each) => each.length > 1)) {
    const inside = new Set(part.map((block) => block.id));
    const placed = placePart(
      part,
      wires.filter((wire) => inside.has(wire.source)),
    );
    const lowest = Math.min(...[...placed.values()].map((point) => point.y));
    let bottom = top;
    for (const block of part) {
      const point = placed.get(block.id) ?? { x: 0, y: 0 };
      const y = Math.round((point.y - lowest) / GRID) * GRID + top;
      places.set(block.id, { x: point.x, y });
      bottom = Math.max(bottom, y + block.height);
    }
    top = Math.ceil((bottom + 2 * GAP) / GRID) * GRID;
  }
  placeLone(parts.filter((each) => each.length === 1).flat(), top, places);
  return places;
}

function placeLone(lone: readonly Block[], from: number, places: Map<string, Point>): void {
  let top = from;
  for (let start = 0; start < lone.length; start += PER_ROW) {
    const row = lone.slice(start, start + PER_ROW);
    row.forEach((block, column) => places.set(block.id, { x: column * COLUMN, y: top }));
    top += Math.ceil((Math.max(...row.map((block) => block.height)) + GAP) / GRID) * GRID;
  }
}

function connectedParts(blocks: readonly Block[], wires: readonly Wire[]): Block[][] {
  const near = new Map<string, string[]>(blocks.map((block) => [block.id, []]));
  for (const wire of wires) {
    near.get(wire.source)?.push(wire.target);
    near.get(wire.target)?.push(wire.source);
  }
  const part = new Map<string, number>();
  blocks.forEach((block, index) => {
    const stack = part.has(block.id) ? [] : [block.id];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (part.has(id)) continue;
      part.set(id, index);
      stack.push(...(near.get(id) ?? []));
    }
  });
  const groups = new Map<number, Block[]>();
  for (const block of blocks) {
    const key = part.get(block.id) ?? 0;
    groups.set(key, [...(groups.get(key) ?? []), block]);
  }
  return [...groups.values()];
}

function placePart(blocks: readonly Block[], wires: readonly Wire[]): Map<string, Point> {
  const layerOf = layersOf(blocks, wires);
  const { layers, links } = withStands(blocks, wires, layerOf);
  const ordered = order(layers, links);
  const tops = heights(ordered, links, GAP);
  const places = new Map<string, Point>();
  for (const item of ordered.flat()) {
    if (!item.stand) places.set(item.id, { x: item.layer * COLUMN, y: tops.get(item) ?? 0 });
  }
  return places;
}

/** Longest way from a source; a block without predecessors moves next to its first consumer. */
function layersOf(blocks: readonly Block[], wires: readonly Wire[]): Map<string, number> {
  const layer = new Map(blocks.map((block) => [block.id, 0]));
  const waiting = new Map(blocks.map((block) => [block.id, 0]));
  const out = new Map<string, Wire[]>();
  for (const wire of wires) {
    waiting.set(wire.target, (waiting.get(wire.target) ?? 0) + 1);
    out.set(wire.source, [...(out.get(wire.source) ?? []), wire]);
  }
  const roots = blocks.filter((block) => waiting.get(block.id) === 0).map((block) => block.id);
  const ready = [...roots];
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const wire of out.get(id) ?? []) {
      layer.set(wire.target, Math.max(layer.get(wire.target) ?? 0, (layer.get(id) ?? 0) + 1));
      const left = (waiting.get(wire.target) ?? 0) - 1;
      waiting.set(wire.target, left);
      if (left === 0) ready.push(wire.target);
    }
  }
  for (const id of roots) {
    const next = (out.get(id) ?? []).map((wire) => layer.get(wire.target) ?? 1);
    if (next.length > 0) layer.set(id, Math.max(0, Math.min(...next) - 1));
  }
  return layer;
}

function withStands(blocks: readonly Block[], wires: readonly Wire[], layerOf: ReadonlyMap<string, number>) {
  const items = new Map<string, Item>();
  const layers: Item[][] = [];
  const put = (item: Item): Item => {
    (layers[item.layer] ??= []).push(item);
    return item;
  };
  for (const block of blocks) {
    const layer = layerOf.get(block.id) ?? 0;
    items.set(block.id, put({ id: block.id, layer, height: block.height, stand: false }));
  }
  const links: Link[] = [];
  wires.forEach((wire, index) => {
    const source = items.get(wire.source);
    const target = items.get(wire.target);
    if (!source || !target || source.layer >= target.layer) return;
    let from = source;
    let fromOffset = wire.sourceOffset;
    for (let layer = source.layer + 1; layer < target.layer; layer += 1) {
      const stand = put({ id: `${index}/${layer}`, layer, height: 8, stand: true });
      links.push({ from, to: stand, fromOffset, toOffset: 4 });
      from = stand;
      fromOffset = 4;
    }
    links.push({ from, to: target, fromOffset, toOffset: wire.targetOffset });
  });
  for (let at = 0; at < layers.length; at += 1) layers[at] ??= [];
  return { layers, links };
}

/** Sweeps of barycentres, ports counted as fractions of a rank; the order with the fewest crossings wins. */
function order(layers: Item[][], links: readonly Link[]): Item[][] {
  const into = grouped(links, (link) => link.to);
  const outOf = grouped(links, (link) => link.from);
  let current = layers;
  let best = { layers, crossings: crossings(layers, links) };
  for (let sweep = 0; sweep < SWEEPS && best.crossings > 0; sweep += 1) {
    const forward = sweep % 2 === 0;
    current = swept(current, forward ? into : outOf, forward);
    const count = crossings(current, links);
    if (count < best.crossings) best = { layers: current, crossings: count };
  }
  return best.layers;
}

function swept(layers: Item[][], near: ReadonlyMap<Item, Link[]>, forward: boolean): Item[][] {
  const next = layers.map((layer) => [...layer]);
  const rank = ranks(next);
  const turns = next.map((_, index) => (forward ? index : next.length - 1 - index));
  for (const at of turns) {
    const layer = next[at] ?? [];
    const centre = new Map(layer.map((item) => [item, barycentre(item, near.get(item) ?? [], rank, forward)]));
    layer.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0));
    layer.forEach((item, index) => rank.set(item, index));
  }
  return next;
}

function barycentre(item: Item, links: readonly Link[], rank: ReadonlyMap<Item, number>, forward: boolean): number {
  if (links.length === 0) return rank.get(item) ?? 0;
  const sum = links.reduce((total, link) => {
    const other = forward ? link.from : link.to;
    const offset = forward ? link.fromOffset : link.toOffset;
    return total + (rank.get(other) ?? 0) + (0.9 * offset) / Math.max(1, other.height);
  }, 0);
  return sum / links.length;
}

function ranks(layers: readonly Item[][]): Map<Item, number> {
  return new Map(layers.flatMap((layer) => layer.map((item, index): [Item, number] => [item, index])));
}

function crossings(layers: readonly Item[][], links: readonly Link[]): number {
  const rank = ranks(layers);
  const ends = grouped(links, (link) => link.from.layer);
  let count = 0;
  for (const group of ends.values()) {
    const spans = group.map((link) => ({
      from: (rank.get(link.from) ?? 0) + link.fromOffset / 10_000,
      to: (rank.get(link.to) ?? 0) + link.toOffset / 10_000,
    }));
    spans.sort((a, b) => a.from - b.from || a.to - b.to);
    spans.forEach((a, index) => {
      for (let other = index + 1; other < spans.length; other += 1) if ((spans[other]?.to ?? 0) < a.to) count += 1;
    });
  }
  return count;
}

function grouped<K>(links: readonly Link[], key: (link: Link) => K): Map<K, Link[]> {
  const groups = new Map<K, Link[]>();
  for (const link of links) {
    const list = groups.get(key(link));
    if (list) list.push(link);
    else groups.set(key(link), [link]);
  }
  return groups;
}
