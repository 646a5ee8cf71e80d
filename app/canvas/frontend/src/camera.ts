/** Finds the viewport that shows what is wanted beside the panels that float above the canvas. */

import { getViewportForBounds, type Viewport } from "@xyflow/react";

import { boxesOf } from "./flow";
import type { Shot } from "./instance";
import type { ViewState } from "./state";

export const ZOOM = { min: 0.06, max: 2, fit: 1.05, near: 1.15 };
const PALETTE = 252;
const EDGE = { left: 28, right: 28, top: 68, bottom: 28 };
/** The corner below on the right that the map and the zoom buttons take. */
const CORNER = { width: 186, height: 174 };

interface Size {
  width: number;
  height: number;
}

/** The viewport for a shot; null where there is nothing to show or nothing to move. */
export function framed(shot: Shot, state: ViewState, now: Viewport | null, frame: Size): Viewport | null {
  const wanted =
    shot.nodes && shot.nodes.length > 0 ? state.nodes.filter((node) => shot.nodes?.includes(node.id)) : state.nodes;
  if (wanted.length === 0) return null;
  const boxes = [...boxesOf(wanted).values()];
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const size = { width: frame.width - state.insetRight, height: frame.height };
  const edge = { ...EDGE, left: state.paletteOpen && !state.readOnly && size.width > 560 ? PALETTE : EDGE.left };
  if (shot.how === "reveal" && now) return revealed({ x, y, right, bottom }, now, size, edge);
  const most = shot.how === "near" ? ZOOM.near : ZOOM.fit;
  const fit = (bottomEdge: number) => {
    const padding = { left: px(edge.left), right: px(edge.right), top: px(edge.top), bottom: px(bottomEdge) };
    return getViewportForBounds(
      { x, y, width: right - x, height: bottom - y },
      size.width,
      size.height,
      ZOOM.min,
      most,
      padding,
    );
  };
  const wide = fit(edge.bottom);
  const hidden = boxes.some(
    (box) =>
      (box.x + box.width) * wide.zoom + wide.x > size.width - CORNER.width &&
      (box.y + box.height) * wide.zoom + wide.y > size.height - CORNER.height,
  );
  return hidden ? fit(CORNER.height) : wide;
}

/** Moves as little as brings the bounds into view. */
function revealed(
  bounds: { x: number; y: number; right: number; bottom: number },
  { x, y, zoom }: Viewport,
  size: Size,
  edge: typeof EDGE,
): Viewport | null {
  const shift = (low: number, high: number, from: number, to: number) => {
    if (low < from) return from - low;
    return high > to ? Math.max(to - high, from - low) : 0;
  };
  const dx = shift(bounds.x * zoom + x, bounds.right * zoom + x, edge.left, size.width - edge.right);
  const low = bounds.right * zoom + x + dx > size.width - CORNER.width ? CORNER.height : edge.bottom;
  const dy = shift(bounds.y * zoom + y, bounds.bottom * zoom + y, edge.top, size.height - low);
  return dx === 0 && dy === 0 ? null : { x: x + dx, y: y + dy, zoom };
}

function px(length: number): `${number}px` {
  return `${length}px`;
}
