/** Undo and redo over immutable documents. */

import type { Graph } from "./protocol";

const DEPTH = 100;
const COALESCE_MS = 1000;

export class History {
  private past: Graph[] = [];
  private future: Graph[] = [];
  private last: { key: string; at: number } | null = null;

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Remembers the graph before a change; changes of one `key` within a second are one step. */
  record(before: Graph, key: string | null, now: number): void {
    const same = key !== null && this.last?.key === key && now - this.last.at <= COALESCE_MS;
    this.last = key === null ? null : { key, at: now };
    this.future = [];
    if (!same) this.past = [...this.past, before].slice(-DEPTH);
  }

  undo(current: Graph): Graph | null {
    const to = this.past.pop();
    if (!to) return null;
    this.future.push(current);
    this.last = null;
    return to;
  }

  redo(current: Graph): Graph | null {
    const to = this.future.pop();
    if (!to) return null;
    this.past.push(current);
    this.last = null;
    return to;
  }

  clear(): void {
    this.past = [];
    this.future = [];
    this.last = null;
  }
}
