import { expect, test } from "vitest";

import { dead, edited, printsOf } from "../src/consequence";
import { withPatch, withPositions } from "../src/graph";
import { reached } from "../src/reach";
import type { GraphNode } from "../src/protocol";
import { edge, graph, node, rules } from "./fixture";

const chain = (changes: Record<string, Partial<GraphNode>> = {}, more: string[] = []) =>
  graph(
    [
      node("q", "query_input", changes["q"]),
      node("a", "expert", changes["a"]),
      node("b", "expert", changes["b"]),
      node("m", "merge", changes["m"]),
      node("out", "answer_output", changes["out"]),
    ],
    [
      "q.query->a.query",
      "q.query->b.query",
      "a.answer->m.values",
      "b.answer->m.values",
      "m.answer->out.answers",
      ...more,
    ],
  );

const sorted = (set: ReadonlySet<string>) => [...set].sort();

test("nothing is dead while nothing is disabled, even where wires are missing", () => {
  expect(sorted(dead(graph([node("m", "merge")]), rules()))).toEqual([]);
});

test("a join with one branch left still runs; with none left all behind it is dead", () => {
  expect(sorted(dead(chain({ a: { disabled: true } }), rules()))).toEqual([]);
  expect(sorted(dead(chain({ a: { disabled: true }, b: { disabled: true } }), rules()))).toEqual(["m", "out"]);
  expect(sorted(dead(chain({ q: { disabled: true } }), rules()))).toEqual(["a", "b", "m", "out"]);
});

test("a join that waits for two is dead when only one can come", () => {
  const two = { join: { rule: "k_of_n" as const, k: 2 } };
  expect(sorted(dead(chain({ a: { disabled: true }, m: two }), rules()))).toEqual(["m", "out"]);
});

test("an optional input that stays silent stops nothing, a required one does", () => {
  const one = graph(
    [node("q", "query_input"), node("r", "expert", { disabled: true }), node("a", "expert")],
    ["q.query->a.query", "r.answer->a.documents"],
  );
  expect(sorted(dead(one, rules()))).toEqual([]);
  const other = graph(one.nodes, ["q.query->a.documents", "r.answer->a.query"]);
  expect(sorted(dead(other, rules()))).toEqual(["a"]);
  const pinned = withPatch(other, "a", { pinned: { answer: {} } });
  expect(sorted(dead(pinned, rules()))).toEqual([]);
});

test("what decides about an answer is an edit; a title and a place are none", () => {
  const before = chain();
  const prints = printsOf(before);
  const named = withPositions(withPatch(before, "a", { title: "Other" }), new Map([["b", { x: 9, y: 9 }]]));
  expect(sorted(edited(named, prints))).toEqual([]);
  expect(sorted(edited(withPatch(before, "a", { config: { system: "x" } }), prints))).toEqual(["a"]);
  expect(sorted(edited(chain({}, ["q.query->out.answers"]), prints))).toEqual(["out"]);
});

test("reaching goes both ways and holds where it began", () => {
  const edges = ["a.o->b.i", "b.o->c.i", "d.o->c.i"].map(edge);
  expect(sorted(reached(edges, ["a"]))).toEqual(["a", "b", "c"]);
  expect(sorted(reached(edges, ["c"], "up"))).toEqual(["a", "b", "c", "d"]);
});
