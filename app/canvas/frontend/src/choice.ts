/** What is done with the selection as a whole: growing it along the wires, lining it up, moving it. */

import { type Alignment, aligned } from "./align";
import { boxesOf, type FlowNode } from "./flow";
import { GRID } from "./geometry";
import { withCorners } from "./graph";
import type { Instance } from "./instance";
import type { Graph, Point } from "./protocol";
import { reached } from "./reach";

export function selectAll(canvas: Instance): void {
  canvas.select(new Set(canvas.store.get().nodes.flatMap((node) => (node.type === "ghost" ? [] : [node.id]))));
}

/** Adds everything that the selected nodes feed ("down") or are fed by ("up"). */
export function selectReached(canvas: Instance, way: "down" | "up"): void {
  const { nodes } = canvas.selection;
  if (nodes.size > 0) canvas.select(reached(canvas.graph.edges, nodes, way));
}

/** Lines up the selected cards and notes as one undo step. */
export function align(canvas: Instance, how: Alignment): void {
  const chosen = canvas.store.get().nodes.filter((node) => node.selected);
  canvas.edit(placed(canvas.graph, chosen, aligned(boxesOf(chosen), how)));
}

/** Moves the selected cards and notes by steps of the grid; quick moves are one undo step. */
export function nudge(canvas: Instance, dx: number, dy: number): void {
  const chosen = canvas.store.get().nodes.filter((node) => node.selected);
  const moved = chosen.map((node): [string, Point] => [
    node.id,
    { x: node.position.x + dx * GRID, y: node.position.y + dy * GRID },
  ]);
  canvas.edit(placed(canvas.graph, chosen, new Map(moved)), "nudge");
}

function placed(graph: Graph, nodes: readonly FlowNode[], corners: ReadonlyMap<string, Point>): Graph {
  const cards = new Map<string, Point>();
  const notes = new Map<string, Point>();
  for (const node of nodes) {
    const to = corners.get(node.id);
    if (to && node.type === "card") cards.set(node.id, to);
    else if (to && node.type === "note") notes.set(node.data.note.id, to);
  }
  return withCorners(graph, cards, notes);
}
