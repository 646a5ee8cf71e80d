/** Gives nodes their places: a whole tidy layout, or places for those that have none. */

import { type Box, freePlace, NODE_WIDTH, nodeHeight, portOffset } from "./geometry";
import { withPositions } from "./graph";
import { layered, type Wire } from "./layered";
import { drawnPorts, type Ports, portsOf, type Rules } from "./ports";
import type { Graph, GraphEdge, Point } from "./protocol";
import { reached } from "./reach";

const ROOM = 84;

/** Lays the whole graph out; `heights` gives cards that are taller than usual. */
export function tidied(graph: Graph, rules: Rules, heights: ReadonlyMap<string, number> = new Map()): Graph {
  const ports = portsById(graph, rules);
  const blocks = graph.nodes.map((node) => ({
    id: node.id,
    height: Math.max(heights.get(node.id) ?? 0, nodeHeight(ports.get(node.id) ?? { inputs: [], outputs: [] })),
  }));
  const wires = graph.edges.flatMap((edge): Wire[] => {
    const source = ports.get(edge.source);
    const target = ports.get(edge.target);
    if (!source || !target) return [];
    const sourceOffset = portOffset(source, "out", edge.source_port);
    const targetOffset = portOffset(target, "in", edge.target_port);
    return [{ source: edge.source, target: edge.target, sourceOffset, targetOffset }];
  });
  return withPositions(graph, layered(blocks, wires));
}

/** Places nodes without a position: all by the layout if none has one, else each right of what feeds it. */
export function settled(graph: Graph, rules: Rules): Graph {
  const homeless = graph.nodes.filter((node) => node.position === null);
  if (homeless.length === 0) return graph;
  if (homeless.length === graph.nodes.length) return tidied(graph, rules);
  const ports = portsById(graph, rules);
  const boxes = new Map<string, Box>();
  const put = (id: string, at: Point) =>
    boxes.set(id, { ...at, width: NODE_WIDTH, height: nodeHeight(ports.get(id) ?? { inputs: [], outputs: [] }) });
  for (const node of graph.nodes) if (node.position) put(node.id, node.position);
  const places = new Map<string, Point>();
  for (const node of homeless) {
    const feeds = graph.edges.filter((edge) => edge.target === node.id).flatMap((edge) => boxes.get(edge.source) ?? []);
    const from = feeds.length > 0 ? feeds : [...boxes.values()];
    const x = Math.max(...from.map((box) => box.x + box.width)) + ROOM;
    const y = Math.min(...from.map((box) => box.y));
    const height = nodeHeight(ports.get(node.id) ?? { inputs: [], outputs: [] });
    const place = freePlace({ x, y }, { width: NODE_WIDTH, height }, [...boxes.values()]);
    places.set(node.id, place);
    put(node.id, place);
  }
  return withPositions(graph, places);
}

/** Puts `middle` between two nodes, level with the wire it goes into, and moves what follows to the right if need be. */
export function madeRoom(graph: Graph, rules: Rules, before: GraphEdge, after: GraphEdge): Graph {
  const ports = portsById(graph, rules);
  const at = new Map(graph.nodes.map((node) => [node.id, node.position ?? { x: 0, y: 0 }]));
  const source = at.get(before.source) ?? { x: 0, y: 0 };
  const target = at.get(after.target) ?? { x: 0, y: 0 };
  const none = { inputs: [], outputs: [] };
  const level = source.y + portOffset(ports.get(before.source) ?? none, "out", before.source_port);
  const y = level - portOffset(ports.get(before.target) ?? none, "in", before.target_port);
  const step = NODE_WIDTH + ROOM;
  const places = new Map<string, Point>([
    [before.target, { x: Math.max(source.x + step, (source.x + target.x) / 2), y }],
  ]);
  const short = source.x + 2 * step - target.x;
  if (short > 0) {
    for (const id of reached(graph.edges, [after.target])) {
      const from = at.get(id) ?? { x: 0, y: 0 };
      places.set(id, { x: from.x + short, y: from.y });
    }
  }
  return withPositions(graph, places);
}

function portsById(graph: Graph, rules: Rules): Map<string, Ports> {
  return new Map(graph.nodes.map((node) => [node.id, drawnPorts(portsOf(rules, node), node.id, graph.edges)]));
}
