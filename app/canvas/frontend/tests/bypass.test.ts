import { expect, test } from "vitest";

import cases from "../../../../tests/pipelines/detours.json";
import { detours, findDetour, wayOf } from "../src/bypass";
import { dead } from "../src/consequence";
import { flowEdges, flowNodes } from "../src/flow";
import { edgeKey } from "../src/graph";
import type { Rules } from "../src/ports";
import type { Graph, GraphEdge, GraphNode, Port } from "../src/protocol";
import { edge, graph, node, rules } from "./fixture";

const port = (text: string): Port => {
  const [name = "", type = ""] = text.split(": ");
  return { name: name.replace("?", ""), type, required: !name.startsWith("?"), many: false, help: "" };
};
const wire = (text: string): GraphEdge => edge(text.replace(" -> ", "->it."));

test.each(cases)("$name", ({ inputs, outputs, arriving, output, passes }) => {
  const carried = arriving.map((text): [GraphEdge, string] => {
    const at = text.lastIndexOf(": ");
    return [wire(text.slice(0, at)), text.slice(at + 2)];
  });
  const found = findDetour(rules(), inputs.map(port), outputs.map(port), carried);
  expect(found?.output ?? null).toBe(output);
  expect(found?.edges ?? []).toEqual(passes.map(wire));
});

const two = { inputs: ["query: query"].map(port), outputs: ["maths: query", "code: query"].map(port) };
const faced = (): Rules => ({
  ...rules(),
  faces: { r: { ...two, summary: "", models: [], inner: "", estimate: null, critical: false } },
});

/** A question, a router before two experts, and a merge of their answers. */
const forked = (changes: Record<string, Partial<GraphNode>> = {}): Graph =>
  graph(
    [
      node("q", "query_input", changes["q"]),
      node("r", "semantic_router", changes["r"]),
      node("a", "expert", changes["a"]),
      node("b", "expert", changes["b"]),
      node("m", "merge", changes["m"]),
      node("out", "answer_output", changes["out"]),
    ],
    [
      "q.query->r.query",
      "r.maths->a.query",
      "r.code->b.query",
      "a.answer->m.values",
      "b.answer->m.values",
      "m.answer->out.answers",
    ],
  );
const off = { bypassed: true };
const deadOf = (drawn: Graph) => [...dead(drawn, faced())].sort();

test("behind a bypassed router only its first branch lives", () => {
  expect(deadOf(forked({ r: off }))).toEqual(["b"]);
  expect(deadOf(forked({ r: off, a: { disabled: true } }))).toEqual(["b", "m", "out"]);
});

test("a node with nothing to pass on never runs, nor does what needs it", () => {
  expect(deadOf(forked({ a: off }))).toEqual(["a"]);
  expect(deadOf(forked({ a: off, b: off }))).toEqual(["a", "b", "m", "out"]);
  expect(deadOf(forked({ q: off }))).toEqual(["a", "b", "m", "out", "q", "r"]);
});

test("a bypassed join passes on what is left, unless it waits for more", () => {
  expect(deadOf(forked({ m: off, a: { disabled: true } }))).toEqual([]);
  const both = { ...off, join: { rule: "k_of_n" as const, k: 2 } };
  expect(deadOf(forked({ m: both }))).toEqual([]);
  expect(deadOf(forked({ m: both, a: { disabled: true } }))).toEqual(["m", "out"]);
});

test("what is pinned to a bypassed node does not wake it", () => {
  expect(deadOf(forked({ a: { ...off, pinned: { answer: {} } } }))).toEqual(["a"]);
});

test("a bypassed node without a wire is no more dead than any other", () => {
  const lone = graph([node("a", "expert", off)]);
  expect([...detours(lone, rules())]).toEqual([]);
  expect([...dead(lone, rules())]).toEqual([]);
});

test("the card knows the way around it, and wires beside the way carry nothing", () => {
  const drawn = forked({ r: off });
  const ways = detours(drawn, faced());
  const around = { problems: [], compare: null, stale: new Set<string>(), ways, dead: dead(drawn, faced(), ways) };
  const nodes = flowNodes(drawn, faced(), around, []);
  const router = nodes.find((each) => each.id === "r");
  expect(router?.type === "card" && router.data.way).toEqual({
    output: "maths",
    inputs: ["query"],
    wires: ["q.query->r.query"],
  });
  const wires = flowEdges(drawn, faced(), null, nodes, []);
  const carriesNothing = wires.flatMap((each) => (each.type === "wire" && each.data?.dead ? [each.id] : []));
  expect(carriesNothing).toEqual(["r.code->b.query", "b.answer->m.values"]);
  expect(wayOf(null)).toBeNull();
  expect(wayOf(ways.get("r"))?.wires).toEqual(drawn.edges.slice(0, 1).map(edgeKey));
});
