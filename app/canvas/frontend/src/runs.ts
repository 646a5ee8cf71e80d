/** What a run shows on nodes and wires, kept apart from the document so that only what changed is drawn again. */

import type { EdgeStatus, NodeRun, RunSnapshot } from "./protocol";

type Listener = () => void;

export type RunTotals = Pick<RunSnapshot, "run" | "status" | "cost_usd" | "latency_s"> & { notional: boolean };

export class RunStore {
  private nodes = new Map<string, NodeRun>();
  private edges = new Map<string, EdgeStatus>();
  private values = new Map<string, string>();
  private current: RunTotals | null = null;
  private listeners = new Map<string, Set<Listener>>();

  /** Calls back when the thing named by `topic` changes: "run", "node:<id>", "edge:<key>" or "value:<key>". */
  subscribe(topic: string, listener: Listener): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(topic) === set) this.listeners.delete(topic);
    };
  }

  node(id: string): NodeRun | null {
    return this.nodes.get(id) ?? null;
  }

  edge(key: string): EdgeStatus {
    return this.edges.get(key) ?? "idle";
  }

  /** A short text of what crossed an edge; null where nothing is known. */
  value(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  get totals(): RunTotals | null {
    return this.current;
  }

  get isRunning(): boolean {
    return this.current?.status === "running";
  }

  /** Shows a snapshot, or nothing; a final snapshot of a run is not replaced by an older one of the same run. */
  show(snapshot: RunSnapshot | null): void {
    if (
      snapshot &&
      this.current?.run === snapshot.run &&
      this.current.status !== "running" &&
      snapshot.status === "running"
    ) {
      return;
    }
    const changed = [
      ...merge(this.nodes, snapshot?.nodes ?? {}).map((id) => `node:${id}`),
      ...merge(this.edges, snapshot?.edges ?? {}).map((key) => `edge:${key}`),
      ...merge(this.values, snapshot?.values ?? {}).map((key) => `value:${key}`),
    ];
    const totals = snapshot ? totalsOf(snapshot) : null;
    if (JSON.stringify(totals) !== JSON.stringify(this.current)) {
      this.current = totals;
      changed.push("run");
    }
    for (const topic of changed) for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}

function totalsOf({ run, status, cost_usd, latency_s, nodes }: RunSnapshot): RunTotals {
  return { run, status, cost_usd, latency_s, notional: Object.values(nodes).some((node) => node.notional) };
}

/** Makes `kept` equal to `next`, equal values keeping their identity, and returns the keys that changed. */
function merge<T>(kept: Map<string, T>, next: Readonly<Record<string, T>>): string[] {
  const changed: string[] = [];
  for (const key of kept.keys()) {
    if (key in next) continue;
    kept.delete(key);
    changed.push(key);
  }
  for (const [key, value] of Object.entries(next)) {
    if (kept.has(key) && JSON.stringify(kept.get(key)) === JSON.stringify(value)) continue;
    kept.set(key, value);
    changed.push(key);
  }
  return changed;
}
