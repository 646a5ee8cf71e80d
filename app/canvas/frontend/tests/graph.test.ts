import { expect, test } from "vitest";

import * as change from "../src/graph";
import { pathBetween } from "../src/reach";
import { edge, graph, node, rules } from "./fixture";

test("a new node takes the smallest free number and the defaults of its kind", () => {
  const kind = rules().kinds.get("expert")!;
  const before = graph([node("expert_1", "expert"), node("expert_3", "expert")]);
  const fresh = change.nodeOfKind(before, kind, { x: 8, y: 16 });
  expect(fresh).toEqual({
    id: "expert_2",
    kind: "expert",
    version: 2,
    title: "Expert",
    config: { system: "" },
    position: { x: 8, y: 16 },
    disabled: false,
    bypassed: false,
    pinned: null,
    join: null,
    on_error: "fail",
  });
  expect(fresh.config).not.toBe(kind.config);
});

test("deleting a node deletes its edges and nothing else", () => {
  const before = graph(
    [node("a", "expert"), node("b", "expert"), node("c", "expert")],
    ["a.answer->b.query", "b.answer->c.query", "a.answer->c.query"],
  );
  const after = change.without(before, { nodes: new Set(["b"]), notes: new Set(), edges: new Set() });
  expect(after.nodes.map((each) => each.id)).toEqual(["a", "c"]);
  expect(after.edges.map(change.edgeKey)).toEqual(["a.answer->c.query"]);
});

test("a change keeps fields that the canvas does not know", () => {
  const strange = { ...node("a", "expert"), colour: "red" };
  const before = { ...graph([strange]), licence: "CC0" };
  const after = change.withPatch(before, "a", { title: "New" });
  expect(after).toEqual({ ...before, nodes: [{ ...strange, title: "New" }] });
});

test("disabling a mixed choice disables all, and again enables all", () => {
  const before = graph([node("a", "expert", { disabled: true }), node("b", "expert"), node("c", "expert")]);
  const off = change.withToggled(before, new Set(["a", "b"]), "disabled");
  expect(off.nodes.map((each) => each.disabled)).toEqual([true, true, false]);
  const on = change.withToggled(off, new Set(["a", "b"]), "disabled");
  expect(on.nodes.map((each) => each.disabled)).toEqual([false, false, false]);
});

test("a node is disabled or bypassed, never both", () => {
  const before = graph([node("a", "expert", { disabled: true }), node("b", "expert")]);
  const around = change.withToggled(before, new Set(["a"]), "bypassed");
  expect(around.nodes[0]).toEqual(node("a", "expert", { bypassed: true }));
  expect(around.nodes[1]).toBe(before.nodes[1]);
  expect(change.withToggled(around, new Set(["a"]), "disabled")).toEqual(before);
  expect(change.withToggled(around, new Set(["a"]), "bypassed").nodes[0]).toEqual(node("a", "expert"));
});

test("a path names every node on the way", () => {
  const edges = ["a.answer->b.query", "b.answer->c.query", "a.answer->d.query"].map(edge);
  expect(pathBetween(edges, "a", "c")).toEqual(["a", "b", "c"]);
  expect(pathBetween(edges, "d", "a")).toBeNull();
});
