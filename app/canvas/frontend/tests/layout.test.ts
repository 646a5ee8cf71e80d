import { expect, test } from "vitest";

import { settled, tidied } from "../src/arrange";
import { freePlace, NODE_WIDTH, nodeHeight } from "../src/geometry";
import { type Ends, laneOf, wirePath } from "../src/lanes";
import { layered } from "../src/layered";
import { portsOf } from "../src/ports";
import type { Graph } from "../src/protocol";
import { edge, graph, node, rules } from "./fixture";

function ladder(): Graph {
  const nodes = [
    node("in", "query_input"),
    ...["a", "b", "c", "d", "e"].map((id) => node(id, "expert")),
    node("m", "merge"),
  ];
  const wires = [
    "in.query->a.query",
    "in.query->b.query",
    "a.answer->c.query",
    "b.answer->d.query",
    "c.answer->e.query",
  ];
  return graph(nodes, [...wires, "e.answer->m.values", "d.answer->m.values", "a.answer->m.values"]);
}

function boxes(of: Graph) {
  return of.nodes.map((each) => {
    const height = nodeHeight(portsOf(rules(), each));
    return { id: each.id, x: each.position!.x, y: each.position!.y, width: NODE_WIDTH, height };
  });
}

test("a tidy layout flows to the right and no cards overlap", () => {
  const tidy = tidied(ladder(), rules());
  const all = boxes(tidy);
  const at = new Map(all.map((box) => [box.id, box]));
  for (const wire of tidy.edges)
    expect(at.get(wire.target)!.x).toBeGreaterThanOrEqual(at.get(wire.source)!.x + NODE_WIDTH);
  const overlaps = all.flatMap((a, index) =>
    all
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
  );
  expect(overlaps).toEqual([]);
});

test("a chain is laid out straight", () => {
  const tidy = tidied(
    graph([node("a", "expert"), node("b", "expert"), node("c", "expert")], ["a.answer->b.query", "b.answer->c.query"]),
    rules(),
  );
  expect(new Set(tidy.nodes.map((each) => each.position!.y)).size).toBe(1);
});

test("the order of layers undoes a needless crossing", () => {
  const blocks = ["a", "b", "x", "y"].map((id) => ({ id, height: 100 }));
  const wire = (source: string, target: string) => ({ source, target, sourceOffset: 50, targetOffset: 50 });
  const places = layered(
    [...blocks, { id: "s", height: 100 }],
    [wire("s", "a"), wire("s", "b"), wire("a", "y"), wire("b", "x")],
  );
  const above = (top: string, low: string) => places.get(top)!.y < places.get(low)!.y;
  expect(above("a", "b")).toBe(above("y", "x"));
});

test("lone nodes are laid out in rows below the rest", () => {
  const lone = ["p", "q", "r", "s", "t"].map((id) => node(id, "expert"));
  const tidy = tidied(graph([node("a", "expert"), node("b", "expert"), ...lone], ["a.answer->b.query"]), rules());
  const y = new Map(tidy.nodes.map((each) => [each.id, each.position!.y]));
  expect(y.get("p")).toBeGreaterThan(y.get("b")!);
  expect(y.get("t")).toBeGreaterThan(y.get("p")!);
});

test("the layout is the same every time", () => {
  expect(tidied(ladder(), rules())).toEqual(tidied(ladder(), rules()));
});

test("a graph with a loop, as a broken import may have, is still laid out", () => {
  const loop = graph([node("a", "expert"), node("b", "expert")], ["a.answer->b.query", "b.answer->a.query"]);
  expect(tidied(loop, rules()).nodes.every((each) => each.position !== null)).toBe(true);
});

test("only nodes without a place are placed, right of what feeds them", () => {
  const half = graph(
    [node("a", "expert", { position: { x: 100, y: 50 } }), node("b", "expert", { position: null })],
    ["a.answer->b.query"],
  );
  const done = settled(half, rules());
  expect(done.nodes[0]).toBe(half.nodes[0]);
  expect(done.nodes[1]!.position).toEqual({ x: 416, y: 48 });
  expect(settled(done, rules())).toBe(done);
});

test("a place that is taken moves down", () => {
  const taken = [{ x: 0, y: 0, width: NODE_WIDTH, height: 120 }];
  expect(freePlace({ x: 40, y: 40 }, { width: NODE_WIDTH, height: 120 }, taken)).toEqual({ x: 40, y: 144 });
  expect(freePlace({ x: 400, y: 40 }, { width: NODE_WIDTH, height: 120 }, taken)).toEqual({ x: 400, y: 40 });
});

test("a wire goes round a card that is in its way, and only then", () => {
  const ends: Ends = { from: { x: 0, y: 100 }, to: { x: 800, y: 100 } };
  const card = { x: 300, y: 20, width: 200, height: 160 };
  const lane = laneOf(ends, new Map([["card", card]]), []);
  expect(lane).toEqual({ y: -2, x1: 266, x2: 534 });
  expect(wirePath(ends, lane)).toContain("L534,-2");
  expect(laneOf(ends, new Map([["card", { ...card, y: 300 }]]), [])).toBeNull();
});

test("edges that end in nothing do not disturb the layout", () => {
  const broken = graph([node("a", "expert")]);
  const tidy = tidied({ ...broken, edges: [edge("a.answer->ghost.query")] }, rules());
  expect(tidy.nodes[0]!.position).toEqual({ x: 0, y: 0 });
});
