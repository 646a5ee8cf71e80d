/** What only the compared version holds, drawn dashed among what is there. */

import type { Edge, Node } from "@xyflow/react";

import { NODE_WIDTH, nodeHeight } from "./geometry";
import { edgeKey } from "./graph";
import { drawnPorts, type Ports, portsOf, type Rules } from "./ports";
import type { Compare, Graph, GraphNode, Kind } from "./protocol";

export type GhostData = { node: GraphNode; kind: Kind | null; ports: Ports; note: string };
export type GhostNode = Node<GhostData, "ghost">;
export type GhostEdge = Edge<{ key: string }, "ghost">;

const GHOST = "ghost:";

export function ghostNodes(graph: Graph, rules: Rules, compare: Compare): GhostNode[] {
  const there = new Set(graph.nodes.map((node) => node.id));
  const below = Math.max(0, ...graph.nodes.map((node) => (node.position?.y ?? 0) + 200));
  const { nodes, edges } = compare.ghosts;
  return nodes
    .filter((node) => !there.has(node.id))
    .map((node, at): GhostNode => {
      const ports = drawnPorts(portsOf(rules, node), node.id, edges);
      return {
        id: GHOST + node.id,
        type: "ghost",
        position: node.position ?? { x: at * (NODE_WIDTH + 40), y: below },
        data: { node, kind: rules.kinds.get(node.kind) ?? null, ports, note: compare.nodes[node.id]?.note ?? "" },
        initialWidth: NODE_WIDTH,
        initialHeight: nodeHeight(ports),
        zIndex: -1,
        draggable: false,
        selectable: false,
        connectable: false,
        deletable: false,
        focusable: false,
        ariaRole: "group",
        ariaLabel: `${node.title || node.id}, removed: only in ${compare.title}`,
      };
    });
}

export function ghostEdges(graph: Graph, rules: Rules, compare: Compare): GhostEdge[] {
  const there = new Map(graph.nodes.map((node) => [node.id, drawnPorts(portsOf(rules, node), node.id, graph.edges)]));
  const ghosts = new Set(compare.ghosts.nodes.map((node) => node.id));
  const drawn = new Set(graph.edges.map(edgeKey));
  const end = (id: string, side: keyof Ports, port: string): string | null => {
    const ports = there.get(id);
    if (!ports) return ghosts.has(id) ? GHOST + id : null;
    return ports[side].some((each) => each.name === port) ? id : null;
  };
  return compare.ghosts.edges.flatMap((edge): GhostEdge[] => {
    const key = edgeKey(edge);
    const source = end(edge.source, "outputs", edge.source_port);
    const target = end(edge.target, "inputs", edge.target_port);
    if (source === null || target === null || drawn.has(key)) return [];
    const handles = { sourceHandle: edge.source_port, targetHandle: edge.target_port };
    const still = { selectable: false, focusable: false, deletable: false, reconnectable: false };
    return [{ id: GHOST + key, type: "ghost", source, target, ...handles, ...still, data: { key } }];
  });
}
