/** What can be reached along the edges. */

import type { GraphEdge } from "./protocol";

type Way = "down" | "up";
type Neighbours = ReadonlyMap<string, readonly string[]>;

const known = new WeakMap<readonly GraphEdge[], Record<Way, Neighbours>>();

/** The neighbours of every node on one side, found once for each list of edges. */
function neighbours(edges: readonly GraphEdge[], way: Way): Neighbours {
  const found = known.get(edges) ?? { down: sides(edges, "source", "target"), up: sides(edges, "target", "source") };
  known.set(edges, found);
  return found[way];
}

function sides(edges: readonly GraphEdge[], from: "source" | "target", to: "source" | "target"): Neighbours {
  const map = new Map<string, string[]>();
  for (const edge of edges) {
    const list = map.get(edge[from]);
    if (list) list.push(edge[to]);
    else map.set(edge[from], [edge[to]]);
  }
  return map;
}

/** These nodes and everything that their edges lead to, or come from. */
export function reached(edges: readonly GraphEdge[], from: Iterable<string>, way: Way = "down"): Set<string> {
  const next = neighbours(edges, way);
  const found = new Set(from);
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}

/** Finds the nodes from `from` to `to` along the edges, both included; null where there is no way. */
export function pathBetween(edges: readonly GraphEdge[], from: string, to: string): string[] | null {
  const next = neighbours(edges, "down");
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const at of cameFrom.keys()) {
    if (at === to) return trail(cameFrom, to);
    for (const target of next.get(at) ?? []) if (!cameFrom.has(target)) cameFrom.set(target, at);
  }
  return null;
}

function trail(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const path: string[] = [];
  for (let at: string | null = to; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
  return path;
}
