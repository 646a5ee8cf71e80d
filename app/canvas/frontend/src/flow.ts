/** Turns a document into what React Flow draws; parts that did not change keep their identity. */

import type { Edge, Node } from "@xyflow/react";

import { type Detour, type Way, wayOf } from "./bypass";
import { type Box, NODE_WIDTH, nodeHeight, portOffset, surrounding } from "./geometry";
import { type GhostEdge, ghostEdges, type GhostNode, ghostNodes } from "./ghosts";
import { edgeKey } from "./graph";
import { type Lane, lanesAmong } from "./lanes";
import { drawnPorts, LOST, type Ports, portsOf, type Rules } from "./ports";
import type {
  Compare,
  Estimate,
  Graph,
  GraphEdge,
  GraphNode,
  GraphNote,
  Kind,
  NodeChange,
  Point,
  Problem,
} from "./protocol";

export type CardData = {
  node: GraphNode;
  kind: Kind | null;
  ports: Ports;
  summary: string;
  problems: Problem[];
  estimate: Estimate | null;
  /** Most likely decides how long a run takes. */
  critical: boolean;
  /** The saved pipeline that the node opens, or an empty text. */
  inner: string;
  /** Never runs, because of what is disabled or bypassed. */
  dead: boolean;
  /** The way around a bypassed node. */
  way: Way | null;
  /** Changed since the shown run, itself or by what comes before it. */
  stale: boolean;
  change: NodeChange | null;
  /** The most wires that one of its inputs joins. */
  fanIn: number;
  /** What each port is connected to, by side and port, as people read it. */
  links: Record<string, string[]>;
  signature: string;
};

/** What the graph itself does not say about its nodes. */
export interface Around {
  problems: readonly Problem[];
  dead: ReadonlySet<string>;
  ways: ReadonlyMap<string, Detour | null>;
  stale: ReadonlySet<string>;
  compare: Compare | null;
}

export type NoteData = { note: GraphNote };
/** `dead`: nothing will ever cross it, because an end of it never runs or is bypassed another way. */
export type WireData = { edge: GraphEdge; type: string; dead: boolean; lane: Lane | null; from: Point; to: Point };
export type CardNode = Node<CardData, "card">;
export type NoteNode = Node<NoteData, "note">;
export type FlowNode = CardNode | NoteNode | GhostNode;
export type WireEdge = Edge<WireData, "wire">;
export type FlowEdge = WireEdge | GhostEdge;

/** React Flow has one name space; documents keep notes in their own. */
const NOTE = "note:";

export const noteFlowId = (id: string): string => NOTE + id;

/** Cards in the order in which they are read, which is that of the Tab key: column by column from the left. */
const COLUMN = 160;

export function flowNodes(graph: Graph, rules: Rules, around: Around, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const edges = edgesByNode(graph.edges);
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title || node.id]));
  const problemsOf = (id: string) => around.problems.filter((problem) => problem.node === id);
  const notes = graph.notes.map((note) => noteNode(note, known.get(noteFlowId(note.id))));
  const cards = graph.nodes.map((node) => {
    const own = { edges: edges.get(node.id) ?? [], problems: problemsOf(node.id), titles };
    return card(node, rules, own, around, known.get(node.id));
  });
  const place = ({ position }: CardNode) => Math.floor(position.x / COLUMN);
  cards.sort((a, b) => place(a) - place(b) || a.position.y - b.position.y);
  const ghosts = around.compare ? ghostNodes(graph, rules, around.compare) : [];
  return [...notes, ...ghosts, ...cards];
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

interface Own {
  edges: GraphEdge[];
  problems: Problem[];
  titles: ReadonlyMap<string, string>;
}

function card(node: GraphNode, rules: Rules, own: Own, around: Around, before: FlowNode | undefined): CardNode {
  const kind = rules.kinds.get(node.kind) ?? null;
  const face = rules.faces[node.id];
  const ports = drawnPorts(portsOf(rules, node), node.id, own.edges);
  const shown = {
    ports,
    summary: face ? face.summary || face.models.join(", ") : "",
    problems: own.problems,
    estimate: face?.estimate ?? null,
    critical: face?.critical ?? false,
    inner: face?.inner ?? "",
    dead: around.dead.has(node.id),
    way: wayOf(around.ways.get(node.id)),
    stale: around.stale.has(node.id),
    change: around.compare?.nodes[node.id] ?? null,
    fanIn: fanIn(node.id, own.edges),
    links: links(node.id, own),
  };
  const signature = JSON.stringify([shown, kind?.title, kind?.icon, kind?.group]);
  const old = before?.type === "card" ? before : undefined;
  const same = old?.data.node === node && old.data.signature === signature;
  const data = same ? old.data : { node, kind, ...shown, signature };
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
    // The card itself says what it is and how it stands, which changes more often than the document.
    domAttributes: { "aria-labelledby": nameId(node.id) },
  };
}

/** The id of the element in a card that holds its name for screen readers. */
export const nameId = (id: string): string => `rl-name-${id}`;

function fanIn(id: string, edges: readonly GraphEdge[]): number {
  const into = edges.filter((edge) => edge.target === id);
  return Math.max(0, ...into.map((edge) => into.filter((other) => other.target_port === edge.target_port).length));
}

function links(id: string, { edges, titles }: Own): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const edge of edges) {
    const out = edge.source === id;
    const port = out ? `out.${edge.source_port}` : `in.${edge.target_port}`;
    const other = titles.get(out ? edge.target : edge.source) ?? "";
    found[port] = [...(found[port] ?? []), `${other}, ${out ? edge.target_port : edge.source_port}`];
  }
  return found;
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

const bounds = new WeakMap<readonly FlowNode[], Box>();

/** The box around all nodes, found once for each list of them; an empty one without nodes. */
export function boundsOf(nodes: readonly FlowNode[]): Box {
  const old = bounds.get(nodes);
  if (old) return old;
  const found = surrounding([...boxesOf(nodes).values()]);
  bounds.set(nodes, found);
  return found;
}

export function flowEdges(
  graph: Graph,
  rules: Rules,
  compare: Compare | null,
  nodes: readonly FlowNode[],
  before: readonly FlowEdge[],
): FlowEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const cards = new Map(nodes.flatMap((node) => (node.type === "card" ? [[node.id, node] as const] : [])));
  const laneFor = lanesAmong(boxesOf([...cards.values()]));
  const wires = graph.edges.flatMap((edge) => {
    const source = cards.get(edge.source);
    const target = cards.get(edge.target);
    return source && target ? [wire(edge, source, target, laneFor, known.get(edgeKey(edge)))] : [];
  });
  return compare ? [...ghostEdges(graph, rules, compare), ...wires] : wires;
}

/** Whether the way around a bypassed end leads elsewhere. */
function isLeftOut(edge: GraphEdge, source: CardNode, target: CardNode): boolean {
  const [from, to] = [source.data.way, target.data.way];
  return (from !== null && from.output !== edge.source_port) || (to !== null && !to.wires.includes(edgeKey(edge)));
}

function isSame(a: WireData, b: WireData): boolean {
  const at = (p: Point, q: Point) => p.x === q.x && p.y === q.y;
  const lane = a.lane === b.lane || JSON.stringify(a.lane) === JSON.stringify(b.lane);
  return lane && a.type === b.type && a.dead === b.dead && at(a.from, b.from) && at(a.to, b.to);
}

function wire(
  edge: GraphEdge,
  source: CardNode,
  target: CardNode,
  laneFor: ReturnType<typeof lanesAmong>,
  before?: FlowEdge,
): WireEdge {
  const { position: s, data: sourceData } = source;
  const { position: t, data: targetData } = target;
  const from = { x: s.x + NODE_WIDTH, y: s.y + portOffset(sourceData.ports, "out", edge.source_port) };
  const to = { x: t.x, y: t.y + portOffset(targetData.ports, "in", edge.target_port) };
  const lane = laneFor({ from, to }, source.id, target.id);
  const type = sourceData.ports.outputs.find((port) => port.name === edge.source_port)?.type ?? LOST;
  const isDead = [sourceData, targetData].some((end) => end.dead || end.node.disabled) || isLeftOut(edge, source, target);
  const data: WireData = { edge, type, dead: isDead, lane, from, to };
  const old = before?.type === "wire" ? before : undefined;
  const label = `Wire from ${sourceData.node.title}, ${edge.source_port}, to ${targetData.node.title}, ${edge.target_port}`;
  if (old?.data && old.ariaLabel === label && isSame(old.data, data)) return old;
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
    // Tab goes from node to node; E goes from wire to wire.
    domAttributes: { tabIndex: -1 },
  };
}
