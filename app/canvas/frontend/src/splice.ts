/** Takes nodes out of a graph and joins what came in with what went out, where the types fit. */

import { edgeKey, without } from "./graph";
import { refusal, type Rules } from "./ports";
import type { Graph, GraphEdge } from "./protocol";

const NONE: ReadonlySet<string> = new Set();

/** Deletes the nodes one after the other, so that a whole chain closes over its gap. */
export function closedOver(graph: Graph, rules: Rules, nodes: Iterable<string>): Graph {
  let next = graph;
  for (const id of nodes) next = joined(next, rules, id);
  return next;
}

function joined(graph: Graph, rules: Rules, id: string): Graph {
  const before = graph.edges.filter((edge) => edge.target === id);
  const after = graph.edges.filter((edge) => edge.source === id);
  let rest = without(graph, { nodes: new Set([id]), notes: NONE, edges: NONE });
  for (const out of after) {
    for (const { source, source_port } of before) {
      const edge: GraphEdge = { source, source_port, target: out.target, target_port: out.target_port };
      const bare = rest.edges.some((other) => edgeKey(other) === edgeKey(edge));
      if (!bare && refusal(rest, rules, edge) === null) rest = { ...rest, edges: [...rest.edges, edge] };
    }
  }
  return rest;
}
