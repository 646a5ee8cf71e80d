/** Pure changes of a pipeline document: each takes a graph and returns a new one, fields it does not know kept. */

import type { Graph, GraphEdge, GraphNode, GraphNote, Kind, Point } from "./protocol";

/** The identity of an edge: its four ends. */
export function edgeKey(edge: GraphEdge): string {
  return `${edge.source}.${edge.source_port}->${edge.target}.${edge.target_port}`;
}

/** Returns `stem_<n>` with the smallest n from 1 that is free. */
export function freeId(stem: string, taken: ReadonlySet<string>): string {
  let n = 1;
  while (taken.has(`${stem}_${n}`)) n += 1;
  return `${stem}_${n}`;
}

export function nodeIds(graph: Graph): Set<string> {
  return new Set(graph.nodes.map((node) => node.id));
}

export function nodeOfKind(graph: Graph, kind: Kind, position: Point): GraphNode {
  return {
    id: freeId(kind.kind, nodeIds(graph)),
    kind: kind.kind,
    version: kind.version,
    title: kind.title,
    config: structuredClone(kind.config),
    position,
    disabled: false,
    pinned: null,
    join: null,
    on_error: "fail",
  };
}

export function withNode(graph: Graph, node: GraphNode): Graph {
  return { ...graph, nodes: [...graph.nodes, node] };
}

export function withEdge(graph: Graph, edge: GraphEdge): Graph {
  return { ...graph, edges: [...graph.edges, edge] };
}

export function withoutEdges(graph: Graph, keys: ReadonlySet<string>): Graph {
  return { ...graph, edges: graph.edges.filter((edge) => !keys.has(edgeKey(edge))) };
}

/** Removes nodes with their edges, notes, and single edges in one change. */
export function without(
  graph: Graph,
  gone: { nodes: ReadonlySet<string>; notes: ReadonlySet<string>; edges: ReadonlySet<string> },
): Graph {
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !gone.nodes.has(node.id)),
    notes: graph.notes.filter((note) => !gone.notes.has(note.id)),
    edges: graph.edges.filter(
      (edge) => !gone.edges.has(edgeKey(edge)) && !gone.nodes.has(edge.source) && !gone.nodes.has(edge.target),
    ),
  };
}

export function withPatch(graph: Graph, id: string, set: Partial<GraphNode>): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? { ...node, ...set, id: node.id } : node)) };
}

export function withPositions(graph: Graph, positions: ReadonlyMap<string, Point>): Graph {
  const nodes = graph.nodes.map((node) => {
    const to = positions.get(node.id);
    return to && (to.x !== node.position?.x || to.y !== node.position.y) ? { ...node, position: to } : node;
  });
  return { ...graph, nodes };
}

export function withNote(graph: Graph, position: Point): { graph: Graph; id: string } {
  const id = freeId("note", new Set(graph.notes.map((note) => note.id)));
  const note: GraphNote = { id, text: "", position, width: 240, height: 120 };
  return { graph: { ...graph, notes: [...graph.notes, note] }, id };
}

export function withNotePatch(graph: Graph, id: string, set: Partial<GraphNote>): Graph {
  return { ...graph, notes: graph.notes.map((note) => (note.id === id ? { ...note, ...set, id } : note)) };
}

/** Disables the nodes, or enables them where all are disabled already. */
export function withDisabledToggled(graph: Graph, ids: ReadonlySet<string>): Graph {
  const chosen = graph.nodes.filter((node) => ids.has(node.id));
  const disabled = !chosen.every((node) => node.disabled);
  return { ...graph, nodes: graph.nodes.map((node) => (ids.has(node.id) ? { ...node, disabled } : node)) };
}

/** Finds the nodes from `from` to `to` along the edges, both included; null where there is no way. */
export function pathBetween(edges: readonly GraphEdge[], from: string, to: string): string[] | null {
  const next = new Map<string, string[]>();
  for (const edge of edges) next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target]);
  const cameFrom = new Map<string, string | null>([[from, null]]);
  const queue = [from];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (at === to) return trail(cameFrom, to);
    for (const target of next.get(at) ?? []) {
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, at);
      queue.push(target);
    }
  }
  return null;
}

/** A node and everything that its edges lead to. */
export function reachable(edges: readonly GraphEdge[], from: string): Set<string> {
  const found = new Set([from]);
  for (const id of found) for (const edge of edges) if (edge.source === id) found.add(edge.target);
  return found;
}

function trail(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const path: string[] = [];
  for (let at: string | null = to; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
  return path;
}
