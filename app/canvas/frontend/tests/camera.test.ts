import { expect, test } from "vitest";

import { framed } from "../src/camera";
import { Instance } from "../src/instance";
import { data } from "./fixture";

const SIZE = { width: 1400, height: 800 };

function state(changes: Parameters<typeof data>[0] = {}) {
  const canvas = new Instance(data(changes));
  canvas.attach(() => {});
  canvas.receive(data(changes));
  return canvas.store.get();
}

const shown = (view: { x: number; zoom: number }, x: number) => x * view.zoom + view.x;

test("everything is shown beside the palette and beside what the page covers", () => {
  const view = framed({ nodes: null, how: "fit" }, state({ inset_right: 400 }), null, SIZE)!;
  expect(shown(view, 0)).toBeGreaterThanOrEqual(251);
  expect(shown(view, 1192)).toBeLessThanOrEqual(1001);
});

test("a card that can be seen does not move the view, another moves it as little as possible", () => {
  const now = { x: 300, y: 200, zoom: 1 };
  expect(framed({ nodes: ["query_input_1"], how: "reveal" }, state(), now, SIZE)).toBeNull();
  const moved = framed({ nodes: ["merge_1"], how: "reveal" }, state(), now, SIZE)!;
  expect([shown(moved, 960 + 232), moved.y, moved.zoom]).toEqual([1372, 200, 1]);
});

test("there is nothing to show on an empty canvas", () => {
  const empty = { ...data().doc, graph: { ...data().doc.graph, nodes: [], edges: [], notes: [] } };
  expect(framed({ nodes: null, how: "fit" }, state({ doc: empty }), null, SIZE)).toBeNull();
});

test("no card lies under a panel, wherever the panel is", () => {
  const map = { x: 1100, y: 600, width: 300, height: 200 };
  const steps = { x: 260, y: 560, width: 500, height: 240 };
  const { nodes } = state();
  const view = framed({ nodes: null, how: "fit" }, state(), null, SIZE, [map, steps])!;
  for (const { position } of nodes) {
    const [left, top] = [position.x * view.zoom + view.x, position.y * view.zoom + view.y];
    const [right, bottom] = [left + 232 * view.zoom, top + 60 * view.zoom];
    for (const panel of [map, steps]) {
      const beside = left >= panel.x + panel.width || right <= panel.x;
      expect(beside || top >= panel.y + panel.height || bottom <= panel.y).toBe(true);
    }
  }
});
