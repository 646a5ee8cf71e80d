/** Which ports a node shows, and whether a wire between two of them is allowed. */

import { edgeKey } from "./graph";
import type { Catalogue, Face, Graph, GraphEdge, GraphNode, Kind, Port, PortType } from "./protocol";
import { pathBetween } from "./reach";

export type Side = "in" | "out";

export interface Ports {
  inputs: Port[];
  outputs: Port[];
}

/** What decides about ports beside the graph itself. */
export interface Rules {
  kinds: ReadonlyMap<string, Kind>;
  types: ReadonlyMap<string, PortType>;
  faces: Readonly<Record<string, Face>>;
}

/** The type of a port that an edge names but its node does not have (any more). */
export const LOST = "?";

export function rulesOf(catalogue: Catalogue, faces: Readonly<Record<string, Face>>): Rules {
  return {
    kinds: new Map(catalogue.kinds.map((kind) => [kind.kind, kind])),
    types: new Map(catalogue.types.map((type) => [type.name, type])),
    faces,
  };
}

/** Ports by Python's word for this node, else by its kind. */
export function portsOf(rules: Rules, node: GraphNode): Ports {
  const face = rules.faces[node.id] ?? rules.kinds.get(node.kind);
  return face ? { inputs: face.inputs, outputs: face.outputs } : { inputs: [], outputs: [] };
}

/** Ports as drawn: those that only an edge still names are added, so that no wire ends in nothing. */
export function drawnPorts(ports: Ports, id: string, edges: readonly GraphEdge[]): Ports {
  const into = edges.filter((edge) => edge.target === id).map((edge) => edge.target_port);
  const from = edges.filter((edge) => edge.source === id).map((edge) => edge.source_port);
  return { inputs: withLost(ports.inputs, into), outputs: withLost(ports.outputs, from) };
}

function withLost(ports: Port[], used: readonly string[]): Port[] {
  const known = new Set(ports.map((port) => port.name));
  const lost = [...new Set(used)].filter((name) => !known.has(name));
  const help = "This port no longer exists: move the wire or delete it.";
  return [...ports, ...lost.map((name) => ({ name, type: LOST, required: false, many: true, help }))];
}

/** Whether an input of type `target` takes values of type `source`. */
export function takes(rules: Rules, source: string, target: string): boolean {
  return source === target || (rules.types.get(target)?.accepts.includes(source) ?? false);
}

/** Says in a sentence why the wire is not allowed; null where it is. */
export function refusal(graph: Graph, rules: Rules, edge: GraphEdge): string | null {
  const source = graph.nodes.find((node) => node.id === edge.source);
  const target = graph.nodes.find((node) => node.id === edge.target);
  if (!source || !target) return "One end of this wire is no longer on the canvas.";
  if (source.id === target.id) return `“${source.title}” cannot feed itself.`;
  const from = portsOf(rules, source).outputs.find((port) => port.name === edge.source_port);
  const to = portsOf(rules, target).inputs.find((port) => port.name === edge.target_port);
  if (!from) return `“${source.title}” has no output “${edge.source_port}”.`;
  if (!to) return `“${target.title}” has no input “${edge.target_port}”.`;
  if (!takes(rules, from.type, to.type)) return typeRefusal(rules, target, from, to);
  if (graph.edges.some((other) => edgeKey(other) === edgeKey(edge))) return "These two ports are already connected.";
  const occupied = graph.edges.some((other) => other.target === target.id && other.target_port === to.name);
  if (occupied && !to.many) {
    return `“${to.name}” of “${target.title}” takes one wire and has one: delete that wire first.`;
  }
  return cycleRefusal(graph, edge);
}

function typeRefusal(rules: Rules, target: GraphNode, from: Port, to: Port): string {
  const title = (name: string) => rules.types.get(name)?.title ?? name;
  const accepted = new Set([to.type, ...(rules.types.get(to.type)?.accepts ?? [])]);
  const list = [...accepted].map(title).join(" or ");
  return `“${to.name}” of “${target.title}” takes ${list}, but “${from.name}” gives ${title(from.type)}.`;
}

function cycleRefusal(graph: Graph, edge: GraphEdge): string | null {
  const back = pathBetween(graph.edges, edge.target, edge.source);
  if (!back) return null;
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title]));
  const loop = [edge.source, ...back].map((id) => titles.get(id) ?? id).join(" → ");
  return `This wire would close a loop: ${loop}.`;
}

/** One end of a wire that is being pulled. */
export interface PortRef {
  node: string;
  side: Side;
  port: string;
}

/** The edge that joins two port ends, whichever was grabbed first; null for two ends of one side. */
export function edgeBetween(a: PortRef, b: PortRef): GraphEdge | null {
  if (a.side === b.side) return null;
  const [from, to] = a.side === "out" ? [a, b] : [b, a];
  return { source: from.node, source_port: from.port, target: to.node, target_port: to.port };
}

/** The first port of `ports` that a wire from a port of this type and side can end in. */
export function fittingPort(rules: Rules, from: { type: string; side: Side }, ports: Ports): Port | null {
  const found =
    from.side === "out"
      ? ports.inputs.find((port) => takes(rules, from.type, port.type))
      : ports.outputs.find((port) => takes(rules, port.type, from.type));
  return found ?? null;
}

/** How a node of `kind` can be put into `edge`: the input and output to use; null where it does not fit. */
export function insertion(
  graph: Graph,
  rules: Rules,
  edge: GraphEdge,
  ports: Ports,
): { input: Port; output: Port } | null {
  const source = graph.nodes.find((node) => node.id === edge.source);
  const target = graph.nodes.find((node) => node.id === edge.target);
  if (!source || !target) return null;
  const from = portsOf(rules, source).outputs.find((port) => port.name === edge.source_port);
  const to = portsOf(rules, target).inputs.find((port) => port.name === edge.target_port);
  if (!from || !to) return null;
  const input = ports.inputs.find((port) => takes(rules, from.type, port.type));
  const output = ports.outputs.find((port) => takes(rules, port.type, to.type));
  return input && output ? { input, output } : null;
}
