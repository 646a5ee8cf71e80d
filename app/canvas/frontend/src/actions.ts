/** What a person can do with a canvas: each action is one undo step or a sentence that says why not. */

import { madeRoom, tidied } from "./arrange";
import { beside, copyText, paste, readText } from "./clipboard";
import { boxesOf, noteFlowId } from "./flow";
import { freePlace, NODE_WIDTH, nodeHeight } from "./geometry";
import * as change from "./graph";
import type { Instance } from "./instance";
import { edgeBetween, fittingPort, insertion, type PortRef, portsOf, refusal } from "./ports";
import type { Graph, GraphEdge, GraphNode, GraphNote, Kind, Point } from "./protocol";
import { closedOver } from "./splice";

/** Adds a node of `kind` near `at` and, where a wire waits, connects it. */
export function addKind(canvas: Instance, kind: Kind, at: Point, from: PortRef | null = null): string {
  const { rules, nodes } = canvas.store.get();
  const size = { width: NODE_WIDTH, height: nodeHeight(kind) };
  const place = freePlace(at, size, [...boxesOf(nodes.filter((node) => node.type === "card")).values()]);
  const node = change.nodeOfKind(canvas.graph, kind, place);
  let graph = change.withNode(canvas.graph, node);
  const end = from && portRefType(canvas, from);
  const port = from && end ? fittingPort(rules, { type: end, side: from.side }, kind) : null;
  if (from && port) {
    const edge = edgeBetween(from, { node: node.id, side: from.side === "out" ? "in" : "out", port: port.name });
    const why = edge && refusal(graph, rules, edge);
    if (edge && !why) graph = change.withEdge(graph, edge);
    else if (why) canvas.toast(why);
  }
  canvas.edit(graph);
  canvas.select(new Set([node.id]));
  return node.id;
}

export function portRefType(canvas: Instance, ref: PortRef): string | null {
  const node = canvas.graph.nodes.find((each) => each.id === ref.node);
  if (!node) return null;
  const ports = portsOf(canvas.store.get().rules, node);
  return (ref.side === "in" ? ports.inputs : ports.outputs).find((port) => port.name === ref.port)?.type ?? null;
}

/** Draws the wire, or says why not. */
export function connect(canvas: Instance, edge: GraphEdge): boolean {
  const why = refusal(canvas.graph, canvas.store.get().rules, edge);
  if (why) canvas.toast(why);
  else canvas.edit(change.withEdge(canvas.graph, edge));
  return !why;
}

/** Moves one end of a wire, or says why not. */
export function reconnect(canvas: Instance, key: string, edge: GraphEdge): void {
  if (change.edgeKey(edge) === key) return;
  const rest = change.withoutEdges(canvas.graph, new Set([key]));
  const why = refusal(rest, canvas.store.get().rules, edge);
  if (why) canvas.toast(why);
  else canvas.edit(change.withEdge(rest, edge));
}

/** Why this wire is refused while `without` (a wire being moved) does not count. */
export function whyNot(canvas: Instance, edge: GraphEdge, without: string | null = null): string | null {
  const graph = without ? change.withoutEdges(canvas.graph, new Set([without])) : canvas.graph;
  return refusal(graph, canvas.store.get().rules, edge);
}

/** Connects a pulled wire to the first port of `node` where it is allowed. */
export function connectToNode(canvas: Instance, from: PortRef, node: string): void {
  const target = canvas.graph.nodes.find((each) => each.id === node);
  if (!target) return;
  const { inputs, outputs } = portsOf(canvas.store.get().rules, target);
  const side = from.side === "out" ? "in" : "out";
  const tries = (side === "in" ? inputs : outputs).flatMap(
    (port) => edgeBetween(from, { node, side, port: port.name }) ?? [],
  );
  const fits = tries.find((edge) => whyNot(canvas, edge) === null);
  if (fits) connect(canvas, fits);
  else if (tries[0]) connect(canvas, tries[0]);
  else canvas.toast(`“${target.title}” has no ${side === "in" ? "input" : "output"} for this wire.`);
}

/** Puts a lone node into a wire; `key` names the undo step that it joins. Says whether it fitted. */
export function insertInto(canvas: Instance, node: string, wire: string, key: string | null = null): boolean {
  const drawn = canvas.graph.nodes.find((each) => each.id === node);
  const graph = drawn && spliced(canvas, canvas.graph, drawn, wire);
  if (graph) canvas.edit(graph, key);
  else if (drawn) canvas.toast(`“${drawn.title}” does not fit into this wire.`);
  return Boolean(graph);
}

/** Adds a node of `kind` and puts it into the wire where it was dropped, as one undo step. */
export function addIntoWire(canvas: Instance, kind: Kind, at: Point, wire: string): void {
  const node = change.nodeOfKind(canvas.graph, kind, at);
  const graph = spliced(canvas, change.withNode(canvas.graph, node), node, wire);
  if (!graph) return void addKind(canvas, kind, at);
  canvas.edit(graph);
  canvas.select(new Set([node.id]));
}

/** The graph with `node` in the middle of a wire; null where it does not fit. */
function spliced(canvas: Instance, graph: Graph, node: GraphNode, wire: string): Graph | null {
  const { rules } = canvas.store.get();
  const edge = graph.edges.find((each) => change.edgeKey(each) === wire);
  if (!edge || edge.source === node.id || edge.target === node.id) return null;
  const fit = insertion(graph, rules, edge, portsOf(rules, node));
  if (!fit) return null;
  const before = { source: edge.source, source_port: edge.source_port, target: node.id, target_port: fit.input.name };
  const after = { source: node.id, source_port: fit.output.name, target: edge.target, target_port: edge.target_port };
  const rest = change.withoutEdges(graph, new Set([wire]));
  const half = change.withEdge(rest, before);
  if (refusal(rest, rules, before) ?? refusal(half, rules, after)) return null;
  return madeRoom(change.withEdge(half, after), rules, before, after);
}

export function removeSelection(canvas: Instance): void {
  const chosen = canvas.selection;
  if (chosen.nodes.size + chosen.notes.size + chosen.edges.size === 0) return;
  canvas.edit(change.without(canvas.graph, chosen));
}

/** Deletes the selection and joins what came into each node with what went out of it, where the types fit. */
export function removeAndJoin(canvas: Instance): void {
  const { nodes, notes, edges } = canvas.selection;
  if (nodes.size + notes.size + edges.size === 0) return;
  const rest = change.without(canvas.graph, { nodes: new Set(), notes, edges });
  canvas.edit(closedOver(rest, canvas.store.get().rules, nodes));
}

export function removeWire(canvas: Instance, key: string): void {
  canvas.edit(change.withoutEdges(canvas.graph, new Set([key])));
}

/** The selection as text for the clipboard; null where nothing is selected. */
export function copied(canvas: Instance): string | null {
  const { nodes, notes } = canvas.selection;
  return nodes.size + notes.size > 0 ? copyText(canvas.graph, nodes, notes) : null;
}

/** Puts copied text on the canvas at `at`, else beside where it came from. Says whether it was such text. */
export function pasteText(canvas: Instance, text: string, at: Point | null = null, keepInbound = false): boolean {
  const clip = readText(text);
  if (!clip) return false;
  const pasted = paste(canvas.graph, clip, at ?? beside(clip));
  canvas.edit(keepInbound ? withAllowed(canvas, pasted.graph, pasted.inbound) : pasted.graph);
  canvas.select(new Set([...pasted.nodes, ...[...pasted.notes].map(noteFlowId)]));
  return true;
}

/** The graph with those of the edges that are allowed in it. */
function withAllowed(canvas: Instance, graph: Graph, edges: readonly GraphEdge[]): Graph {
  const { rules } = canvas.store.get();
  return edges.reduce((all, edge) => (refusal(all, rules, edge) === null ? change.withEdge(all, edge) : all), graph);
}

export function duplicate(canvas: Instance): void {
  const text = copied(canvas);
  if (text) pasteText(canvas, text);
}

export function toggleDisabled(canvas: Instance): void {
  const { nodes } = canvas.selection;
  if (nodes.size > 0) canvas.edit(change.withToggled(canvas.graph, nodes, "disabled"));
}

export function toggleBypassed(canvas: Instance): void {
  const { nodes } = canvas.selection;
  if (nodes.size > 0) canvas.edit(change.withToggled(canvas.graph, nodes, "bypassed"));
}

export function addNote(canvas: Instance, at: Point): void {
  const { graph, id } = change.withNote(canvas.graph, at);
  canvas.edit(graph);
  canvas.select(new Set([noteFlowId(id)]));
}

export function changeNote(canvas: Instance, id: string, set: Partial<GraphNote>): void {
  canvas.edit(change.withNotePatch(canvas.graph, id, set));
}

export function rename(canvas: Instance, id: string, title: string): void {
  const node = canvas.graph.nodes.find((each) => each.id === id);
  const clean = title.trim().slice(0, 200);
  if (node && clean && clean !== node.title) canvas.edit(change.withPatch(canvas.graph, id, { title: clean }));
}

/** Lets the node run again instead of giving its pinned outputs. */
export function unpin(canvas: Instance, id: string): void {
  canvas.edit(change.withPatch(canvas.graph, id, { pinned: null }));
}

/** Opens what a node holds: the pipeline inside it where the page can show it, else its form. */
export function open(canvas: Instance, id: string): void {
  const { actions, nodes } = canvas.store.get();
  const node = nodes.find((each) => each.id === id);
  if (node?.type !== "card") return;
  const inside = node.data.inner !== "" && actions.includes("step_into");
  canvas.intend({ type: inside ? "step_into" : "inspect", node: id });
}

/** Lays everything out afresh and shows it. */
export function tidy(canvas: Instance): void {
  const { nodes, rules } = canvas.store.get();
  const heights = new Map([...boxesOf(nodes)].map(([id, box]) => [id, box.height]));
  const graph: Graph = tidied(canvas.graph, rules, heights);
  if (graph.nodes.some((node, at) => node !== canvas.graph.nodes[at])) canvas.edit(graph);
  canvas.show(null);
}
