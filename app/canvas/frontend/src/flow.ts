/** Turns a document into what React Flow draws; parts that did not change keep their identity. */

import type { Edge, Node } from "@xyflow/react";

import { type Box, NODE_WIDTH, nodeHeight, portOffset } from "./geometry";
import { edgeKey } from "./graph";
import { type Lane, laneOf } from "./lanes";
import { drawnPorts, LOST, type Ports, portsOf, type Rules } from "./ports";
import type { Graph, GraphEdge, GraphNode, GraphNote, Kind, Point, Problem } from "./protocol";

export type CardData = {
  node: GraphNode;
  kind: Kind | null;
  ports: Ports;
  summary: string;
  problems: Problem[];
  signature: string;
};
export type NoteData = { note: GraphNote };
export type WireData = { edge: GraphEdge; type: string; lane: Lane | null; from: Point; to: Point };
export type CardNode = Node<CardData, "card">;
export type NoteNode = Node<NoteData, "note">;
export type FlowNode = CardNode | NoteNode;
export type FlowEdge = Edge<WireData, "wire">;

/** React Flow has one name space; documents keep notes in their own. */
const NOTE = "note:";

export const noteFlowId = (id: string): string => NOTE + id;

export function flowNodes(
  graph: Graph,
  rules: Rules,
  problems: readonly Problem[],
  before: readonly FlowNode[],
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const edges = edgesByNode(graph.edges);
  const notes = graph.notes.map((note) => noteNode(note, known.get(noteFlowId(note.id))));
  const cards = graph.nodes.map((node) => {
    const own = problems.filter((problem) => problem.node === node.id);
    return card(node, rules, edges.get(node.id) ?? [], own, known.get(node.id));
  });
  return [...notes, ...cards];
}

function edgesByNode(edges: readonly GraphEdge[]): Map<string, GraphEdge[]> {
  const map = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    for (const id of new Set([edge.source, edge.target])) {
      const list = map.get(id);
      if (list) list.push(edge);
      else map.set(id, [edge]);
    }
  }
  return map;
}

function card(
  node: GraphNode,
  rules: Rules,
  edges: GraphEdge[],
  problems: Problem[],
  before: FlowNode | undefined,
): CardNode {
  const kind = rules.kinds.get(node.kind) ?? null;
  const face = rules.faces[node.id];
  const ports = drawnPorts(portsOf(rules, node), node.id, edges);
  const summary = face ? face.summary || face.models.join(", ") : "";
  const signature = JSON.stringify([ports, summary, problems, kind?.title, kind?.icon, kind?.group]);
  const old = before?.type === "card" ? before : undefined;
  const same = old?.data.node === node && old.data.signature === signature;
  const data = same ? old.data : { node, kind, ports, summary, problems, signature };
  const position = node.position ?? { x: 0, y: 0 };
  if (old && same && old.position.x === position.x && old.position.y === position.y) return old;
  return {
    ...old,
    id: node.id,
    type: "card",
    position,
    data,
    initialWidth: NODE_WIDTH,
    initialHeight: nodeHeight(ports),
    ariaLabel: ariaLabel(node, kind),
  };
}

function ariaLabel(node: GraphNode, kind: Kind | null): string {
  return `${node.title}, ${kind?.title ?? `unknown kind ${node.kind}`}${node.disabled ? ", disabled" : ""}`;
}

function noteNode(note: GraphNote, before: FlowNode | undefined): NoteNode {
  const old = before?.type === "note" ? before : undefined;
  if (old && old.data.note === note) return old;
  return {
    ...old,
    id: noteFlowId(note.id),
    type: "note",
    position: note.position,
    width: note.width,
    height: note.height,
    zIndex: -1,
    data: { note },
    ariaLabel: "Note",
  };
}

export function boxesOf(nodes: readonly FlowNode[]): Map<string, Box> {
  return new Map(
    nodes.map((node) => [
      node.id,
      {
        ...node.position,
        width: node.measured?.width ?? node.width ?? NODE_WIDTH,
        height: node.measured?.height ?? node.height ?? node.initialHeight ?? 0,
      },
    ]),
  );
}

export function flowEdges(graph: Graph, nodes: readonly FlowNode[], before: readonly FlowEdge[]): FlowEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const cards = new Map(nodes.filter((node) => node.type === "card").map((node) => [node.id, node]));
  const boxes = boxesOf([...cards.values()]);
  return graph.edges.flatMap((edge) => {
    const source = cards.get(edge.source);
    const target = cards.get(edge.target);
    if (!source || !target) return [];
    return [wire(edge, source, target, boxes, known.get(edgeKey(edge)))];
  });
}

function wire(
  edge: GraphEdge,
  source: CardNode,
  target: CardNode,
  boxes: ReadonlyMap<string, Box>,
  old?: FlowEdge,
): FlowEdge {
  const { position: s, data: sourceData } = source;
  const { position: t, data: targetData } = target;
  const from = { x: s.x + NODE_WIDTH, y: s.y + portOffset(sourceData.ports, "out", edge.source_port) };
  const to = { x: t.x, y: t.y + portOffset(targetData.ports, "in", edge.target_port) };
  const others = [...boxes].filter(([id]) => id !== source.id && id !== target.id).map(([, box]) => box);
  const lane = laneOf({ from, to }, others);
  const type = sourceData.ports.outputs.find((port) => port.name === edge.source_port)?.type ?? LOST;
  const data: WireData = { edge, type, lane, from, to };
  if (old?.data && JSON.stringify(old.data) === JSON.stringify(data)) return old;
  const label = `Wire from ${sourceData.node.title}, ${edge.source_port}, to ${targetData.node.title}, ${edge.target_port}`;
  return {
    ...old,
    id: edgeKey(edge),
    type: "wire",
    source: edge.source,
    target: edge.target,
    sourceHandle: edge.source_port,
    targetHandle: edge.target_port,
    data,
    ariaLabel: label,
  };
}
