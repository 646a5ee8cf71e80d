import { expect, test } from "vitest";

import { copyText, paste, readText } from "../src/clipboard";
import { edgeKey } from "../src/graph";
import { graph, node } from "./fixture";

const original = {
  ...graph(
    [
      node("expert_1", "expert", { position: { x: 100, y: 100 } }),
      node("merge_1", "merge", { position: { x: 400, y: 150 } }),
      node("out", "answer_output"),
    ],
    ["expert_1.answer->merge_1.values", "merge_1.answer->out.answers"],
  ),
  notes: [{ id: "note_1", text: "Hi", position: { x: 50, y: 60 }, width: 200, height: 80 }],
};

test("a copy carries the edges inside the choice under new ids", () => {
  const clip = readText(copyText(original, new Set(["expert_1", "merge_1"]), new Set(["note_1"])))!;
  const pasted = paste(original, clip, { x: 0, y: 0 });
  expect([...pasted.nodes]).toEqual(["expert_2", "merge_2"]);
  expect([...pasted.notes]).toEqual(["note_2"]);
  expect(pasted.graph.edges.map(edgeKey).slice(2)).toEqual(["expert_2.answer->merge_2.values"]);
  expect(pasted.graph.nodes[3]!.position).toEqual({ x: 50, y: 40 });
  expect(pasted.graph.notes[1]!.position).toEqual({ x: 0, y: 0 });
});

test("a whole pipeline document can be pasted", () => {
  const pasted = paste(graph([]), readText(JSON.stringify(original))!, { x: 0, y: 0 });
  expect(pasted.graph.nodes.map((each) => each.id)).toEqual(["expert_1", "merge_1", "answer_output_1"]);
  expect(pasted.graph.edges).toHaveLength(2);
});

test.each([
  "",
  "hello",
  "[1, 2]",
  '{"a": 1}',
  '{"routeloom": "selection", "nodes": 3}',
  "{broken",
  '{"schema_version": 1, "nodes": []}',
])("the text %j is not taken for a copy", (text) => expect(readText(text)).toBeNull());

test("a bypass is copied, and a node that claims to be disabled too is only disabled", () => {
  const nodes = [node("a", "expert", { bypassed: true }), node("b", "expert", { bypassed: true, disabled: true })];
  const clip = readText(copyText(graph(nodes), new Set(["a", "b"]), new Set()))!;
  expect(clip.nodes.map(({ disabled, bypassed }) => [disabled, bypassed])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test("what a stranger adds to a copy is left out", () => {
  const nodes = [
    { id: "a", kind: "expert", evil: "<script>", position: { x: "1", y: 2 }, disabled: "yes", join: { rule: "never" } },
    { id: 3, kind: "x" },
    { id: "b", kind: "../../etc" },
  ];
  const clip = readText(
    JSON.stringify({ routeloom: "selection", nodes, edges: [{ source: "a" }], notes: [{ id: "n" }] }),
  )!;
  expect(clip.nodes).toEqual([node("a", "expert", { title: "expert", position: null })]);
  expect([clip.edges, clip.notes]).toEqual([[], []]);
});
