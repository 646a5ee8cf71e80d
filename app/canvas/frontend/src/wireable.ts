/** Lists where a wire from some ports may go, for those who choose with the keyboard. */

import { edgeKey } from "./graph";
import { edgeBetween, type PortRef, portsOf, type Rules, type Side, takes } from "./ports";
import type { Graph, GraphEdge } from "./protocol";
import { reached } from "./reach";

export interface Target {
  from: PortRef;
  to: PortRef;
  edge: GraphEdge;
  /** The node and port at the other end, as people read them. */
  title: string;
}

/** All ends that a wire from one of `refs` may have, near nodes first as they stand in the document. */
export function targetsOf(graph: Graph, rules: Rules, refs: readonly PortRef[]): Target[] {
  const occupied = new Set(graph.edges.map((edge) => `${edge.target}.${edge.target_port}`));
  const drawn = new Set(graph.edges.map(edgeKey));
  return refs.flatMap((from) => {
    const type = typeOf(graph, rules, from);
    if (type === null) return [];
    const closed = reached(graph.edges, [from.node], from.side === "out" ? "up" : "down");
    const side: Side = from.side === "out" ? "in" : "out";
    return graph.nodes.flatMap((node): Target[] => {
      if (closed.has(node.id)) return [];
      const { inputs, outputs } = portsOf(rules, node);
      return (side === "in" ? inputs : outputs).flatMap((port): Target[] => {
        const to = { node: node.id, side, port: port.name };
        const edge = edgeBetween(from, to);
        const fits = side === "in" ? takes(rules, type, port.type) : takes(rules, port.type, type);
        if (!edge || !fits || drawn.has(edgeKey(edge))) return [];
        const many = side === "in" ? port.many : isMany(graph, rules, from);
        if (!many && occupied.has(`${edge.target}.${edge.target_port}`)) return [];
        return [{ from, to, edge, title: `${node.title || node.id} · ${port.name}` }];
      });
    });
  });
}

/** The ports of a node from which `w` wires: its outputs, else its inputs. */
export function wiringPorts(graph: Graph, rules: Rules, id: string): PortRef[] {
  const node = graph.nodes.find((each) => each.id === id);
  if (!node) return [];
  const { inputs, outputs } = portsOf(rules, node);
  const side: Side = outputs.length > 0 ? "out" : "in";
  return (side === "out" ? outputs : inputs).map((port) => ({ node: id, side, port: port.name }));
}

function portOf(graph: Graph, rules: Rules, ref: PortRef) {
  const node = graph.nodes.find((each) => each.id === ref.node);
  if (!node) return null;
  const { inputs, outputs } = portsOf(rules, node);
  return (ref.side === "in" ? inputs : outputs).find((port) => port.name === ref.port) ?? null;
}

function typeOf(graph: Graph, rules: Rules, ref: PortRef): string | null {
  return portOf(graph, rules, ref)?.type ?? null;
}

function isMany(graph: Graph, rules: Rules, ref: PortRef): boolean {
  return portOf(graph, rules, ref)?.many ?? false;
}
