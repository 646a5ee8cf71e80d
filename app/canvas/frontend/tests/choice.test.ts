import { afterEach, beforeEach, expect, test, vi } from "vitest";

import * as act from "../src/actions";
import { aligned } from "../src/align";
import * as choice from "../src/choice";
import { edgeKey } from "../src/graph";
import { closedOver } from "../src/splice";
import { targetsOf, wiringPorts } from "../src/wireable";
import { data, graph, node, rules } from "./fixture";
import { opened } from "./opened";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const boxes = new Map([
  ["a", { x: 0, y: 0, width: 100, height: 40 }],
  ["b", { x: 30, y: 100, width: 200, height: 60 }],
  ["c", { x: 400, y: 50, width: 100, height: 40 }],
]);
const corners = (how: Parameters<typeof aligned>[1]) => [...aligned(boxes, how).values()].map(({ x, y }) => [x, y]);

test("boxes line up by their edges and by their middles", () => {
  expect(corners("left")).toEqual([[0, 0], [0, 100], [0, 50]]); // prettier-ignore
  expect(corners("centre")).toEqual([[200, 0], [150, 100], [200, 50]]); // prettier-ignore
  expect(corners("top")).toEqual([[0, 0], [30, 0], [400, 0]]); // prettier-ignore
  expect(corners("middle")).toEqual([[0, 60], [30, 50], [400, 60]]); // prettier-ignore
});

test("distributing makes gaps equal and keeps the ends, or makes room where there is none", () => {
  expect([...aligned(boxes, "across")].map(([id, { x }]) => [id, x])).toEqual([["a", 0], ["b", 150], ["c", 400]]); // prettier-ignore
  expect([...aligned(boxes, "down")].map(([id, { y }]) => [id, y])).toEqual([["a", 0], ["c", 56], ["b", 112]]); // prettier-ignore
  expect(aligned(new Map([...boxes].slice(0, 1)), "left").size).toBe(0);
});

test("aligning the selection is one undo step", () => {
  const { canvas } = opened();
  canvas.select(new Set(["query_input_1", "note:note_1"]));
  choice.align(canvas, "top");
  expect([canvas.graph.nodes[0]!.position!.y, canvas.graph.notes[0]!.position.y]).toEqual([-120, -120]);
  canvas.undo();
  expect([canvas.graph.nodes[0]!.position!.y, canvas.graph.notes[0]!.position.y]).toEqual([40, -120]);
});

test("a deleted chain closes over its gap where the types fit", () => {
  const before = graph(
    [node("q", "query_input"), node("a", "expert"), node("b", "expert"), node("m", "merge")],
    ["q.query->a.query", "a.answer->b.query", "b.answer->m.values"],
  );
  expect(closedOver(before, rules(), ["a"]).edges.map(edgeKey)).toEqual(["b.answer->m.values", "q.query->b.query"]);
  const none = closedOver(before, rules(), ["a", "b"]);
  expect([none.nodes.map((each) => each.id), none.edges]).toEqual([["q", "m"], []]);
});

test("deleting and joining is one undo step and takes notes and wires along", () => {
  const { canvas } = opened();
  canvas.select(new Set(["semantic_router_1", "note:note_1"]));
  act.removeAndJoin(canvas);
  expect(canvas.graph.notes).toEqual([]);
  expect(canvas.graph.edges.map(edgeKey)).toEqual([
    "expert_1.answer->merge_1.values",
    "query_input_1.query->expert_1.query",
  ]);
  canvas.undo();
  expect([canvas.graph.nodes.length, canvas.graph.edges.length, canvas.graph.notes.length]).toEqual([4, 3, 1]);
});

test("a paste keeps the wires that came in only if it is asked to, and only where they still fit", () => {
  const { canvas } = opened();
  canvas.select(new Set(["expert_1"]));
  const text = act.copied(canvas)!;
  act.pasteText(canvas, text);
  expect(canvas.graph.edges).toHaveLength(3);
  act.pasteText(canvas, text, null, true);
  expect(canvas.graph.edges.slice(3).map(edgeKey)).toEqual(["semantic_router_1.maths->expert_3.query"]);
  canvas.select(new Set(["semantic_router_1"]));
  act.removeSelection(canvas);
  act.pasteText(canvas, text, null, true);
  expect(canvas.graph.nodes.map((each) => each.id)).toContain("expert_4");
  expect(canvas.graph.edges.some((each) => each.target === "expert_4")).toBe(false);
});

test("the list of targets names what fits and nothing that would close a loop or is taken", () => {
  const before = graph(
    [node("q", "query_input"), node("a", "expert"), node("b", "expert"), node("m", "merge")],
    ["q.query->a.query", "a.answer->m.values"],
  );
  const titles = (id: string) => targetsOf(before, rules(), wiringPorts(before, rules(), id)).map(({ title }) => title);
  expect(titles("q")).toEqual(["b · query"]);
  expect(titles("a")).toEqual(["b · query"]);
  expect(titles("b")).toEqual(["m · values"]);
  expect(titles("m")).toEqual(["b · query"]);
  const into = targetsOf(before, rules(), [{ node: "b", side: "in", port: "query" }]).map(({ title }) => title);
  expect(into).toEqual(["q · query", "a · answer", "m · answer"]);
});

test("a node that holds a pipeline is stepped into only where the page can show it", () => {
  const faces = { expert_1: { inputs: [], outputs: [], summary: "", models: [], inner: "support", estimate: null, critical: false } };
  for (const [actions, type] of [
    [["step_into"], "step_into"],
    [["save"], "inspect"],
  ] as const) {
    const { canvas, sent } = opened(data({ faces, actions: [...actions] }));
    act.open(canvas, "expert_1");
    vi.advanceTimersByTime(60);
    expect(sent[0]!.intents).toEqual([{ n: 1, type, node: "expert_1" }]);
  }
});

test("unpinning is an edit that can be undone", () => {
  const { canvas } = opened();
  act.unpin(canvas, "expert_1");
  expect(canvas.graph.nodes[2]!.pinned).toBeNull();
  canvas.undo();
  expect(canvas.graph.nodes[2]!.pinned).not.toBeNull();
});
