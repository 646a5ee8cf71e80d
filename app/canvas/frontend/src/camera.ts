/** Finds the viewport that shows what is wanted beside the panels that float above the canvas. */

import { getViewportForBounds, type Viewport } from "@xyflow/react";

import { boxesOf } from "./flow";
import { type Box, surrounding } from "./geometry";
import type { Shot } from "./instance";
import type { ViewState } from "./state";

export const ZOOM = { min: 0.06, max: 2, fit: 1.05, near: 1.15 };
const PALETTE = 252;
const EDGE = { left: 28, right: 28, top: 68, bottom: 28 };
/** Room between a card and a panel. */
const GAP = 10;
const TRIES = 5;

interface Size {
  width: number;
  height: number;
}

/** The viewport for a shot, in which no card lies under a panel; null where there is nothing to show or to move. */
export function framed(
  shot: Shot,
  state: ViewState,
  now: Viewport | null,
  frame: Size,
  panels: readonly Box[] = [],
): Viewport | null {
  const wanted =
    shot.nodes && shot.nodes.length > 0 ? state.nodes.filter((node) => shot.nodes?.includes(node.id)) : state.nodes;
  if (wanted.length === 0) return null;
  const boxes = [...boxesOf(wanted).values()];
  const bounds = surrounding(boxes);
  const size = { width: frame.width - state.insetRight, height: frame.height };
  const edge = { ...EDGE, left: state.paletteOpen && !state.readOnly && size.width > 560 ? PALETTE : EDGE.left };
  if (shot.how === "reveal" && now) return revealed(bounds, now, size, edge, panels);
  const most = shot.how === "near" ? ZOOM.near : ZOOM.fit;
  let view = fitted(bounds, size, edge, most);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const over = panels.find((panel) => boxes.some((box) => overlap(shownBox(box, view), panel)));
    if (!over || !withdrawn(edge, over, size)) break;
    view = fitted(bounds, size, edge, most);
  }
  return view;
}

type Edge = Record<keyof typeof EDGE, number>;

function fitted(bounds: Box, size: Size, edge: Edge, most: number): Viewport {
  const { left, right, top, bottom } = edge;
  const padding = { left: px(left), right: px(right), top: px(top), bottom: px(bottom) };
  return getViewportForBounds(bounds, size.width, size.height, ZOOM.min, most, padding);
}

function shownBox(box: Box, { x, y, zoom }: Viewport): Box {
  return { x: box.x * zoom + x, y: box.y * zoom + y, width: box.width * zoom, height: box.height * zoom };
}

function overlap(a: Box, b: Box): boolean {
  const apart =
    a.x >= b.x + b.width + GAP / 2 ||
    b.x >= a.x + a.width + GAP / 2 ||
    a.y >= b.y + b.height + GAP / 2 ||
    b.y >= a.y + a.height + GAP / 2;
  return !apart;
}

/** Draws the edge back to where the panel begins, on the side that costs the least room; says whether that helped. */
function withdrawn(edge: Edge, panel: Box, { width, height }: Size): boolean {
  const ways: [keyof Edge, number, number][] = [
    ["left", panel.x + panel.width + GAP, height],
    ["right", width - panel.x + GAP, height],
    ["top", panel.y + panel.height + GAP, width],
    ["bottom", height - panel.y + GAP, width],
  ];
  const cost = ([side, to, length]: (typeof ways)[number]) => Math.max(0, to - edge[side]) * length;
  const [best] = ways.filter(([side, to]) => to > edge[side]).sort((a, b) => cost(a) - cost(b));
  if (!best) return false;
  edge[best[0]] = best[1];
  return true;
}

/** Moves as little as brings the bounds into view. */
function revealed(bounds: Box, now: Viewport, size: Size, edge: Edge, panels: readonly Box[]): Viewport | null {
  const shift = (low: number, high: number, from: number, to: number) => {
    if (low < from) return from - low;
    return high > to ? Math.max(to - high, from - low) : 0;
  };
  const { x, y, width, height } = shownBox(bounds, now);
  const dx = shift(x, x + width, edge.left, size.width - edge.right);
  const below = panels.filter((panel) => panel.y > size.height / 2 && panel.x < x + dx + width && x + dx < panel.x + panel.width);
  const low = Math.min(size.height - edge.bottom, ...below.map((panel) => panel.y - GAP));
  const dy = shift(y, y + height, edge.top, low);
  return dx === 0 && dy === 0 ? null : { x: now.x + dx, y: now.y + dy, zoom: now.zoom };
}

function px(length: number): `${number}px` {
  return `${length}px`;
}
