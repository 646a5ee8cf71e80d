import { expect, test } from "vitest";

import { drawnPorts, edgeBetween, fittingPort, insertion, LOST, portsOf, refusal } from "../src/ports";
import { fittingKinds, foundKinds } from "../src/search";
import { data, edge, graph, node, rules } from "./fixture";

const drawn = graph(
  [
    node("in", "query_input"),
    node("a", "expert"),
    node("b", "expert"),
    node("m", "merge"),
    node("out", "answer_output"),
  ],
  ["in.query->a.query", "a.answer->b.query", "b.answer->m.values"],
);

test.each([
  ["a.answer->m.values", null],
  ["in.query->b.documents", "“documents” of “b” takes Documents, but “query” gives Question."],
  ["in.query->b.query", "“query” of “b” takes one wire and has one: delete that wire first."],
  ["b.answer->m.values", "These two ports are already connected."],
  ["a.answer->a.query", "“a” cannot feed itself."],
  ["a.answer->b.other", "“b” has no input “other”."],
  ["gone.answer->b.query", "One end of this wire is no longer on the canvas."],
])("the wire %s is judged", (wire, verdict) => {
  expect(refusal(drawn, rules(), edge(wire))).toBe(verdict);
});

test("a loop is refused with the names of its nodes", () => {
  const open = graph(
    [node("a", "expert", { title: "First" }), node("b", "expert", { title: "Second" })],
    ["a.answer->b.query"],
  );
  expect(refusal(open, rules(), edge("b.answer->a.query"))).toBe(
    "This wire would close a loop: Second → First → Second.",
  );
});

test("an input takes the types that it accepts beside its own", () => {
  const loose = graph([node("a", "expert"), node("b", "expert")]);
  expect(refusal(loose, rules(), edge("a.answer->b.query"))).toBeNull();
});

test("Python's word about ports comes before the catalogue's", () => {
  const router = node("semantic_router_1", "semantic_router");
  expect(portsOf(rules(), router).outputs.map((port) => port.name)).toEqual(["maths", "code"]);
  expect(portsOf(rules(), { ...router, id: "semantic_router_2" }).outputs).toEqual([]);
  expect(portsOf(rules(), node("x", "nobody_knows"))).toEqual({ inputs: [], outputs: [] });
});

test("a port that only a wire still names is drawn as lost", () => {
  const ports = drawnPorts({ inputs: [], outputs: [] }, "r", [edge("r.gone->a.query")]);
  expect(ports.outputs.map((port) => [port.name, port.type])).toEqual([["gone", LOST]]);
  expect(ports.inputs).toEqual([]);
});

test("a wire may be pulled from either end", () => {
  const from = { node: "a", side: "out" as const, port: "answer" };
  const to = { node: "b", side: "in" as const, port: "query" };
  expect(edgeBetween(to, from)).toEqual(edge("a.answer->b.query"));
  expect(edgeBetween(from, { ...to, side: "out" })).toBeNull();
});

test("only kinds that fit a wire are offered", () => {
  const { kinds } = data().catalogue;
  const names = (type: string, side: "in" | "out") => fittingKinds(rules(), kinds, type, side).map((kind) => kind.kind);
  expect(names("documents", "out")).toEqual(["expert"]);
  expect(names("query", "in")).toEqual(["query_input", "expert", "merge"]);
  expect(fittingPort(rules(), { type: "answer", side: "out" }, kinds[2]!)?.name).toBe("query");
});

test("a node fits into a wire only if it passes the value on", () => {
  const expert = portsOf(rules(), node("x", "expert"));
  const fit = insertion(drawn, rules(), edge("a.answer->b.query"), expert);
  expect([fit?.input.name, fit?.output.name]).toEqual(["query", "answer"]);
  expect(insertion(drawn, rules(), edge("in.query->a.query"), portsOf(rules(), node("o", "answer_output")))).toBeNull();
});

test("a search looks at titles first", () => {
  const { catalogue } = data();
  expect(foundKinds(catalogue, "answer").map((kind) => kind.kind)).toEqual(["answer_output", "expert"]);
  expect(foundKinds(catalogue, "routers similar").map((kind) => kind.kind)).toEqual(["semantic_router"]);
  expect(foundKinds(catalogue, "").length).toBe(5);
});
