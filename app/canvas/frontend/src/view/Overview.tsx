/** The whole of a large pipeline from far away, painted as one picture: cards as boxes, wires as lines. */

import { useStore } from "@xyflow/react";
import { type RefObject, useLayoutEffect, useRef } from "react";

import { boxesOf, type FlowEdge, type FlowNode } from "../flow";
import { type Box, HEADER, MANY, ROW } from "../geometry";
import type { Instance } from "../instance";
import { groupColour, typeColour } from "./colour";
import { useCanvas, useTotals, useView } from "./context";
import { literals, surfaceOf } from "./picture";

/** Below this zoom no word on a card can be read. */
export const TINY = 0.14;
const LINE = 1.1;
const OUTLINE = 2.5;

/** Whether the pipeline is so large and so far away that it is painted instead of built of elements. */
export function useFar(): boolean {
  const tiny = useStore((state) => state.transform[2] < TINY);
  const many = useView((state) => state.nodes.length > MANY);
  return tiny && many;
}

type Brush = CanvasRenderingContext2D;
type Ink = (css: string) => string;

export function Overview({ root }: { root: RefObject<HTMLDivElement | null> }) {
  const canvas = useCanvas();
  const surface = useRef<HTMLCanvasElement>(null);
  const ink = useRef<{ theme: string; of: Ink } | null>(null);
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const nodes = useView((state) => state.nodes);
  const edges = useView((state) => state.edges);
  const totals = useTotals();
  useLayoutEffect(() => {
    const brush = surface.current?.getContext("2d");
    if (!brush || !root.current) return;
    const theme = getComputedStyle(root.current).color;
    if (ink.current?.theme !== theme) ink.current = { theme, of: literals(root.current, surfaceOf(1)) };
    const scale = window.devicePixelRatio || 1;
    sized(brush, Math.round(width * scale), Math.round(height * scale));
    brush.setTransform(scale * zoom, 0, 0, scale * zoom, scale * x, scale * y);
    const boxes = boxesOf(nodes);
    drawWires(brush, canvas, edges, boxes, ink.current.of, zoom);
    drawCards(brush, canvas, nodes, boxes, ink.current.of, zoom);
  }, [canvas, root, x, y, zoom, width, height, nodes, edges, totals]);
  return <canvas ref={surface} className="rl-overview" aria-hidden data-testid="overview" />;
}

/** Gives the surface its size, which empties it; one that has it already is only emptied. */
function sized(brush: Brush, width: number, height: number): void {
  if (brush.canvas.width === width && brush.canvas.height === height) {
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, width, height);
  } else {
    brush.canvas.width = width;
    brush.canvas.height = height;
  }
}

function drawWires(
  brush: Brush,
  canvas: Instance,
  edges: readonly FlowEdge[],
  boxes: ReadonlyMap<string, Box>,
  ink: Ink,
  zoom: number,
): void {
  const { rules } = canvas.store.get();
  const paths = new Map<string, Path2D>();
  for (const edge of edges) {
    const [from, to] = [boxes.get(edge.source), boxes.get(edge.target)];
    if (edge.type !== "wire" || !from || !to) continue;
    const colour = typeColour(rules, edge.data?.type ?? "");
    const key = `${colour}\n${canvas.runs.edge(edge.id)}`;
    const path = paths.get(key) ?? new Path2D();
    paths.set(key, path);
    const [x1, y1, x2, y2] = [from.x + from.width, from.y + HEADER + ROW / 2, to.x, to.y + HEADER + ROW / 2];
    const bend = Math.max(60, Math.abs(x2 - x1) / 2);
    path.moveTo(x1, y1);
    path.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  }
  for (const [key, path] of paths) {
    const [colour = "", state] = key.split("\n");
    brush.strokeStyle = ink(colour);
    brush.globalAlpha = state === "not_taken" ? 0.25 : 0.65;
    brush.lineWidth = (state === "taken" ? 2 * LINE : LINE) / zoom;
    brush.stroke(path);
  }
  brush.globalAlpha = 1;
}

function drawCards(
  brush: Brush,
  canvas: Instance,
  nodes: readonly FlowNode[],
  boxes: ReadonlyMap<string, Box>,
  ink: Ink,
  zoom: number,
): void {
  const { catalogue } = canvas.store.get();
  for (const node of nodes) {
    const box = boxes.get(node.id);
    if (node.type === "note" || !box) continue;
    if (node.type === "ghost") {
      brush.lineWidth = LINE / zoom;
      brush.strokeStyle = ink("var(--bad)");
      brush.strokeRect(box.x, box.y, box.width, box.height);
      continue;
    }
    const status = canvas.runs.node(node.id)?.status;
    const faint = node.data.node.disabled || node.data.dead || status === "skipped";
    brush.globalAlpha = faint ? 0.35 : 1;
    brush.fillStyle = ink(groupColour(catalogue, node.data.kind?.group));
    brush.fillRect(box.x, box.y, box.width, box.height);
    const outline = node.selected ? "var(--primary)" : status === "failed" ? "var(--bad)" : null;
    if (!outline) continue;
    brush.globalAlpha = 1;
    brush.lineWidth = OUTLINE / zoom;
    brush.strokeStyle = ink(outline);
    const gap = OUTLINE / zoom;
    brush.strokeRect(box.x - gap, box.y - gap, box.width + 2 * gap, box.height + 2 * gap);
  }
  brush.globalAlpha = 1;
}
