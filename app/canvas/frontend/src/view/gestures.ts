/** Turns gestures on the drawing surface into actions: wires, drops, double clicks. */

import type {
  Connection,
  FinalConnectionState,
  OnConnectStartParams,
  ReactFlowInstance,
  Viewport,
} from "@xyflow/react";
import type { DragEvent, MouseEvent as ReactMouseEvent, RefObject } from "react";

import { addIntoWire, addKind, connect, connectToNode, insertInto, open, reconnect, whyNot } from "../actions";
import { boundsOf, type FlowEdge, type FlowNode } from "../flow";
import { HEADER, NODE_WIDTH } from "../geometry";
import type { Instance } from "../instance";
import type { PortRef } from "../ports";
import type { GraphEdge, Point } from "../protocol";
import { clearFits, markFits, pulledType } from "../wiring";
import { typeColour } from "./colour";
import { KIND_MIME } from "./Palette";

const FAR = 0.3;
/** A painted copy of the pipeline may be so many times as large as the canvas: it is kept in memory. */
const COPY = 4;

type Root = RefObject<HTMLDivElement | null>;
type Flow = ReactFlowInstance<FlowNode, FlowEdge>;

/** The props for React Flow that carry gestures. */
export function gestures(canvas: Instance, root: Root, flow: Flow) {
  return { ...wireHands(canvas, root, flow), ...nodeHands(canvas, root), ...dropHands(canvas, root, flow) };
}

function wireHands(canvas: Instance, root: Root, flow: Flow) {
  // React Flow asks whether a wire may end somewhere without saying that an old wire is being moved.
  const pulling: { wire: string | null } = { wire: null };
  const end = () => {
    if (root.current) clearFits(root.current);
    root.current?.removeAttribute("data-pulling");
  };
  return {
    onConnectStart: (_: unknown, params: OnConnectStartParams) => {
      const from = refOf(params.nodeId, params.handleType, params.handleId);
      if (!from || !root.current) return;
      root.current.dataset["pulling"] = from.side;
      root.current.style.setProperty("--pulled", typeColour(canvas.store.get().rules, pulledType(canvas, from)));
      markFits(canvas, root.current, from, pulling.wire);
    },
    onConnect: (made: Connection) => {
      const edge = edgeOf(made);
      if (edge && pulling.wire === null) connect(canvas, edge);
    },
    onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      end();
      if (!state.isValid && pulling.wire === null) dropped(canvas, root, flow, event, state);
    },
    onReconnectStart: (_: unknown, edge: FlowEdge) => {
      pulling.wire = edge.id;
    },
    onReconnect: (old: FlowEdge, made: Connection) => {
      const edge = edgeOf(made);
      if (edge) reconnect(canvas, old.id, edge);
    },
    onReconnectEnd: (_: unknown, __: unknown, ___: unknown, state: FinalConnectionState) => {
      const edge = state.isValid ? null : stateEdge(state);
      const why = edge && whyNot(canvas, edge, pulling.wire);
      if (why) canvas.toast(why);
      pulling.wire = null;
      end();
    },
    isValidConnection: (made: Connection | FlowEdge) => {
      const edge = edgeOf(made);
      return edge !== null && whyNot(canvas, edge, pulling.wire) === null;
    },
  };
}

/** A wire was let go where it could not end: says why, finds a port on the card below, or offers what fits. */
function dropped(
  canvas: Instance,
  root: Root,
  flow: Flow,
  event: MouseEvent | TouchEvent,
  state: FinalConnectionState,
): void {
  const from = refOf(state.fromNode?.id ?? null, state.fromHandle?.type ?? null, state.fromHandle?.id ?? null);
  const point = screenPoint(event);
  if (!from || !root.current) return;
  const edge = stateEdge(state);
  if (edge) {
    const why = whyNot(canvas, edge);
    if (why) canvas.toast(why);
    return;
  }
  if (state.toHandle) {
    canvas.toast(
      `Two ${from.side === "out" ? "outputs" : "inputs"} cannot be connected: a wire joins an output to an input.`,
    );
    return;
  }
  const below = elementsAt(root.current, point).find((element) => element.closest("[data-card], .rl-panel"));
  const card = below?.closest<HTMLElement>("[data-card]")?.dataset["card"];
  if (card && card !== from.node) connectToNode(canvas, from, card);
  else if (!below) openSearch(canvas, root, flow, point, from);
}

/** Opens the search at a place on the screen. */
export function openSearch(canvas: Instance, root: Root, flow: Flow, screen: Point, from: PortRef | null = null): void {
  if (!root.current || canvas.store.get().readOnly) return;
  const frame = root.current.getBoundingClientRect();
  const place = flow.screenToFlowPosition(screen, { snapToGrid: false });
  const at = {
    x: from?.side === "in" ? place.x - NODE_WIDTH : place.x,
    y: place.y - (from ? HEADER + 12 : HEADER / 2),
  };
  canvas.store.set({ search: { at, screen: { x: screen.x - frame.left, y: screen.y - frame.top }, from } });
}

/** Marks at most one wire as the place where a node would go. */
function marker(): (wire: Element | null) => void {
  let marked: Element | null = null;
  return (wire) => {
    if (wire === marked) return;
    marked?.removeAttribute("data-insert");
    wire?.setAttribute("data-insert", "true");
    marked = wire;
  };
}

function nodeHands(canvas: Instance, root: Root) {
  const mark = marker();
  // The one node that was selected when the pointer went down, before React Flow selects another.
  let chosen: string | null = null;
  const lone = (id: string) => !canvas.graph.edges.some((edge) => edge.source === id || edge.target === id);
  return {
    onNodesChange: canvas.nodesChanged.bind(canvas),
    onEdgesChange: canvas.edgesChanged.bind(canvas),
    onNodeDrag: (event: ReactMouseEvent | MouseEvent | TouchEvent, node: FlowNode, all: FlowNode[]) => {
      mark(all.length === 1 && lone(node.id) && root.current ? wireAt(root.current, screenPoint(event)) : null);
    },
    onNodeDragStop: (event: ReactMouseEvent | MouseEvent | TouchEvent, node: FlowNode, all: FlowNode[]) => {
      mark(null);
      const wire = all.length === 1 && lone(node.id) && root.current ? wireAt(root.current, screenPoint(event)) : null;
      if (wire) insertInto(canvas, node.id, wire.getAttribute("data-id") ?? "", canvas.dragKey);
    },
    onNodeClick: (event: ReactMouseEvent, node: FlowNode) => {
      // A click on what was selected before brings back the drawer that was closed.
      if (chosen !== node.id || event.detail > 1 || !onlyOne(canvas)) return;
      if (event.target instanceof Element && event.target.closest("button, input, .rl-port")) return;
      if (canvas.store.get().insetRight === 0) canvas.intend({ type: "inspect", node: node.id });
    },
    onPointerDownCapture: () => {
      chosen = onlyOne(canvas);
    },
    onNodeDoubleClick: (_: unknown, node: FlowNode) => {
      if (node.type === "card") open(canvas, node.id);
    },
    onMoveEnd: () => root.current?.removeAttribute("data-moving"),
    onMove: (_: unknown, viewport: Viewport) => {
      const slides = viewport.zoom === canvas.viewport?.zoom;
      root.current?.toggleAttribute("data-moving", slides && fitsCopy(canvas, root.current, viewport.zoom));
      canvas.viewport = viewport;
      root.current?.toggleAttribute("data-far", viewport.zoom < FAR);
    },
  };
}

function onlyOne(canvas: Instance): string | null {
  const [only, ...more] = canvas.selection.nodes;
  return only !== undefined && more.length === 0 ? only : null;
}

/** Whether the whole pipeline at this zoom is small enough to be moved as one picture. */
function fitsCopy(canvas: Instance, { clientWidth, clientHeight }: HTMLElement, zoom: number): boolean {
  const { width, height } = boundsOf(canvas.store.get().nodes);
  return width * height * zoom * zoom <= COPY * clientWidth * clientHeight;
}

function dropHands(canvas: Instance, root: Root, flow: Flow) {
  const mark = marker();
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(KIND_MIME) || canvas.store.get().readOnly) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      mark(root.current ? wireAt(root.current, screenPoint(event)) : null);
    },
    onDragLeave: () => mark(null),
    onDrop: (event: DragEvent) => {
      mark(null);
      const kind = canvas.store.get().rules.kinds.get(event.dataTransfer.getData(KIND_MIME));
      if (!kind || !root.current || canvas.store.get().readOnly) return;
      event.preventDefault();
      const point = screenPoint(event);
      const place = flow.screenToFlowPosition(point, { snapToGrid: false });
      const at = { x: place.x - NODE_WIDTH / 2, y: place.y - HEADER / 2 };
      const wire = wireAt(root.current, point);
      if (wire) addIntoWire(canvas, kind, at, wire.getAttribute("data-id") ?? "");
      else addKind(canvas, kind, at);
      root.current.focus({ preventScroll: true });
    },
  };
}

function refOf(node: string | null, type: string | null | undefined, port: string | null | undefined): PortRef | null {
  return node && port ? { node, side: type === "target" ? "in" : "out", port } : null;
}

function edgeOf({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge): GraphEdge | null {
  if (!sourceHandle || !targetHandle) return null;
  return { source, source_port: sourceHandle, target, target_port: targetHandle };
}

/** The wire that a finished gesture meant; null unless it ended on a port of the other side. */
function stateEdge({ fromHandle, toHandle }: FinalConnectionState): GraphEdge | null {
  if (!fromHandle?.id || !toHandle?.id || fromHandle.type === toHandle.type) return null;
  const [out, into] = fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
  return { source: out.nodeId, source_port: out.id ?? "", target: into.nodeId, target_port: into.id ?? "" };
}

function screenPoint(event: ReactMouseEvent | MouseEvent | TouchEvent | DragEvent): Point {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}

/** Elements below a point; a shadow root has to be asked itself. */
function elementsAt(root: HTMLElement, { x, y }: Point): Element[] {
  return (root.getRootNode() as Document | ShadowRoot).elementsFromPoint(x, y);
}

function wireAt(root: HTMLElement, point: Point): Element | null {
  return (
    elementsAt(root, point)
      .map((element) => element.closest(".react-flow__edge"))
      .find((edge) => edge !== null) ?? null
  );
}
