/** The whole canvas: surface, palette, toolbar and what floats above. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from "react";

import { addKind, open } from "../actions";
import type { FlowEdge, FlowNode } from "../flow";
import { boxesOf, noteFlowId } from "../flow";
import { HEADER, NODE_WIDTH } from "../geometry";
import { edgeKey } from "../graph";
import type { Instance } from "../instance";
import { pressed } from "../keys";
import type { Kind, Point } from "../protocol";
import { Announcer } from "./Announcer";
import { Boundary } from "./Boundary";
import { isText, useClipboard } from "./clipboard";
import { variables } from "./colour";
import { CommandPalette } from "./CommandPalette";
import { CanvasContext, useCanvas, useTotals, useView } from "./context";
import { Empty } from "./Empty";
import { openSearch } from "./gestures";
import { centreOf, focused, handsOf } from "./hands";
import { Help } from "./Help";
import { Palette } from "./Palette";
import { useFar } from "./Overview";
import { Pane } from "./Pane";
import { Breadcrumbs, Comparison, CriticalPath, HeatSwitch, History } from "./Places";
import { QuickAdd } from "./QuickAdd";
import { Toasts } from "./Toasts";
import { Toolbar, Zoom } from "./Toolbar";
import { WireMenu } from "./WireMenu";

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
  const far = useFar();
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
  const hands = useMemo(() => handsOf(canvas, root, flow, pointer), [canvas, flow]);
  const help = useView((state) => state.popover === "help");
  const palette = useView((state) => state.paletteOpen && !state.readOnly);
  const back = () => root.current?.focus({ preventScroll: true });
  const bounds = () => ({ width: root.current?.clientWidth ?? 0, height: root.current?.clientHeight ?? 0 });
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (isText(event.target)) {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
      return;
    }
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) entered(canvas, root.current);
    else if (pressed(canvas, event.nativeEvent, hands)) event.preventDefault();
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
      data-covered={inset > 0 || undefined}
      data-painted={far || undefined}
      style={variables({ "--inset": `${inset}px` })}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => takeFocus(event, root.current)}
      onPointerDownCapture={(event) => {
        const above = event.target instanceof Element && event.target.closest(".rl-top, .rl-help, .rl-commands");
        if (!above && canvas.store.get().popover) canvas.store.set({ popover: null });
      }}
      onPointerMove={(event) => (pointer.current = { x: event.clientX, y: event.clientY })}
      onPointerLeave={() => (pointer.current = null)}
      onDoubleClick={(event) => {
        const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
        if (onPane) openSearch(canvas, root, flow, { x: event.clientX, y: event.clientY });
      }}
    >
      <Pane root={root} hands={hands} />
      {!readOnly && <Palette add={add} />}
      <div className="rl-places" data-beside={palette || undefined}>
        <Breadcrumbs />
        <Comparison />
      </div>
      <Toolbar centre={centre} hands={hands} />
      <div className="rl-places rl-low" data-beside={palette || undefined}>
        <History />
        <HeatSwitch />
        <CriticalPath />
      </div>
      <Zoom />
      <Empty add={add} />
      <QuickAdd bounds={bounds} leave={back} />
      <WireMenu bounds={bounds} leave={back} />
      <CommandPalette hands={hands} add={add} leave={back} />
      {help && <Help />}
      <Announcer />
      <Toasts />
    </div>
  );
}

function takeFocus(event: PointerEvent, root: HTMLElement | null): void {
  if (
    isText(event.target) ||
    (event.target instanceof Element && event.target.closest("button, [role=button], [role=dialog]"))
  )
    return;
  root?.focus({ preventScroll: true });
}

/** Enter on a node or with one selected: opens it. */
function entered(canvas: Instance, root: HTMLElement | null): void {
  const element = focused(root);
  const onNode = element?.classList.contains("react-flow__node") ?? false;
  const [only, ...more] = canvas.selection.nodes;
  const id = onNode ? element?.getAttribute("data-id") : element === root && more.length === 0 ? only : null;
  if (id) open(canvas, id);
}

/** Takes the focus back when the element that had it is moved or deleted, or the next key would go nowhere. */
function useKeptFocus(root: RefObject<HTMLDivElement | null>): void {
  const canvas = useCanvas();
  const doc = useView((state) => state.doc);
  // What is deleted gives the focus away before it goes: afterwards a key that is waiting would be lost.
  useEffect(
    () =>
      canvas.store.subscribe(() => {
        const holder = focused(root.current)?.closest(".react-flow__node, .react-flow__edge, .rl-menu");
        if (holder && root.current?.contains(holder) && isGone(canvas, holder)) root.current.focus({ preventScroll: true });
      }),
    [canvas, root],
  );
  const held = focused(root.current);
  const had = root.current?.contains(held) ?? false;
  const node = had ? (held?.closest(".react-flow__node")?.getAttribute("data-id") ?? null) : null;
  useLayoutEffect(() => {
    if (!had) return;
    // React Flow removes elements in an effect of its own, after this one.
    const frame = requestAnimationFrame(() => {
      if (focused(root.current) !== null) return;
      const same = node && root.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`);
      (same || root.current)?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [doc]);
}

/** Whether an element stands for nodes or wires of which one is not in the document any more. */
function isGone(canvas: Instance, holder: Element): boolean {
  const { nodes, edges, notes } = canvas.graph;
  const known = new Set([...nodes.map(({ id }) => id), ...notes.map(({ id }) => noteFlowId(id)), ...edges.map(edgeKey)]);
  const ids = holder.getAttribute("data-id")?.trim().split(/\s+/) ?? [];
  return ids.some((id) => !known.has(id));
}

/** Right of the one selected card, else the middle of the view. */
function nextPlace(canvas: Instance, centre: Point): Point {
  const { nodes } = canvas.store.get();
  const chosen = nodes.filter((node) => node.type === "card" && node.selected);
  const [box] = [...boxesOf(chosen).values()];
  if (box && chosen.length === 1) return { x: box.x + box.width + 104, y: box.y };
  return { x: centre.x - NODE_WIDTH / 2, y: centre.y - HEADER };
}
