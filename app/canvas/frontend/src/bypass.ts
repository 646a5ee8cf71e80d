/** What a bypassed node passes on: the rule of `pipelines/bypass.py`, held to the same cases. */

import { edgeKey } from "./graph";
import { portsOf, type Rules, takes } from "./ports";
import type { Graph, GraphEdge, Port } from "./protocol";

/** The way around a node: the one output that fires, and the wires that may feed it, the first that arrives. */
export interface Detour {
  output: string;
  edges: GraphEdge[];
}

/** Finds the first output that takes an input by the type of its port, else the first that takes what a wire carries. */
export function findDetour(
  rules: Rules,
  inputs: readonly Port[],
  outputs: readonly Port[],
  arriving: readonly (readonly [GraphEdge, string])[],
): Detour | null {
  const ways = inputs.flatMap((port) =>
    arriving.flatMap(([edge, type]) => (edge.target_port === port.name ? [{ port, edge, type }] : [])),
  );
  for (const byPort of [true, false]) {
    for (const output of outputs) {
      // An output that is not required only informs, so that it is no way on.
      if (!output.required) continue;
      const fits = ways.filter(
        ({ port, type }) => takes(rules, type, output.type) && (!byPort || takes(rules, port.type, output.type)),
      );
      if (fits.length > 0) return { output: output.name, edges: fits.map(({ edge }) => edge) };
    }
  }
  return null;
}

/** The way around each bypassed node; null for one that passes nothing on. One that nothing reaches is not named. */
export function detours(graph: Graph, rules: Rules): Map<string, Detour | null> {
  const found = new Map<string, Detour | null>();
  const bypassed = graph.nodes.filter((node) => node.bypassed);
  if (bypassed.length === 0) return found;
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const node of bypassed) {
    const { inputs, outputs } = portsOf(rules, node);
    const arriving = graph.edges.flatMap((edge): [GraphEdge, string][] => {
      const source = edge.target === node.id ? nodes.get(edge.source) : undefined;
      const port = source && portsOf(rules, source).outputs.find((each) => each.name === edge.source_port);
      return port ? [[edge, port.type]] : [];
    });
    if (arriving.length > 0 || inputs.length === 0) found.set(node.id, findDetour(rules, inputs, outputs, arriving));
  }
  return found;
}

/** How a card draws the way around it. */
export interface Way {
  output: string;
  inputs: string[];
  /** The keys of the wires that are passed on. */
  wires: string[];
}

export function wayOf(detour: Detour | null | undefined): Way | null {
  if (!detour) return null;
  const inputs = [...new Set(detour.edges.map((edge) => edge.target_port))];
  return { output: detour.output, inputs, wires: detour.edges.map(edgeKey) };
}
