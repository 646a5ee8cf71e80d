/** One open canvas outside React: owns the document, its history and what is selected; React only draws it. */

import type { EdgeChange, NodeChange, Viewport } from "@xyflow/react";
import { applyEdgeChanges, applyNodeChanges } from "@xyflow/react";

import { settled, tidied } from "./arrange";
import { detours } from "./bypass";
import { dead, edited, type Prints, printsOf } from "./consequence";
import { type FlowEdge, flowEdges, type FlowNode, flowNodes } from "./flow";
import { withCorners, withPatch } from "./graph";
import { measured } from "./heat";
import { History } from "./history";
import { Outbox, type Send } from "./outbox";
import { rulesOf } from "./ports";
import type { CanvasData, Command, Doc, Graph, IntentBody, Point, RunSnapshot } from "./protocol";
import { reached } from "./reach";
import { RunStore } from "./runs";
import { CLOSED, firstState, settings, type Toast, type ViewState } from "./state";
import { Store } from "./store";
import { RunStream } from "./stream";

/** What the camera shall show at the next chance (all, if `nodes` is null), and how: "reveal" keeps the zoom. */
export type Shot = { nodes: string[] | null; how: "fit" | "near" | "reveal" };

const TOAST_MS = 6000;
/** So long after an edit the canvas asks for what was late. */
export const CATCH_UP_MS = 700;

export class Instance {
  readonly store: Store<ViewState>;
  readonly runs = new RunStore();
  readonly outbox: Outbox;
  viewport: Viewport | null = null;
  shot: Shot | null = { nodes: null, how: "fit" };
  private readonly history = new History();
  private readonly stream: RunStream;
  private lastCommand = 0;
  private lastToast = 0;
  private catchUp: ReturnType<typeof setTimeout> | undefined;
  private drag = { active: false, count: 0 };
  /** The run that this canvas saw begin, and what the graph then was. */
  private begun: { run: string; prints: Prints } | null = null;

  constructor(
    data: CanvasData,
    private readonly now: () => number = Date.now,
  ) {
    const graph = settled(data.doc.graph, rulesOf(data.catalogue, data.faces));
    this.store = new Store<ViewState>(firstState(data, { ...data.doc, graph }));
    this.outbox = new Outbox(randomId(), () => this.store.get().doc, now);
    this.stream = new RunStream({
      snapshot: (snapshot) => this.showSnapshot(snapshot),
      finished: (run) => this.intend({ type: "run_finished", run }),
    });
  }

  get graph(): Graph {
    return this.store.get().doc.graph;
  }

  attach(send: Send): void {
    this.outbox.attach(send);
  }

  detach(): void {
    clearTimeout(this.catchUp);
    this.stream.close();
    this.outbox.detach();
  }

  /** Takes what Python sent: settings always, its document only if newer, each command once. */
  receive(data: CanvasData): void {
    this.store.set(settings(data, this.store.get()));
    this.adopt(data.doc);
    this.rebuild();
    const fresh = data.commands.filter((command) => command.n > this.lastCommand).sort((a, b) => a.n - b.n);
    for (const command of fresh) {
      this.lastCommand = command.n;
      this.obey(command);
    }
    this.showRun(data);
    this.outbox.acknowledged(data.doc);
    clearTimeout(this.catchUp);
    if (data.late) this.catchUp = setTimeout(() => this.intend({ type: "catch_up" }), CATCH_UP_MS);
  }

  private adopt(theirs: Doc): void {
    const mine = this.store.get().doc;
    const other = theirs.id !== mine.id;
    if (!other && theirs.rev <= mine.rev) return;
    const doc = { ...theirs, graph: settled(theirs.graph, this.store.get().rules) };
    if (other) this.history.clear();
    else this.history.record(mine.graph, null, this.now());
    const known = new Set(mine.graph.nodes.map((node) => node.id));
    const strange = other || !doc.graph.nodes.some((node) => known.has(node.id));
    this.outbox.replaced();
    this.store.set({ doc, ...CLOSED, ...(other ? { nodes: [], edges: [] } : {}) });
    if (strange) this.show(null);
  }

  private showRun(data: CanvasData): void {
    this.stream.follow(data.events_url);
    const current = this.runs.totals?.run;
    const stale = this.stream.isOpen && data.run?.run === current && data.run?.status === "running";
    if (!stale) this.showSnapshot(data.run);
  }

  private showSnapshot(snapshot: RunSnapshot | null): void {
    const before = this.runs.totals?.run;
    this.runs.show(snapshot);
    const figures = this.runs.isRunning ? null : measured(snapshot);
    if (figures || this.store.get().measured) this.store.set({ measured: figures });
    if (snapshot?.run === before) return;
    if (snapshot?.status === "running") this.begun = { run: snapshot.run, prints: printsOf(this.graph) };
    this.rebuild();
  }

  private obey(command: Command): void {
    if (command.op === "patch_node") {
      if (!this.graph.nodes.some((node) => node.id === command.id)) return;
      this.edit(withPatch(this.graph, command.id, command.set), `patch:${command.id}`);
    } else if (command.op === "layout") {
      const graph = tidied(this.graph, this.store.get().rules);
      if (graph.nodes.some((node, at) => node !== this.graph.nodes[at])) this.edit(graph);
      this.show(null);
    } else if (command.op === "fit") this.show(null);
    else if (command.op === "select") this.select(new Set(command.nodes), { silent: true });
    else if (command.op === "focus") this.focus(command.node, { silent: true });
    else if (command.op === "toast") this.toast(command.message, command.tone);
  }

  /** Makes `graph` the document as one undo step; steps of one `key` within a second are one. */
  edit(graph: Graph, key: string | null = null): void {
    if (graph === this.graph || this.store.get().readOnly) return;
    this.history.record(this.graph, key, this.now());
    this.replace(graph);
  }

  undo(): void {
    const graph = this.store.get().readOnly ? null : this.history.undo(this.graph);
    if (graph) this.replace(graph);
  }

  redo(): void {
    const graph = this.store.get().readOnly ? null : this.history.redo(this.graph);
    if (graph) this.replace(graph);
  }

  private replace(graph: Graph): void {
    const { doc, rules } = this.store.get();
    const before = this.selection.nodes;
    // Streamlit sends in a task of its own, and drawing a hundred nodes takes long: it comes in the task after that.
    const release = this.store.hold();
    this.outbox.edited();
    queueMicrotask(() => setTimeout(release));
    this.store.set({ doc: { ...doc, seq: doc.seq + 1, graph: settled(graph, rules) } });
    this.rebuild();
    this.tellSelection(before);
  }

  private rebuild(): void {
    const { doc, rules, problems, compare, nodes, edges } = this.store.get();
    const ways = detours(doc.graph, rules);
    const around = { problems, compare, ways, dead: dead(doc.graph, rules, ways), stale: this.stale() };
    const nextNodes = kept(flowNodes(doc.graph, rules, around, nodes), nodes);
    this.store.set({
      nodes: nextNodes,
      edges: kept(flowEdges(doc.graph, rules, compare, nextNodes, edges), edges),
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
    });
  }

  /** Nodes that were edited since the shown run, with everything behind them. */
  private stale(): ReadonlySet<string> {
    const run = this.runs.totals?.run;
    if (!run) return new Set();
    const seen = this.begun?.run === run ? edited(this.graph, this.begun.prints) : [];
    return reached(this.graph.edges, this.store.get().stale ?? seen);
  }

  intend(body: IntentBody): void {
    this.outbox.intend(body);
  }

  /** Ids of the selected nodes and notes, and keys of the selected edges. */
  get selection(): { nodes: Set<string>; notes: Set<string>; edges: Set<string> } {
    const { nodes, edges } = this.store.get();
    const chosen = nodes.filter((node) => node.selected);
    return {
      nodes: new Set(chosen.filter((node) => node.type === "card").map((node) => node.id)),
      notes: new Set(chosen.flatMap((node) => (node.type === "note" ? [node.data.note.id] : []))),
      edges: new Set(edges.filter((edge) => edge.selected).map((edge) => edge.id)),
    };
  }

  /** Selects exactly these React Flow nodes; Python is told unless it asked itself. */
  select(ids: ReadonlySet<string>, { silent = false } = {}): void {
    const before = this.selection.nodes;
    const { nodes, edges } = this.store.get();
    this.store.set({
      nodes: nodes.map((node) =>
        Boolean(node.selected) === ids.has(node.id) ? node : { ...node, selected: ids.has(node.id) },
      ),
      edges: edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge)),
    });
    if (!silent) this.tellSelection(before);
  }

  focus(id: string, { silent = false } = {}): void {
    this.select(new Set([id]), { silent });
    this.show([id], "near");
  }

  private tellSelection(before: ReadonlySet<string>): void {
    const now = this.selection.nodes;
    if (now.size === before.size && [...now].every((id) => before.has(id))) return;
    this.intend({ type: "select", nodes: [...now] });
  }

  /** React Flow moved, measured or selected something; a finished move becomes an edit. */
  nodesChanged(changes: NodeChange<FlowNode>[]): void {
    const before = this.selection.nodes;
    this.store.set({ nodes: applyNodeChanges(changes, this.store.get().nodes) });
    if (changes.some((change) => change.type === "select")) this.tellSelection(before);
    // A note that is being resized tells its new frame at the end.
    if (changes.some((change) => change.type === "dimensions" && change.resizing)) return;
    const moves = changes.filter((change) => change.type === "position");
    if (moves.some((change) => change.dragging)) {
      if (!this.drag.active) this.drag = { active: true, count: this.drag.count + 1 };
      this.outbox.pause();
    } else if (moves.length > 0) {
      this.outbox.resume();
      this.edit(this.withFlowPositions(), this.drag.active ? this.dragKey : "nudge");
      this.drag.active = false;
    }
  }

  /** The key under which what belongs to the latest drag is one undo step. */
  get dragKey(): string {
    return `drag:${this.drag.count}`;
  }

  edgesChanged(changes: EdgeChange<FlowEdge>[]): void {
    const selects = changes.filter((change) => change.type === "select");
    if (selects.length === 0) return;
    this.store.set({ edges: applyEdgeChanges(selects, this.store.get().edges) });
    const { actions, edges } = this.store.get();
    const [only, ...more] = edges.filter((edge) => edge.selected);
    if (!only || more.length > 0 || only.type !== "wire" || !only.data || !actions.includes("inspect_edge")) return;
    const { source, source_port, target, target_port } = only.data.edge;
    this.intend({ type: "inspect_edge", source, source_port, target, target_port });
  }

  private withFlowPositions(): Graph {
    const rounded = ({ x, y }: Point) => ({ x: Math.round(x), y: Math.round(y) });
    const cards = new Map<string, Point>();
    const notes = new Map<string, Point>();
    for (const node of this.store.get().nodes) {
      if (node.type === "card") cards.set(node.id, rounded(node.position));
      else if (node.type === "note") notes.set(node.data.note.id, rounded(node.position));
    }
    return withCorners(this.graph, cards, notes);
  }

  /** Asks the camera for these nodes, or for everything. */
  show(nodes: string[] | null, how: Shot["how"] = "fit"): void {
    this.shot = { nodes, how };
    this.store.set({ camera: this.store.get().camera + 1 });
  }

  toast(text: string, tone: Toast["tone"] = "error"): void {
    this.lastToast += 1;
    const toast = { id: this.lastToast, text, tone };
    this.store.set({ toasts: [...this.store.get().toasts.filter((old) => old.text !== text), toast].slice(-3) });
    setTimeout(() => this.dismiss(toast.id), TOAST_MS);
  }

  dismiss(id: number): void {
    this.store.set({ toasts: this.store.get().toasts.filter((toast) => toast.id !== id) });
  }
}

/** The list from before where it holds the same: then nothing is drawn again. */
function kept<T>(next: T[], before: T[]): T[] {
  return next.length === before.length && next.every((each, at) => each === before[at]) ? before : next;
}

/** `crypto.randomUUID` exists only on secure origins; a studio in a local network may have none. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
