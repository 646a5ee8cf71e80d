/** What commands need from the page: where the focus and the pointer are, and how to move them. */

import type { ReactFlowInstance } from "@xyflow/react";
import type { RefObject } from "react";

import type { Hands } from "../commands";
import type { FlowEdge, FlowNode } from "../flow";
import type { Instance } from "../instance";
import type { PortRef, Side } from "../ports";
import type { Point } from "../protocol";
import { wiringPorts } from "../wireable";
import { openSearch } from "./gestures";
import { takePicture } from "./picture";

type Root = RefObject<HTMLDivElement | null>;

export function handsOf(
  canvas: Instance,
  root: Root,
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  pointer: RefObject<Point | null>,
): Hands {
  return {
    openSearch: () => openSearch(canvas, root, flow, pointer.current ?? centreOf(root.current)),
    wire: () => wire(canvas, root.current),
    nextWire: () => nextWire(canvas, root.current),
    picture: (form) => void (root.current && takePicture(canvas, root.current, form)),
    zoom: (direction) => void (direction > 0 ? flow.zoomIn() : flow.zoomOut()),
  };
}

export function centreOf(root: HTMLElement | null): Point {
  const frame = root?.getBoundingClientRect();
  return frame ? { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 } : { x: 0, y: 0 };
}

/** The element that has the focus; a shadow root has to be asked itself. */
export function focused(root: HTMLElement | null): Element | null {
  return (root?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement ?? null;
}

/** The node that has the focus or holds what has it; else the one that is selected. */
export function focusedNode(canvas: Instance, root: HTMLElement | null): string | null {
  const id = focused(root)?.closest("[data-card]") ?? focused(root)?.querySelector(":scope > [data-card]");
  const [only, ...more] = canvas.selection.nodes;
  return id?.getAttribute("data-card") ?? (only !== undefined && more.length === 0 ? only : null);
}

function wire(canvas: Instance, root: HTMLElement | null): void {
  const port = focused(root)?.closest<HTMLElement>(".rl-port");
  const { node = "", side = "out", port: name = "" } = port?.dataset ?? {};
  const id = port ? node : focusedNode(canvas, root);
  if (!root || !id) return canvas.toast("Choose a node first, with Tab or a click; then W wires it.", "info");
  const from: PortRef[] = port
    ? [{ node, side: side as Side, port: name }]
    : wiringPorts(canvas.graph, canvas.store.get().rules, id);
  if (from.length === 0) return canvas.toast("This node has no ports.", "info");
  const anchor = port ?? root.querySelector(`[data-card="${CSS.escape(id)}"]`);
  const box = (anchor ?? root).getBoundingClientRect();
  const frame = root.getBoundingClientRect();
  const screen = { x: box.right - frame.left + 12, y: box.top - frame.top };
  canvas.store.set({ wires: { from, screen }, search: null, popover: null });
}

/** Goes round the wires of a node, in the order of the document. */
function nextWire(canvas: Instance, root: HTMLElement | null): void {
  const current = focused(root)?.closest(".react-flow__edge")?.getAttribute("data-id") ?? null;
  const { edges } = canvas.store.get();
  const wires = edges.filter((edge) => edge.type === "wire");
  const here = wires.find((edge) => edge.id === current);
  const node = focusedNode(canvas, root) ?? here?.source ?? null;
  const own = node ? wires.filter((edge) => edge.source === node || edge.target === node) : wires;
  const next = own[(own.findIndex((edge) => edge.id === current) + 1) % Math.max(1, own.length)];
  if (!next) return canvas.toast("This node has no wires.", "info");
  root?.querySelector<SVGElement>(`.react-flow__edge[data-id="${CSS.escape(next.id)}"]`)?.focus();
}
