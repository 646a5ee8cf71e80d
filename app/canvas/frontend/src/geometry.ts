/** Sizes that the style sheet and the layout share, and where ports lie. */

import type { Point } from "./protocol";
import type { Ports, Side } from "./ports";

export const NODE_WIDTH = 232;
export const HEADER = 66;
export const ROW = 24;
export const FOOTER = 36;
export const REASON = 34;
export const GRID = 8;
/** More nodes than this are drawn only where they are in view. */
export const MANY = 150;

export interface Box extends Point {
  width: number;
  height: number;
}

/** The box around boxes; an empty one around none. */
export function surrounding(boxes: readonly Box[]): Box {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
  return { x, y, width, height: Math.max(...boxes.map((box) => box.y + box.height)) - y };
}

/** Height of a card after a run, with the reason that a card with a choice gives: what the layout keeps free. */
export function nodeHeight(ports: Ports): number {
  const rows = Math.max(1, ports.inputs.length, ports.outputs.length);
  return HEADER + ROW * rows + FOOTER + (ports.outputs.length > 1 ? REASON : 0);
}

/** Distance of a port's centre from the top of its card. */
export function portOffset(ports: Ports, side: Side, name: string): number {
  const list = side === "in" ? ports.inputs : ports.outputs;
  const at = Math.max(
    0,
    list.findIndex((port) => port.name === name),
  );
  return HEADER + ROW * at + ROW / 2;
}

export function snapped(point: Point): Point {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}

/** The nearest place at or below `at`, in steps, where a box overlaps none of the others. */
export function freePlace(at: Point, size: { width: number; height: number }, boxes: readonly Box[]): Point {
  const place = snapped(at);
  for (let tries = 0; tries < 200; tries += 1) {
    const hit = boxes.find(
      (box) =>
        place.x < box.x + box.width + 16 &&
        box.x < place.x + size.width + 16 &&
        place.y < box.y + box.height + 16 &&
        box.y < place.y + size.height + 16,
    );
    if (!hit) break;
    place.y = Math.ceil((hit.y + hit.height + 24) / GRID) * GRID;
  }
  return place;
}
