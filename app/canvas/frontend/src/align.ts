/** Lines chosen boxes up or spreads them evenly: new corners by id. */

import { type Box, GRID } from "./geometry";
import type { Point } from "./protocol";

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "across" | "down";

/** The corners after lining up; `across` and `down` make the gaps between neighbours equal. */
export function aligned(boxes: ReadonlyMap<string, Box>, how: Alignment): Map<string, Point> {
  if (boxes.size < 2) return new Map();
  if (how === "across") return spread(boxes, "x", "width");
  if (how === "down") return spread(boxes, "y", "height");
  const all = [...boxes.values()];
  const left = Math.min(...all.map((box) => box.x));
  const right = Math.max(...all.map((box) => box.x + box.width));
  const top = Math.min(...all.map((box) => box.y));
  const bottom = Math.max(...all.map((box) => box.y + box.height));
  const place = (box: Box): Point => {
    if (how === "left") return { x: left, y: box.y };
    if (how === "right") return { x: right - box.width, y: box.y };
    if (how === "centre") return { x: Math.round((left + right - box.width) / 2), y: box.y };
    if (how === "top") return { x: box.x, y: top };
    if (how === "bottom") return { x: box.x, y: bottom - box.height };
    return { x: box.x, y: Math.round((top + bottom - box.height) / 2) };
  };
  return new Map([...boxes].map(([id, box]) => [id, place(box)]));
}

/** The first and the last stay, unless they are too near for all to stand side by side. */
function spread(boxes: ReadonlyMap<string, Box>, axis: "x" | "y", length: "width" | "height"): Map<string, Point> {
  const order = [...boxes].sort(([, a], [, b]) => a[axis] - b[axis]);
  const first = order[0]?.[1];
  const last = order.at(-1)?.[1];
  if (!first || !last) return new Map();
  const sum = order.reduce((total, [, box]) => total + box[length], 0);
  const gap = Math.max(GRID * 2, (last[axis] + last[length] - first[axis] - sum) / (order.length - 1));
  let at = first[axis];
  return new Map(
    order.map(([id, box]) => {
      const corner = { x: box.x, y: box.y, [axis]: Math.round(at) };
      at += box[length] + gap;
      return [id, corner];
    }),
  );
}
