/** Keeps wires out of cards: a wire whose curve would cross a card gets a horizontal lane beside it. */

import type { Box } from "./geometry";
import type { Point } from "./protocol";

const STEPS = 14;
const MARGIN = 22;
const REACH = 34;

/** Where a wire leaves its curve: level at `y` from `x1` to `x2`. */
export interface Lane {
  y: number;
  x1: number;
  x2: number;
}

export interface Ends {
  from: Point;
  to: Point;
}

type LaneFor = (ends: Ends, source: string, target: string) => Lane | null;

let latest: { boxes: ReadonlyMap<string, Box>; laneFor: LaneFor } | null = null;

/** Finds lanes among these boxes; what it found holds until one of them is another or elsewhere. */
export function lanesAmong(boxes: ReadonlyMap<string, Box>): LaneFor {
  if (latest && areSame(latest.boxes, boxes)) return latest.laneFor;
  const found = new Map<string, Lane | null>();
  const laneFor: LaneFor = (ends, source, target) => {
    const key = [source, target, ends.from.y, ends.to.y].join("\n");
    const old = found.get(key);
    if (old !== undefined) return old;
    const lane = laneOf(ends, boxes, [source, target]);
    found.set(key, lane);
    return lane;
  };
  latest = { boxes, laneFor };
  return laneFor;
}

function areSame(some: ReadonlyMap<string, Box>, others: ReadonlyMap<string, Box>): boolean {
  if (some.size !== others.size) return false;
  for (const [id, a] of some) {
    const b = others.get(id);
    if (!b || a.x !== b.x || a.y !== b.y || a.width !== b.width || a.height !== b.height) return false;
  }
  return true;
}

/** The lane for one wire, or null where its plain curve touches no box but those of its own ends. */
export function laneOf({ from, to }: Ends, boxes: ReadonlyMap<string, Box>, own: readonly string[]): Lane | null {
  if (to.x - from.x < 40) return null;
  const between: Box[] = [];
  for (const [id, box] of boxes) {
    if (box.x < to.x - 8 && box.x + box.width > from.x + 8 && !own.includes(id)) between.push(box);
  }
  const plain = curve(from, to);
  const blockers = between.filter((box) => plain.some((point) => inside(point, box)));
  if (blockers.length === 0) return null;
  const x1 = Math.max(from.x + 12, Math.min(...blockers.map((box) => box.x)) - REACH);
  const x2 = Math.min(to.x - 12, Math.max(...blockers.map((box) => box.x + box.width)) + REACH);
  const level = between.filter((box) => box.x < x2 && box.x + box.width > x1);
  const straight = (from.y + to.y) / 2;
  const lanes = level
    .flatMap((box) => [box.y - MARGIN, box.y + box.height + MARGIN])
    .filter((y) => !level.some((box) => y > box.y - MARGIN / 2 && y < box.y + box.height + MARGIN / 2))
    .map((y): Lane => ({ y, x1, x2 }))
    .sort((a, b) => Math.abs(a.y - straight) - Math.abs(b.y - straight));
  const free = lanes.find((lane) => !laneHits({ from, to }, lane, between));
  return free ?? lanes[0] ?? null;
}

function laneHits({ from, to }: Ends, lane: Lane, boxes: readonly Box[]): boolean {
  const legs = [...curve(from, { x: lane.x1, y: lane.y }), ...curve({ x: lane.x2, y: lane.y }, to)];
  return boxes.some((box) => legs.some((point) => inside(point, box)));
}

function inside(point: Point, box: Box): boolean {
  return point.x > box.x && point.x < box.x + box.width && point.y > box.y && point.y < box.y + box.height;
}

/** Points along the curve that is drawn between two places. */
function curve(from: Point, to: Point): Point[] {
  const bend = bendOf(from, to);
  const points: Point[] = [];
  for (let step = 1; step < STEPS; step += 1) {
    const t = step / STEPS;
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    points.push({
      x: a * from.x + b * (from.x + bend) + c * (to.x - bend) + d * to.x,
      y: (a + b) * from.y + (c + d) * to.y,
    });
  }
  return points;
}

function bendOf(from: Point, to: Point): number {
  const width = to.x - from.x;
  return width >= 0 ? Math.max(width / 2, 12) : Math.min(220, 40 - width / 3);
}

/** The SVG path of a wire, through its lane if it has one. */
export function wirePath({ from, to }: Ends, lane: Lane | null): string {
  if (!lane || lane.x1 < from.x || lane.x2 > to.x) return `M${at(from)} ${leg(from, to)}`;
  const enter = { x: lane.x1, y: lane.y };
  const leave = { x: lane.x2, y: lane.y };
  return `M${at(from)} ${leg(from, enter)} L${at(leave)} ${leg(leave, to)}`;
}

/** Where a label of the wire sits. */
export function wireMiddle({ from, to }: Ends, lane: Lane | null): Point {
  return lane ? { x: (lane.x1 + lane.x2) / 2, y: lane.y } : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

function leg(from: Point, to: Point): string {
  const bend = bendOf(from, to);
  return `C${at({ x: from.x + bend, y: from.y })} ${at({ x: to.x - bend, y: to.y })} ${at(to)}`;
}

function at(point: Point): string {
  return `${Math.round(point.x * 10) / 10},${Math.round(point.y * 10) / 10}`;
}
