import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Instance } from "../src/instance";
import type { CanvasOut, RunSnapshot } from "../src/protocol";
import { RunStore } from "../src/runs";
import { data, fullData } from "./fixture";

const snapshot = (): RunSnapshot => fullData().run!;

/** Stands in for the browser's own EventSource, which the test environment lacks. */
class Source {
  static readonly CLOSED = 2;
  static opened: Source[] = [];
  readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    Source.opened.push(this);
  }
  say(value: unknown): void {
    this.onmessage?.({ data: JSON.stringify(value) });
  }
  fail(): void {
    this.readyState = Source.CLOSED;
    this.onerror?.();
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.opened = [];
  vi.stubGlobal("EventSource", Source);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("only nodes and wires that changed are told", () => {
  const runs = new RunStore();
  const told: string[] = [];
  const wire = "semantic_router_1.maths->expert_1.query";
  for (const topic of ["run", "node:semantic_router_1", "node:expert_1", `edge:${wire}`])
    runs.subscribe(topic, () => told.push(topic));
  runs.show(snapshot());
  expect(told).toEqual(["node:semantic_router_1", `edge:${wire}`, "run"]);
  const before = runs.node("semantic_router_1");
  runs.show({ ...snapshot(), latency_s: 0.9 });
  expect(told.slice(3)).toEqual(["run"]);
  expect(runs.node("semantic_router_1")).toBe(before);
  runs.show(null);
  expect([runs.node("semantic_router_1"), runs.edge(wire), runs.totals]).toEqual([null, "idle", null]);
});

test("an older snapshot does not undo the end of a run", () => {
  const runs = new RunStore();
  runs.show({ ...snapshot(), status: "done" });
  runs.show(snapshot());
  expect(runs.totals!.status).toBe("done");
  runs.show({ ...snapshot(), run: "run-2" });
  expect(runs.isRunning).toBe(true);
});

function following() {
  const first = data({ events_url: "/events/1" });
  const canvas = new Instance(first);
  const sent: CanvasOut[] = [];
  canvas.attach((out) => sent.push(out));
  canvas.receive(first);
  return { canvas, sent, first };
}

test("the end of the events closes them and tells Python once", () => {
  const { canvas, sent, first } = following();
  Source.opened[0]!.say(snapshot());
  expect(canvas.runs.isRunning).toBe(true);
  Source.opened[0]!.say({ ...snapshot(), status: "failed" });
  vi.advanceTimersByTime(60);
  canvas.receive(first);
  expect(Source.opened.map((source) => source.readyState)).toEqual([2]);
  expect(sent.map((out) => out.intents)).toEqual([[{ n: 1, type: "run_finished", run: "run-1" }]]);
});

test("events that cannot be reached are tried again, then given up", () => {
  const { sent } = following();
  Source.opened[0]!.say(snapshot());
  for (const wait of [1000, 2000, 4000]) {
    Source.opened.at(-1)!.fail();
    vi.advanceTimersByTime(wait);
  }
  expect(Source.opened).toHaveLength(4);
  Source.opened.at(-1)!.fail();
  vi.advanceTimersByTime(60);
  expect(sent.at(-1)!.intents.at(-1)).toMatchObject({ type: "run_finished", run: "run-1" });
});

test("what Python last knew does not overwrite live events", () => {
  const { canvas, first } = following();
  Source.opened[0]!.say({ ...snapshot(), latency_s: 2 });
  canvas.receive({ ...first, run: { ...snapshot(), latency_s: 1 } });
  expect(canvas.runs.totals!.latency_s).toBe(2);
});

test("text that is no snapshot is ignored", () => {
  const { canvas } = following();
  Source.opened[0]!.onmessage?.({ data: "{oops" });
  expect(canvas.runs.totals).toBeNull();
});
