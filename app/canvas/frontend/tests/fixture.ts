/** The messages that both test suites read, and small documents to try things on. */

import messages from "../../../../tests/app/canvas/protocol.json";
import type { CanvasData, CanvasOut, Graph, GraphEdge, GraphNode } from "../src/protocol";
import { type Rules, rulesOf } from "../src/ports";

export function data(changes: Partial<CanvasData> = {}): CanvasData {
  const bare = { stale: null, palette: [], breadcrumbs: [], compare: null, history: null, batch: null, late: false };
  return { ...(structuredClone(messages.data) as CanvasData), commands: [], run: null, ...bare, ...changes };
}

export const fullData = (): CanvasData => structuredClone(messages.data) as CanvasData;

export const out = messages.out as CanvasOut;

export function rules(): Rules {
  const { catalogue, faces } = data();
  return rulesOf(catalogue, faces);
}

export function node(id: string, kind: string, changes: Partial<GraphNode> = {}): GraphNode {
  const works = { disabled: false, bypassed: false, pinned: null };
  const fixed = { version: 1, config: {}, ...works, join: null, on_error: "fail" as const };
  return { id, kind, title: id, position: { x: 0, y: 0 }, ...fixed, ...changes };
}

export function edge(text: string): GraphEdge {
  const [source = "", source_port = "", target = "", target_port = ""] = text.split(/->|\./);
  return { source, source_port, target, target_port };
}

export function graph(nodes: GraphNode[], edges: string[] = []): Graph {
  return { schema_version: 1, name: "Test", description: "", nodes, edges: edges.map(edge), notes: [] };
}
