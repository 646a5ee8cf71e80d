import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Instance } from "../src/instance";
import { pressed } from "../src/keys";
import type { CanvasData, CanvasOut } from "../src/protocol";
import { pickPort } from "../src/wiring";
import { data } from "./fixture";

const HANDS = { openSearch() {}, wire() {}, nextWire() {}, picture() {}, zoom() {} };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(first: CanvasData = data()) {
  const canvas = new Instance(first);
  const sent: CanvasOut[] = [];
  canvas.attach((out) => sent.push(structuredClone(out)));
  canvas.receive(first);
  return { canvas, sent };
}

test("a read-only canvas refuses every change", () => {
  const { canvas, sent } = opened(data({ read_only: true }));
  const before = canvas.graph;
  canvas.select(new Set(["expert_1"]));
  const key = (name: string, ctrlKey = false) =>
    pressed(canvas, new KeyboardEvent("keydown", { key: name, ctrlKey }), HANDS);
  for (const name of ["Delete", "d", "t", "/"]) key(name);
  key("d", true);
  key("z", true);
  pickPort(canvas, { node: "merge_1", side: "out", port: "answer" });
  vi.advanceTimersByTime(60);
  expect(canvas.graph).toBe(before);
  expect(canvas.store.get().wiring).toBeNull();
  expect(sent[0]!.doc).toBeNull();
});

test("the keyboard undoes, redoes and toggles", () => {
  const { canvas } = opened();
  canvas.select(new Set(["merge_1"]));
  const key = (name: string, more: KeyboardEventInit = {}) =>
    pressed(canvas, new KeyboardEvent("keydown", { key: name, ...more }), HANDS);
  expect(key("d")).toBe(true);
  expect(canvas.graph.nodes[3]!.disabled).toBe(true);
  key("z", { ctrlKey: true });
  expect(canvas.graph.nodes[3]!.disabled).toBe(false);
  key("Z", { ctrlKey: true, shiftKey: true });
  expect(canvas.graph.nodes[3]!.disabled).toBe(true);
  key("z", { metaKey: true });
  key("y", { ctrlKey: true });
  expect(canvas.graph.nodes[3]!.disabled).toBe(true);
  expect(key("q")).toBe(false);
});
