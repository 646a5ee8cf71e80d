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
    bypassed: false,
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

/** Moves nodes and notes to new corners. */
export function withCorners(graph: Graph, nodes: ReadonlyMap<string, Point>, notes: ReadonlyMap<string, Point>): Graph {
  const moved = withPositions(graph, nodes);
  const next = graph.notes.map((note) => {
    const to = notes.get(note.id);
    return to && (to.x !== note.position.x || to.y !== note.position.y) ? { ...note, position: to } : note;
  });
  const same =
    moved.nodes.every((node, at) => node === graph.nodes[at]) && next.every((note, at) => note === graph.notes[at]);
  return same ? graph : { ...moved, notes: next };
}

export function withNote(graph: Graph, position: Point): { graph: Graph; id: string } {
  const id = freeId("note", new Set(graph.notes.map((note) => note.id)));
  const note: GraphNote = { id, text: "", position, width: 240, height: 120 };
  return { graph: { ...graph, notes: [...graph.notes, note] }, id };
}

export function withNotePatch(graph: Graph, id: string, set: Partial<GraphNote>): Graph {
  return { ...graph, notes: graph.notes.map((note) => (note.id === id ? { ...note, ...set, id } : note)) };
}

/** Disables or bypasses the nodes, or lets them work again where all of them are so already. */
export function withToggled(graph: Graph, ids: ReadonlySet<string>, what: "disabled" | "bypassed"): Graph {
  const isOff = graph.nodes.every((node) => node[what] || !ids.has(node.id));
  const off = { disabled: false, bypassed: false, [what]: !isOff };
  return { ...graph, nodes: graph.nodes.map((node) => (ids.has(node.id) ? { ...node, ...off } : node)) };
}
