/** What follows from a disabled or bypassed node or from an edit, before any run: what never runs, what is out of date. */

import { type Detour, detours } from "./bypass";
import { edgeKey } from "./graph";
import { portsOf, type Rules } from "./ports";
import type { Graph, GraphEdge, GraphNode, Port } from "./protocol";
import { reached } from "./reach";

type Detours = ReadonlyMap<string, Detour | null>;

/** Nodes that can never run because of disabled and bypassed ones; the disabled ones themselves are not named. */
export function dead(graph: Graph, rules: Rules, ways: Detours = detours(graph, rules)): Set<string> {
  const off = new Set(graph.nodes.filter((node) => node.disabled).map((node) => node.id));
  const silent = new Set([...off, ...[...ways].flatMap(([id, way]) => (way === null ? [id] : []))]);
  if (silent.size + ways.size === 0) return silent;
  const into = edgesInto(graph.edges);
  const candidates = reached(graph.edges, [...off, ...ways.keys()]);
  const isLive = (edge: GraphEdge) =>
    !silent.has(edge.source) && (ways.get(edge.source)?.output ?? edge.source_port) === edge.source_port;
  for (let grew = true; grew;) {
    grew = false;
    for (const node of graph.nodes) {
      if (silent.has(node.id) || !candidates.has(node.id)) continue;
      const { inputs } = portsOf(rules, node);
      const way = ways.get(node.id);
      const stays = way
        ? passesNothing(node, way, inputs, isLive)
        : staysSilent(node, into.get(node.id) ?? [], inputs, isLive);
      if (!stays) continue;
      silent.add(node.id);
      grew = true;
    }
  }
  return new Set([...silent].filter((id) => !off.has(id)));
}

type IsLive = (edge: GraphEdge) => boolean;

/** Follows the engine: a required port without a value, or nothing at all coming in. */
function staysSilent(node: GraphNode, edges: GraphEdge[], inputs: Port[], isLive: IsLive): boolean {
  if (edges.length === 0) return false;
  const live = edges.filter(isLive);
  if (live.length === 0) return true;
  if (node.pinned) return false;
  return inputs.some((port) => {
    const all = edges.filter((edge) => edge.target_port === port.name).length;
    const left = live.filter((edge) => edge.target_port === port.name).length;
    return port.required && all > 0 && left < needed(node, port);
  });
}

/** Whether no input of the way around a node gets what it waits for. */
function passesNothing(node: GraphNode, way: Detour, inputs: Port[], isLive: IsLive): boolean {
  const live = way.edges.filter(isLive);
  return inputs.every((port) => live.filter((edge) => edge.target_port === port.name).length < needed(node, port));
}

function needed(node: GraphNode, port: Port): number {
  return node.join?.rule === "k_of_n" && port.many ? (node.join.k ?? 1) : 1;
}

function edgesInto(edges: readonly GraphEdge[]): Map<string, GraphEdge[]> {
  const map = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const list = map.get(edge.target);
    if (list) list.push(edge);
    else map.set(edge.target, [edge]);
  }
  return map;
}

/** What decides about the output of each node by itself: a change of it makes an earlier output stale. */
export type Prints = ReadonlyMap<string, string>;

const printed = new WeakMap<GraphNode, string>();

export function printsOf(graph: Graph): Prints {
  const into = edgesInto(graph.edges);
  return new Map(graph.nodes.map((node) => [node.id, nodePrint(node) + wirePrint(into.get(node.id) ?? [])]));
}

function nodePrint(node: GraphNode): string {
  const old = printed.get(node);
  if (old !== undefined) return old;
  const { kind, version, config, disabled, bypassed, pinned, join, on_error } = node;
  const print = JSON.stringify([kind, version, config, disabled, bypassed, pinned, join, on_error]);
  printed.set(node, print);
  return print;
}

function wirePrint(edges: readonly GraphEdge[]): string {
  return edges.map(edgeKey).sort().join();
}

/** Nodes whose own part changed since `before`. */
export function edited(graph: Graph, before: Prints): Set<string> {
  return new Set([...printsOf(graph)].flatMap(([id, print]) => (before.get(id) === print ? [] : [id])));
}
