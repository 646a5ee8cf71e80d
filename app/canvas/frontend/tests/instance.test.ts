import { afterEach, beforeEach, expect, test, vi } from "vitest";

import * as action from "../src/actions";
import { CATCH_UP_MS, type Instance } from "../src/instance";
import { pickPort } from "../src/wiring";
import { data, fullData, graph, node } from "./fixture";
import { opened } from "./opened";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const titles = (canvas: Instance) => canvas.graph.nodes.map((each) => each.title);
const kind = (canvas: Instance, name: string) => canvas.store.get().rules.kinds.get(name)!;

test("several quick edits are one message with the latest document", () => {
  const { canvas, sent } = opened();
  action.addKind(canvas, kind(canvas, "expert"), { x: 0, y: 900 });
  action.addKind(canvas, kind(canvas, "expert"), { x: 300, y: 900 });
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(60);
  expect(sent).toHaveLength(1);
  expect([sent[0]!.doc!.id, sent[0]!.doc!.rev, sent[0]!.doc!.seq]).toEqual(["workflow-7", 3, 14]);
  expect(sent[0]!.doc!.graph.nodes.map((each) => each.id).slice(-2)).toEqual(["expert_2", "expert_3"]);
  expect(sent[0]!.intents).toEqual([{ n: 2, type: "select", nodes: ["expert_3"] }]);
});

test("an echo of an older state changes nothing, and an acknowledged document is not sent again", () => {
  const { canvas, sent } = opened();
  action.rename(canvas, "merge_1", "Join");
  canvas.receive(data());
  expect(titles(canvas)[3]).toBe("Join");
  vi.advanceTimersByTime(60);
  canvas.receive(data({ doc: canvas.store.get().doc }));
  canvas.intend({ type: "run" });
  vi.advanceTimersByTime(60);
  expect(sent.map((out) => out.doc?.seq ?? null)).toEqual([13, null]);
});

test("what was late is asked for once, when no edit follows", () => {
  const { canvas, sent } = opened();
  canvas.receive(data({ late: true }));
  vi.advanceTimersByTime(CATCH_UP_MS - 1);
  canvas.receive(data({ late: true }));
  vi.advanceTimersByTime(CATCH_UP_MS - 1);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(60);
  expect(sent.map((out) => out.intents)).toEqual([[{ n: 1, type: "catch_up" }]]);
  canvas.receive(data());
  vi.advanceTimersByTime(2 * CATCH_UP_MS);
  expect(sent).toHaveLength(1);
});

test("an edit that was not acknowledged is sent again a second later and after a remount", () => {
  const { canvas, sent } = opened();
  action.rename(canvas, "merge_1", "Join");
  vi.advanceTimersByTime(500);
  canvas.receive(data());
  vi.advanceTimersByTime(500);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(100);
  canvas.receive(data());
  vi.advanceTimersByTime(60);
  expect(sent).toHaveLength(2);
  canvas.detach();
  canvas.attach((out) => sent.push(out));
  vi.advanceTimersByTime(60);
  expect(sent.map((out) => out.doc?.seq)).toEqual([13, 13, 13]);
});

test("a server that restarted gets the document again, though it once acknowledged it", () => {
  const { canvas, sent } = opened();
  action.rename(canvas, "merge_1", "Join");
  vi.advanceTimersByTime(60);
  canvas.receive(data({ doc: canvas.store.get().doc }));
  vi.advanceTimersByTime(5000);
  const old = data();
  canvas.receive({ ...old, doc: { ...old.doc, rev: 1, seq: 0 } });
  vi.advanceTimersByTime(60);
  expect(sent.map((out) => out.doc?.seq)).toEqual([13, 13]);
  expect(titles(canvas)[3]).toBe("Join");
});

test("a higher revision replaces the graph as one undo step", () => {
  const { canvas } = opened();
  const next = graph([node("only", "expert")]);
  canvas.receive(data({ doc: { id: "workflow-7", rev: 4, seq: 12, graph: next } }));
  expect(titles(canvas)).toEqual(["only"]);
  canvas.undo();
  expect(titles(canvas)).toEqual(["Question", "Which expert?", "Maths", "Merge"]);
  expect(canvas.store.get().doc).toMatchObject({ rev: 4, seq: 13 });
});

test("another document clears the history", () => {
  const { canvas } = opened();
  action.rename(canvas, "merge_1", "Join");
  canvas.receive(data({ doc: { id: "other", rev: 1, seq: 0, graph: graph([node("only", "expert")]) } }));
  expect(canvas.store.get().canUndo).toBe(false);
  canvas.undo();
  expect(titles(canvas)).toEqual(["only"]);
});

test("each command is obeyed once, and a patch comes back as an edit", () => {
  const { canvas, sent } = opened();
  const commanded = { ...fullData(), run: null };
  canvas.receive(commanded);
  expect(canvas.graph.nodes[2]).toMatchObject({ title: "Mathematics", pinned: null, disabled: true });
  expect([...canvas.selection.nodes]).toEqual(["expert_1"]);
  expect(canvas.store.get().toasts.map((toast) => toast.text)).toEqual(["Saved."]);
  canvas.undo();
  canvas.receive(commanded);
  expect(canvas.graph.nodes[2]!.title).toBe("Maths");
  vi.advanceTimersByTime(60);
  expect(sent.at(-1)!.intents).toEqual([]);
});

test("patches of one node within a second are one undo step", () => {
  const { canvas } = opened();
  const patch = (n: number, title: string) =>
    canvas.receive(data({ commands: [{ n, op: "patch_node", id: "expert_1", set: { title } }] }));
  patch(1, "M");
  vi.advanceTimersByTime(400);
  patch(2, "Ma");
  vi.advanceTimersByTime(1500);
  patch(3, "Mat");
  canvas.undo();
  expect(titles(canvas)[2]).toBe("Ma");
  canvas.undo();
  expect(titles(canvas)[2]).toBe("Maths");
  canvas.redo();
  canvas.redo();
  expect(titles(canvas)[2]).toBe("Mat");
  expect(canvas.store.get().canRedo).toBe(false);
});

test("a hundred steps can be undone", () => {
  const { canvas } = opened();
  for (let step = 1; step <= 105; step += 1) action.rename(canvas, "merge_1", `Step ${step}`);
  for (let step = 0; step < 200; step += 1) canvas.undo();
  expect(titles(canvas)[3]).toBe("Step 5");
});

test("a drag is one undo step and reaches Python when it ends", () => {
  const { canvas, sent } = opened();
  const move = (x: number, dragging: boolean) =>
    canvas.nodesChanged([{ id: "merge_1", type: "position", position: { x, y: 40 }, dragging }]);
  for (const x of [970, 980, 990]) move(x, true);
  vi.advanceTimersByTime(100);
  expect(sent).toEqual([]);
  move(1000, false);
  vi.advanceTimersByTime(100);
  expect(sent[0]!.doc!.graph.nodes[3]!.position).toEqual({ x: 1000, y: 40 });
  canvas.undo();
  expect(canvas.graph.nodes[3]!.position).toEqual({ x: 960, y: 40 });
  expect(canvas.store.get().canUndo).toBe(false);
});

test("a click outside sends what waits at once, then nothing for a while", () => {
  const { canvas, sent } = opened();
  action.rename(canvas, "merge_1", "Join");
  canvas.outbox.flushAndHold();
  expect(sent).toHaveLength(1);
  canvas.intend({ type: "save" });
  vi.advanceTimersByTime(550);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(sent[1]!.intents.map((intent) => intent.type)).toEqual(["save"]);
});

test("at most twenty intents are kept and their numbers go on", () => {
  const { canvas, sent } = opened();
  for (let n = 0; n < 25; n += 1) canvas.intend({ type: "save" });
  vi.advanceTimersByTime(60);
  expect(sent[0]!.intents.map((intent) => intent.n)).toEqual(Array.from({ length: 20 }, (_, at) => at + 6));
});

test("a refused wire leaves the document alone and says why", () => {
  const { canvas } = opened();
  const before = canvas.graph;
  pickPort(canvas, { node: "query_input_1", side: "out", port: "query" });
  pickPort(canvas, { node: "merge_1", side: "in", port: "values" });
  expect(canvas.graph).toBe(before);
  expect(canvas.store.get().toasts.at(-1)!.text).toBe("“values” of “Merge” takes Answer, but “query” gives Question.");
});

test("two picked ports are joined, whichever comes first", () => {
  const { canvas } = opened();
  action.addKind(canvas, kind(canvas, "answer_output"), { x: 1400, y: 0 });
  pickPort(canvas, { node: "answer_output_1", side: "in", port: "answers" });
  pickPort(canvas, { node: "merge_1", side: "out", port: "answer" });
  expect(canvas.graph.edges.at(-1)).toEqual({
    source: "merge_1",
    source_port: "answer",
    target: "answer_output_1",
    target_port: "answers",
  });
});

test("a node added from a wire is connected in the same undo step", () => {
  const { canvas } = opened();
  action.addKind(
    canvas,
    kind(canvas, "answer_output"),
    { x: 1400, y: 0 },
    { node: "merge_1", side: "out", port: "answer" },
  );
  expect(canvas.graph.edges).toHaveLength(4);
  canvas.undo();
  expect([canvas.graph.nodes.length, canvas.graph.edges.length]).toEqual([4, 3]);
});

test("a node dropped on a wire goes between its ends", () => {
  const { canvas } = opened();
  action.addIntoWire(canvas, kind(canvas, "expert"), { x: 700, y: 400 }, "expert_1.answer->merge_1.values");
  expect(canvas.graph.edges.slice(2).map((each) => `${each.source}->${each.target}`)).toEqual([
    "expert_1->expert_2",
    "expert_2->merge_1",
  ]);
  canvas.undo();
  expect(canvas.graph.edges).toHaveLength(3);
});

test("a node dropped on a short wire pushes what follows to the right", () => {
  const { canvas } = opened();
  action.addIntoWire(
    canvas,
    kind(canvas, "expert"),
    { x: 200, y: 300 },
    "query_input_1.query->semantic_router_1.query",
  );
  const x = Object.fromEntries(canvas.graph.nodes.map((each) => [each.id, each.position!.x]));
  expect([x["query_input_1"], x["expert_2"], x["semantic_router_1"], x["merge_1"]]).toEqual([0, 316, 632, 1272]);
});

test("an end of a wire can be moved, but not to where it may not end", () => {
  const { canvas } = opened();
  const wire = "semantic_router_1.maths->expert_1.query";
  action.reconnect(canvas, wire, {
    source: "semantic_router_1",
    source_port: "code",
    target: "expert_1",
    target_port: "query",
  });
  expect(canvas.graph.edges.at(-1)!.source_port).toBe("code");
  const before = canvas.graph;
  action.reconnect(canvas, "semantic_router_1.code->expert_1.query", {
    source: "semantic_router_1",
    source_port: "code",
    target: "merge_1",
    target_port: "values",
  });
  expect(canvas.graph).toBe(before);
});

test("deleting what is selected tells Python that nothing is selected any more", () => {
  const { canvas, sent } = opened();
  canvas.select(new Set(["expert_1", "note:note_1"]));
  vi.advanceTimersByTime(60);
  action.removeSelection(canvas);
  vi.advanceTimersByTime(60);
  expect(canvas.graph.notes).toEqual([]);
  expect(canvas.graph.edges).toHaveLength(1);
  expect(sent.at(-1)!.intents).toEqual([
    { n: 1, type: "select", nodes: ["expert_1"] },
    { n: 2, type: "select", nodes: [] },
  ]);
});

test("nodes that did not change are not drawn again", () => {
  const { canvas } = opened();
  const before = canvas.store.get().nodes;
  canvas.receive(data());
  expect(canvas.store.get().nodes.every((each, at) => each === before[at])).toBe(true);
  canvas.select(new Set(["merge_1"]));
  action.toggleDisabled(canvas);
  const after = canvas.store.get().nodes;
  expect(after.map((each, at) => each === before[at])).toEqual([true, true, true, true, false]);
});

test("the document that comes back is the one that came, apart from places that were missing", () => {
  const { canvas, sent } = opened();
  action.rename(canvas, "merge_1", "Join");
  vi.advanceTimersByTime(60);
  const expected = structuredClone(data().doc.graph);
  expected.nodes[3]!.title = "Join";
  expected.nodes[2]!.position = sent[0]!.doc!.graph.nodes[2]!.position;
  expect(expected.nodes[2]!.position).not.toBeNull();
  expect(sent[0]!.doc!.graph).toEqual(expected);
});

test("after a silence an edit is sent at once, with what belongs to it, and those that follow wait for the last", async () => {
  const { canvas, sent } = opened();
  action.addKind(canvas, kind(canvas, "expert"), { x: 0, y: 900 });
  await Promise.resolve();
  expect(sent.map((out) => [out.doc?.seq, out.intents.length])).toEqual([[13, 1]]);
  action.rename(canvas, "merge_1", "Join");
  action.rename(canvas, "merge_1", "Join them");
  await Promise.resolve();
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(60);
  expect(sent.map((out) => out.doc?.seq)).toEqual([13, 15]);
});

test("nothing is sent while a card is dragged, and its new place once it is let go", () => {
  const { canvas, sent } = opened();
  const move = (x: number, dragging: boolean) =>
    canvas.nodesChanged([{ type: "position", id: "merge_1", position: { x, y: 8 }, dragging }]);
  canvas.select(new Set(["merge_1"]));
  move(16, true);
  vi.advanceTimersByTime(500);
  move(24, true);
  expect(sent).toEqual([]);
  move(24, false);
  vi.advanceTimersByTime(60);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.intents.map((intent) => intent.type)).toEqual(["select"]);
  expect(sent[0]!.doc!.graph.nodes.find((each) => each.id === "merge_1")!.position).toEqual({ x: 24, y: 8 });
});
