/** What crosses the wire between Python and the canvas; `protocol.py` is its twin, and one fixture tests both. */

export interface Point {
  x: number;
  y: number;
}

export interface Port {
  name: string;
  type: string;
  required: boolean;
  many: boolean;
  help: string;
}

export interface JoinRule {
  rule: "all_taken" | "any" | "first" | "k_of_n";
  k: number | null;
}

export interface GraphNode {
  id: string;
  kind: string;
  /** Schema version of the configuration. */
  version: number;
  title: string;
  config: Record<string, unknown>;
  position: Point | null;
  disabled: boolean;
  bypassed: boolean;
  pinned: Record<string, unknown> | null;
  join: JoinRule | null;
  on_error: "fail" | "silent";
}

export interface GraphEdge {
  source: string;
  source_port: string;
  target: string;
  target_port: string;
}

export interface GraphNote {
  id: string;
  text: string;
  position: Point;
  width: number;
  height: number;
}

export interface Graph {
  schema_version: number;
  name: string;
  description: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  notes: GraphNote[];
}

export interface Doc {
  id: string;
  /** Grows when Python replaces the graph. */
  rev: number;
  /** Grows with each edit in the browser. */
  seq: number;
  graph: Graph;
}

export interface Face {
  inputs: Port[];
  outputs: Port[];
  summary: string;
  models: string[];
  /** The saved pipeline that the node opens. */
  inner: string;
  estimate: Estimate | null;
  /** Most likely decides how long a run takes. */
  critical: boolean;
}

/** What a node is expected to cost and take before a run. */
export interface Estimate {
  cost_usd: number | null;
  latency_s: number | null;
  source: string;
}

export interface Kind {
  kind: string;
  title: string;
  group: string;
  icon: string;
  help: string;
  version: number;
  inputs: Port[];
  outputs: Port[];
  config: Record<string, unknown>;
}

export interface PortType {
  name: string;
  title: string;
  colour_light: string;
  colour_dark: string;
  /** Source types that an input of this type takes. */
  accepts: string[];
}

export interface Catalogue {
  version: string;
  kinds: Kind[];
  groups: { name: string; title: string }[];
  types: PortType[];
}

export interface Problem {
  node: string | null;
  port: string | null;
  message: string;
  severity: "error" | "warning";
}

export type NodeStatus = "queued" | "running" | "done" | "skipped" | "failed" | "blocked" | "budget" | "cancelled";

export type RunStatus = "running" | "done" | "failed" | "budget" | "cancelled" | "no_answer";

export type EdgeStatus = "taken" | "not_taken" | "idle";

export interface NodeRun {
  status: NodeStatus;
  cached: boolean;
  pinned: boolean;
  cost_usd: number | null;
  /** The cost is a notional price: nobody was charged. */
  notional: boolean;
  latency_s: number | null;
  input_tokens: number;
  output_tokens: number;
  calls: number;
  error: string | null;
  reason: string | null;
  text: string;
  fired: string[];
  scores: Record<string, number>;
  threshold: number | null;
}

export interface RunSnapshot {
  run: string;
  status: RunStatus;
  nodes: Record<string, NodeRun>;
  edges: Record<string, EdgeStatus>;
  /** Short texts of what crossed the edges. */
  values: Record<string, string>;
  cost_usd: number;
  latency_s: number;
}

export type Command =
  | { n: number; op: "patch_node"; id: string; set: Partial<Omit<GraphNode, "id" | "kind">> }
  | { n: number; op: "layout" }
  | { n: number; op: "fit" }
  | { n: number; op: "select"; nodes: string[] }
  | { n: number; op: "focus"; node: string }
  | { n: number; op: "toast"; message: string; tone: "info" | "error" };

/** What the page fulfils; the canvas offers no other wishes. */
export type Action = "run" | "save" | "run_to" | "run_from" | "pin" | "make_sub" | "step_into" | "inspect_edge";

export type Change = "added" | "removed" | "changed" | "same";

export interface NodeChange {
  change: Change;
  note: string;
  latency_delta_s: number | null;
  cost_delta_usd: number | null;
}

export interface Compare {
  title: string;
  nodes: Record<string, NodeChange>;
  edges: Record<string, Change>;
  /** What only the other version holds. */
  ghosts: { nodes: GraphNode[]; edges: GraphEdge[] };
}

/** The place of the shown run among the past ones: 1 is the oldest. */
export interface RunHistory {
  position: number;
  count: number;
  label: string;
  /** What may be shown of the past runs, and the id of what is; choosing another sends its id as a command. */
  scopes: { id: string; title: string }[];
  scope: string;
}

export interface BatchEdge {
  share: number;
  cost_usd: number | null;
  accuracy: number | null;
}

export interface BatchNode {
  cost_usd: number | null;
  latency_s: number | null;
  error_rate: number | null;
  accuracy: number | null;
}

export interface Batch {
  title: string;
  rows: number;
  notional: boolean;
  edges: Record<string, BatchEdge>;
  nodes: Record<string, BatchNode>;
}

export interface PaletteCommand {
  id: string;
  title: string;
  hint: string;
  group: string;
}

export interface Crumb {
  id: string;
  title: string;
}

export interface CanvasData {
  view: string;
  doc: Doc;
  faces: Record<string, Face>;
  catalogue: Catalogue;
  problems: Problem[];
  run: RunSnapshot | null;
  events_url: string | null;
  commands: Command[];
  read_only: boolean;
  /** The page's own actions that the canvas also offers as buttons. */
  actions: Action[];
  /** Pixels on the right that the page covers, with a drawer for example. */
  inset_right: number;
  /** Nodes edited since the shown run; null lets the canvas find them. */
  stale: string[] | null;
  palette: PaletteCommand[];
  breadcrumbs: Crumb[];
  compare: Compare | null;
  history: RunHistory | null;
  batch: Batch | null;
  /** Something, such as an estimate, is of the graph before the latest edit: "catch_up" asks for it. */
  late: boolean;
}

export type IntentBody =
  | { type: "select"; nodes: string[] }
  | { type: "inspect"; node: string }
  | { type: "run" | "stop" | "save" | "compare_close" | "catch_up" }
  | { type: "run_to" | "run_from" | "pin" | "step_into"; node: string }
  | { type: "make_sub"; nodes: string[] }
  | { type: "step_out" | "command"; id: string }
  | ({ type: "inspect_edge" } & GraphEdge)
  | { type: "history"; step: -1 | 1 }
  | { type: "run_finished"; run: string };

export type Intent = IntentBody & { n: number };

export interface CanvasOut {
  instance: string;
  doc: Doc | null;
  intents: Intent[];
}
