import { afterEach, beforeEach, expect, test, vi } from "vitest";

import * as act from "../src/actions";
import { canPin } from "../src/commands";
import { deltaText } from "../src/format";
import { edgeFigures, heatOf, heatsOf, heatTop, measured, nextHeat, nodeFigures, percentText } from "../src/heat";
import { type Pen, drawn } from "../src/picture";
import type { RunSnapshot } from "../src/protocol";
import { found } from "../src/search";
import { data, fullData } from "./fixture";
import { opened } from "./opened";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const card = (canvas: ReturnType<typeof opened>["canvas"], id: string) => {
  const node = canvas.store.get().nodes.find((each) => each.id === id);
  if (node?.type !== "card") throw new Error(`no card ${id}`);
  return node.data;
};
const run = (changes: Partial<RunSnapshot> = {}): RunSnapshot => ({ ...fullData().run!, ...changes });
const stale = (canvas: ReturnType<typeof opened>["canvas"]) =>
  canvas.store.get().nodes.flatMap((node) => (node.type === "card" && node.data.stale ? [node.id] : []));

test("nodes edited since the canvas saw the run begin are marked with what is behind them, until undone or run anew", () => {
  const { canvas } = opened(data({ run: run() }));
  expect(stale(canvas)).toEqual([]);
  canvas.select(new Set(["expert_1"]));
  act.toggleDisabled(canvas);
  expect(stale(canvas)).toEqual(["expert_1", "merge_1"]);
  canvas.undo();
  expect(stale(canvas)).toEqual([]);
  act.toggleDisabled(canvas);
  canvas.receive(data({ run: run({ run: "run-2" }) }));
  expect(stale(canvas)).toEqual([]);
});

test("of a past run only Python knows what was edited since", () => {
  const past = run({ run: "old", status: "done" });
  const { canvas } = opened(data({ run: past }));
  act.unpin(canvas, "expert_1");
  expect(stale(canvas)).toEqual([]);
  canvas.receive(data({ run: past, stale: ["semantic_router_1"] }));
  expect(stale(canvas)).toEqual(["semantic_router_1", "expert_1", "merge_1"]);
});

test("what a comparison, an estimate and the wires say reaches the card", () => {
  const { canvas } = opened({ ...fullData(), run: null, commands: [] });
  expect(card(canvas, "expert_1").change).toMatchObject({ change: "changed", latency_delta_s: 0.12 });
  expect(card(canvas, "semantic_router_1").estimate).toMatchObject({ cost_usd: 0.0004, latency_s: 0.25 });
  expect(card(canvas, "semantic_router_1").critical).toBe(true);
  expect(card(canvas, "expert_1").critical).toBe(false);
  expect(card(canvas, "expert_1").links).toEqual({
    "in.query": ["Which expert?, maths"],
    "out.answer": ["Merge, values"],
  });
});

test("ghosts are drawn beside the document and never become part of it", () => {
  const { canvas, sent } = opened({ ...fullData(), run: null, commands: [] });
  const { nodes, edges } = canvas.store.get();
  expect(nodes.filter((node) => node.type === "ghost").map((node) => node.id)).toEqual(["ghost:expert_9"]);
  expect(edges.filter((edge) => edge.type === "ghost").map((edge) => [edge.source, edge.target])).toEqual([
    ["semantic_router_1", "ghost:expert_9"],
  ]);
  act.rename(canvas, "merge_1", "Join");
  vi.advanceTimersByTime(60);
  expect(sent.at(-1)!.doc!.graph.nodes.map((node) => node.id)).not.toContain("expert_9");
  canvas.receive(data({ doc: canvas.store.get().doc }));
  expect(canvas.store.get().nodes.some((node) => node.type === "ghost")).toBe(false);
});

test("settings that say the same again keep their identity", () => {
  const { canvas } = opened(fullData());
  const before = canvas.store.get();
  canvas.receive(fullData());
  const after = canvas.store.get();
  expect([after.batch, after.compare, after.rules, after.problems]).toEqual([
    before.batch,
    before.compare,
    before.rules,
    before.problems,
  ]);
  expect(after.batch).toBe(before.batch);
  expect(after.compare).toBe(before.compare);
  expect(after.rules).toBe(before.rules);
});

test("cards stand in the order in which they are read", () => {
  const { canvas } = opened();
  const order = () => canvas.store.get().nodes.flatMap((node) => (node.type === "card" ? [node.id] : []));
  const before = order();
  expect(before[0]).toBe("query_input_1");
  canvas.nodesChanged([{ id: "query_input_1", type: "position", position: { x: 2000, y: 0 }, dragging: false }]);
  expect(order().at(-1)).toBe("query_input_1");
});

test("one selected wire is told to Python if the page wants to show its value", () => {
  const { canvas, sent } = opened();
  const id = "semantic_router_1.maths->expert_1.query";
  canvas.edgesChanged([{ id, type: "select", selected: true }]);
  vi.advanceTimersByTime(60);
  expect(sent[0]!.intents).toEqual([
    {
      n: 1,
      type: "inspect_edge",
      source: "semantic_router_1",
      source_port: "maths",
      target: "expert_1",
      target_port: "query",
    },
  ]);
});

test("the value that crossed a wire belongs to the shown run", () => {
  const { canvas } = opened(data({ run: run() }));
  const id = "semantic_router_1.maths->expert_1.query";
  expect(canvas.runs.value(id)).toBe("What is 2 + 2?");
  canvas.receive(data({ run: null }));
  expect(canvas.runs.value(id)).toBeNull();
});

test("only what has run can be pinned", () => {
  const { canvas } = opened(data({ run: run() }));
  expect([canPin(canvas, "semantic_router_1"), canPin(canvas, "expert_1")]).toEqual([true, false]);
});

test("figures of a batch are short and carry their units", () => {
  const batch = fullData().batch!;
  expect(edgeFigures(batch.edges["semantic_router_1.maths->expert_1.query"]!, true)).toEqual({
    share: "62 %",
    rest: "≈$0.31 · acc 0.84",
  });
  expect(nodeFigures(batch.nodes["expert_1"]!, false).map((each) => each.text)).toEqual([
    "$0.31",
    "900 ms",
    "2 % err",
    "acc 0.84",
  ]);
  expect([percentText(0), percentText(0.004), percentText(1)]).toEqual(["0 %", "0.4 %", "100 %"]);
});

test("heat is relative to the hottest node, accuracy to one", () => {
  const nodes = {
    a: { cost_usd: 2, latency_s: null, error_rate: null, accuracy: 0.5 },
    b: { cost_usd: 0.5, latency_s: null, error_rate: null, accuracy: null },
  };
  const batch = { title: "", rows: 2, notional: false, edges: {}, nodes };
  expect([heatOf(batch, "a", "cost"), heatOf(batch, "b", "cost"), heatTop(batch, "cost")]).toEqual([1, 0.25, 2]);
  expect([heatOf(batch, "a", "accuracy"), heatOf(batch, "b", "accuracy"), heatOf(batch, "a", "off")]).toEqual([
    0.5,
    null,
    null,
  ]);
  expect(heatOf(batch, "a", "latency")).toBeNull();
});

test("a run that has ended has a heat of its own, with the measures that are known", () => {
  const ended = run({ status: "done" });
  const batch = measured(ended)!;
  expect(heatsOf(batch)).toEqual(["off", "cost", "latency", "errors"]);
  expect(nextHeat(batch, "errors")).toBe("off");
  expect(batch.notional).toBe(true);
  expect(measured(run({ status: "running" }))).toBeNull();
  const { canvas } = opened(data({ run: ended }));
  expect(canvas.store.get().measured).toEqual(batch);
  canvas.receive(data());
  expect(canvas.store.get().measured).toBeNull();
});

test("differences carry their sign", () => {
  expect(deltaText(0.12, -0.0004)).toEqual(["+120 ms", "−$0.00040"]);
  expect(deltaText(null, 0)).toEqual(["±$0"]);
});

test("a search wants every word and prefers titles that begin with it", () => {
  const entry = (title: string, more = "") => ({ title, text: `${title} ${more}` });
  const entries = [entry("Redo"), entry("Select all"), entry("Add a node", "redo"), entry("Undo or redo")];
  expect(found(entries, "redo").map((each) => each.title)).toEqual(["Redo", "Undo or redo", "Add a node"]);
  expect(found(entries, "node add").map((each) => each.title)).toEqual(["Add a node"]);
});

const PEN: Pen = { ink: (name) => name, group: () => "accent", type: (type) => type, cut: (text) => text, icon: (name) => `<rect id="${name}"/>` };

test("the picture is well-formed whatever the texts are, and shows every node and wire", () => {
  const { canvas } = opened(data({ run: run() }));
  act.rename(canvas, "merge_1", 'A < B & "C"\u0001');
  const picture = drawn(canvas.store.get(), canvas.runs, PEN)!;
  const parsed = new DOMParser().parseFromString(picture.svg, "image/svg+xml");
  expect(parsed.querySelector("parsererror")).toBeNull();
  expect(picture.svg).toContain("A &lt; B &amp; &quot;C&quot;<");
  expect(picture.svg.match(/<path /g)).toHaveLength(3);
  expect(picture.svg).toContain("Look here");
  expect(picture.svg).toContain("done · 18 ms · ≈$0.00040");
  expect([picture.width > 1192, picture.height > 200]).toEqual([true, true]);
});

test("the picture shows a bypassed node dashed, with the way through it and the word", () => {
  const { canvas } = opened(data({ run: null }));
  canvas.select(new Set(["semantic_router_1"]));
  act.toggleBypassed(canvas);
  const { svg } = drawn(canvas.store.get(), canvas.runs, PEN)!;
  expect(svg.match(/<path /g)).toHaveLength(4);
  expect(svg.match(/stroke-dasharray="4 4"/g)).toHaveLength(1);
  expect(svg).toContain(">bypassed<");
});

test("the picture shows icons, estimates as hollow, and what only the compared version holds", () => {
  const [first, second] = data().doc.graph.nodes;
  const gone = { ...second!, id: "gone", title: "Gone", position: { x: 300, y: 500 } };
  const edges = [{ source: first!.id, source_port: "query", target: "gone", target_port: "query" }];
  const compare = { title: "version 1", nodes: {}, edges: {}, ghosts: { nodes: [gone], edges } };
  const estimate = { cost_usd: 0.5, latency_s: 2, source: "history" };
  const faces = data().faces;
  const id = Object.keys(faces)[0]!;
  const { canvas } = opened(data({ compare, faces: { ...faces, [id]: { ...faces[id]!, estimate } } }));
  const { svg } = drawn(canvas.store.get(), canvas.runs, PEN)!;
  expect(new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("parsererror")).toBeNull();
  expect(svg).toContain(">Gone</text>");
  expect(svg).toContain(">removed</text>");
  expect(svg.match(/<path /g)).toHaveLength(4);
  expect(svg).toContain('stroke-dasharray="3 3"');
  expect(svg).toContain("estimated");
  expect(svg).toContain(`<rect id="${canvas.store.get().rules.kinds.get(second!.kind)!.icon}"/>`);
});

test("there is no picture of an empty canvas", () => {
  const empty = { ...data().doc, graph: { ...data().doc.graph, nodes: [], edges: [], notes: [] } };
  const { canvas } = opened(data({ doc: empty }));
  expect(drawn(canvas.store.get(), canvas.runs, PEN)).toBeNull();
});
