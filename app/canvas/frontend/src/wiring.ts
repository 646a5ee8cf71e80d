/** Wires drawn by clicking or pressing Enter on two ports, and the marks on ports while any wire is pulled. */

import { connect, portRefType, whyNot } from "./actions";
import type { Instance } from "./instance";
import { edgeBetween, type PortRef, type Side } from "./ports";

/** Picks a port up; with one picked up already, joins the two. */
export function pickPort(canvas: Instance, ref: PortRef): void {
  const { wiring, readOnly } = canvas.store.get();
  if (readOnly) return;
  const same = wiring?.node === ref.node && wiring.side === ref.side && wiring.port === ref.port;
  const edge = wiring && !same ? edgeBetween(wiring, ref) : null;
  canvas.store.set({ wiring: null });
  if (edge) connect(canvas, edge);
  else if (!same) {
    canvas.store.set({ wiring: ref });
    canvas.toast(`Wire from “${ref.port}”: choose the port it goes to, or press Escape.`, "info");
  }
}

/** Marks each port that a wire from `from` may end in, by attributes only: nothing is drawn again. */
export function markFits(canvas: Instance, root: ParentNode, from: PortRef, moved: string | null = null): void {
  const fitting = new Set<string>();
  for (const port of root.querySelectorAll<HTMLElement>(".rl-port")) {
    const { node = "", side = "in", port: name = "" } = port.dataset;
    const ref = { node, side: side as Side, port: name };
    const edge = edgeBetween(from, ref);
    const own = node === from.node && side === from.side && name === from.port;
    const fits = edge !== null && whyNot(canvas, edge, moved) === null;
    port.dataset["fit"] = own ? "own" : fits ? "yes" : "no";
    if (fits || own) fitting.add(node);
  }
  for (const card of root.querySelectorAll<HTMLElement>("[data-card]")) {
    card.dataset["fit"] = fitting.has(card.dataset["card"] ?? "") ? "yes" : "no";
  }
}

export function clearFits(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-fit]")) delete element.dataset["fit"];
}

/** The type of the port that a wire is being pulled from. */
export function pulledType(canvas: Instance, from: PortRef): string {
  return portRefType(canvas, from) ?? "";
}
