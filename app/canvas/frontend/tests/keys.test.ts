import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { COMMANDS } from "../src/commands";
import type { Instance } from "../src/instance";
import { pressed, shortcuts } from "../src/keys";
import { pickPort } from "../src/wiring";
import { data } from "./fixture";
import { HANDS, opened } from "./opened";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

const press = (canvas: Instance, name: string, more: KeyboardEventInit = {}) =>
  pressed(canvas, new KeyboardEvent("keydown", { key: name, ...more }), HANDS);

test("B bypasses the selection in one step and Ctrl+B is left to the page", () => {
  const { canvas } = opened();
  canvas.select(new Set(["semantic_router_1", "expert_1"]));
  expect(press(canvas, "b", { ctrlKey: true })).toBe(false);
  expect(press(canvas, "b")).toBe(true);
  const state = () => canvas.graph.nodes.map(({ disabled, bypassed }) => (disabled ? "d" : bypassed ? "b" : "-"));
  expect(state()).toEqual(["-", "b", "b", "-"]);
  canvas.undo();
  expect(state()).toEqual(["-", "-", "d", "-"]);
  canvas.redo();
  press(canvas, "b");
  expect(state()).toEqual(["-", "-", "-", "-"]);
});

test("no two commands share a key or a name, and the help shows every key", () => {
  const keys = COMMANDS.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(COMMANDS.map((command) => command.id)).size).toBe(COMMANDS.length);
  const shown = shortcuts().flatMap(({ rows }) => rows.flatMap((row) => row.keys));
  expect(shown).toEqual(expect.arrayContaining(["Ctrl Shift Z", "Ctrl K", "?", "+", "Shift 2", "Ctrl ."]));
  expect(shown.length).toBeGreaterThan(keys.length);
});

test("a sign is itself on every keyboard, a letter with Shift is another key", () => {
  const { canvas } = opened();
  expect(press(canvas, "?", { shiftKey: true, code: "Slash" })).toBe(true);
  expect(canvas.store.get().popover).toBe("help");
  canvas.select(new Set(["semantic_router_1"]));
  press(canvas, "D", { shiftKey: true });
  expect([...canvas.selection.nodes]).toEqual(["semantic_router_1", "expert_1", "merge_1"]);
  expect(canvas.graph.nodes.every((node) => !node.disabled || node.id === "expert_1")).toBe(true);
});

test("the digit two with Shift shows the selection whatever sign is on that key", () => {
  const { canvas } = opened();
  canvas.select(new Set(["merge_1"]));
  expect(press(canvas, '"', { shiftKey: true, code: "Digit2" })).toBe(true);
  expect(canvas.shot).toEqual({ nodes: ["merge_1"], how: "fit" });
});

test("a wish that the page does not fulfil is not offered", () => {
  const { canvas, sent } = opened(data({ actions: ["save"] }));
  canvas.select(new Set(["merge_1"]));
  for (const [name, more] of [
    ["R", { shiftKey: true }],
    ["F", { shiftKey: true }],
    ["g", { ctrlKey: true }],
  ] as const)
    press(canvas, name, more);
  press(canvas, "Enter", { ctrlKey: true });
  press(canvas, "s", { ctrlKey: true });
  vi.advanceTimersByTime(60);
  expect(sent[0]!.intents.map((intent) => intent.type)).toEqual(["select", "save"]);
});

test("arrows move what is selected by the grid, as one undo step", () => {
  const { canvas } = opened();
  canvas.select(new Set(["merge_1"]));
  press(canvas, "ArrowDown");
  press(canvas, "ArrowRight", { shiftKey: true });
  expect(canvas.graph.nodes[3]!.position).toEqual({ x: 992, y: 48 });
  canvas.undo();
  expect(canvas.graph.nodes[3]!.position).toEqual({ x: 960, y: 40 });
});
