/** The whole canvas: surface, palette, toolbar and what floats above. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, type PointerEvent, type RefObject, useLayoutEffect, useRef } from "react";

import { addKind } from "../actions";
import type { FlowEdge, FlowNode } from "../flow";
import { boxesOf } from "../flow";
import { HEADER, NODE_WIDTH } from "../geometry";
import type { Instance } from "../instance";
import { pressed } from "../keys";
import type { Kind, Point } from "../protocol";
import { Boundary } from "./Boundary";
import { isText, useClipboard } from "./clipboard";
import { variables } from "./colour";
import { CanvasContext, useCanvas, useTotals, useView } from "./context";
import { Empty } from "./Empty";
import { openSearch } from "./gestures";
import { Palette } from "./Palette";
import { Pane } from "./Pane";
import { QuickAdd } from "./QuickAdd";
import { Toasts } from "./Toasts";
import { Toolbar, Zoom } from "./Toolbar";

const NARROW = 720;

export function CanvasView({ canvas }: { canvas: Instance }) {
  return (
    <Boundary>
      <CanvasContext value={canvas}>
        <ReactFlowProvider>
          <Frame />
        </ReactFlowProvider>
      </CanvasContext>
    </Boundary>
  );
}

function Frame() {
  const canvas = useCanvas();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const root = useRef<HTMLDivElement>(null);
  const pointer = useRef<Point | null>(null);
  const readOnly = useView((state) => state.readOnly);
  const inset = useView((state) => state.insetRight);
  const running = useTotals()?.status === "running";
  useKeptFocus(root);
  useLayoutEffect(() => {
    if (canvas.viewport === null && (root.current?.clientWidth ?? NARROW) < NARROW)
      canvas.store.set({ paletteOpen: false });
  }, [canvas]);
  useClipboard(canvas, root, flow, pointer);
  const centre = () => flow.screenToFlowPosition(centreOf(root.current));
  const add = (kind: Kind) => {
    const id = addKind(canvas, kind, nextPlace(canvas, centre()));
    canvas.show([id], "reveal");
    root.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (isText(event.target)) {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
      return;
    }
    const search = () => openSearch(canvas, root, flow, pointer.current ?? centreOf(root.current));
    if (pressed(canvas, event.nativeEvent, { openSearch: search })) event.preventDefault();
    // The page has hotkeys of its own on single letters.
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  };
  return (
    <div
      ref={root}
      className="rl-canvas"
      role="application"
      aria-label="Pipeline canvas"
      tabIndex={0}
      data-testid="canvas"
      data-running={running || undefined}
      style={variables({ "--inset": `${inset}px` })}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => takeFocus(event, root.current)}
      onPointerDownCapture={(event) => {
        const above = event.target instanceof Element && event.target.closest(".rl-top");
        if (!above && canvas.store.get().popover) canvas.store.set({ popover: null });
      }}
      onPointerMove={(event) => (pointer.current = { x: event.clientX, y: event.clientY })}
      onPointerLeave={() => (pointer.current = null)}
      onDoubleClick={(event) => {
        const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
        if (onPane) openSearch(canvas, root, flow, { x: event.clientX, y: event.clientY });
      }}
    >
      <Pane root={root} />
      {!readOnly && <Palette add={add} />}
      <Toolbar centre={centre} />
      <Zoom />
      <Empty add={add} />
      <QuickAdd bounds={() => ({ width: root.current?.clientWidth ?? 0, height: root.current?.clientHeight ?? 0 })} />
      <Toasts />
    </div>
  );
}

function takeFocus(event: PointerEvent, root: HTMLElement | null): void {
  if (isText(event.target) || (event.target instanceof Element && event.target.closest("button, [role=button]")))
    return;
  root?.focus({ preventScroll: true });
}

/** Takes the focus back when the element that had it is deleted, or the next key would go nowhere. */
function useKeptFocus(root: RefObject<HTMLElement | null>): void {
  const doc = useView((state) => state.doc);
  const active = () => (root.current?.getRootNode() as ShadowRoot | undefined)?.activeElement ?? null;
  const had = root.current?.contains(active()) ?? false;
  useLayoutEffect(() => {
    if (!had) return;
    // React Flow removes elements in an effect of its own, after this one.
    const frame = requestAnimationFrame(() => active() === null && root.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, [doc]);
}

function centreOf(root: HTMLElement | null): Point {
  const frame = root?.getBoundingClientRect();
  return frame ? { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 } : { x: 0, y: 0 };
}

/** Right of the one selected card, else the middle of the view. */
function nextPlace(canvas: Instance, centre: Point): Point {
  const { nodes } = canvas.store.get();
  const chosen = nodes.filter((node) => node.type === "card" && node.selected);
  const [box] = [...boxesOf(chosen).values()];
  if (box && chosen.length === 1) return { x: box.x + box.width + 104, y: box.y };
  return { x: centre.x - NODE_WIDTH / 2, y: centre.y - HEADER };
}
