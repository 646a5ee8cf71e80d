/** The drawing surface: hands every gesture of React Flow to the instance. */

import { Background, BackgroundVariant, getViewportForBounds, MiniMap, ReactFlow, useReactFlow, type Viewport } from "@xyflow/react";
import { type RefObject, useEffect } from "react";

import { boxesOf, type FlowEdge, type FlowNode } from "../flow";
import { GRID } from "../geometry";
import type { Instance } from "../instance";
import { Card } from "./Card";
import { groupColour } from "./colour";
import { useCanvas, useView } from "./context";
import { gestures } from "./gestures";
import { NoteCard } from "./NoteCard";
import { Wire } from "./Wire";

const NODE_TYPES = { card: Card, note: NoteCard };
const EDGE_TYPES = { wire: Wire };
const MANY = 150;
const ZOOM = { min: 0.12, max: 2, fit: 1.05, focus: 1.15 };
const ANIMATION_MS = 260;

export function Pane({ root }: { root: RefObject<HTMLDivElement | null> }) {
  const canvas = useCanvas();
  const nodes = useView((state) => state.nodes);
  const edges = useView((state) => state.edges);
  const readOnly = useView((state) => state.readOnly);
  const catalogue = useView((state) => state.catalogue);
  useCamera(canvas, root);
  const { onMove, ...hands } = gestures(canvas, root, useReactFlow<FlowNode, FlowEdge>());
  return (
    <ReactFlow<FlowNode, FlowEdge>
      {...hands}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onMove={onMove}
      defaultViewport={canvas.viewport ?? { x: 260, y: 80, zoom: 1 }}
      minZoom={ZOOM.min}
      maxZoom={ZOOM.max}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      edgesReconnectable={!readOnly}
      reconnectRadius={14}
      connectionRadius={26}
      connectOnClick={false}
      nodeDragThreshold={2}
      snapToGrid
      snapGrid={[GRID, GRID]}
      deleteKeyCode={null}
      multiSelectionKeyCode={["Meta", "Control", "Shift"]}
      selectionKeyCode="Shift"
      zoomOnDoubleClick={false}
      elevateNodesOnSelect
      onlyRenderVisibleElements={nodes.length > MANY}
    >
      <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1.4} />
      <MiniMap<FlowNode>
        pannable
        zoomable
        ariaLabel="Map of the pipeline"
        nodeBorderRadius={12}
        nodeColor={(node) => (node.type === "card" ? groupColour(catalogue, node.data.kind?.group) : "var(--rl-note)")}
      />
    </ReactFlow>
  );
}

/** Carries out the instance's wishes to see something, as soon as the canvas has a size. */
function useCamera(canvas: Instance, root: RefObject<HTMLDivElement | null>): void {
  const wish = useView((state) => state.camera);
  const flow = useReactFlow<FlowNode, FlowEdge>();
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const shoot = () => {
      const target = viewportOf(canvas, element);
      if (!target) return;
      const first = canvas.viewport === null;
      canvas.shot = null;
      canvas.viewport = target;
      void flow.setViewport(target, { duration: first ? 0 : ANIMATION_MS });
    };
    const observer = new ResizeObserver(shoot);
    observer.observe(element);
    shoot();
    return () => observer.disconnect();
  }, [canvas, flow, root, wish]);
}

function viewportOf(canvas: Instance, element: HTMLElement): Viewport | null {
  const { shot } = canvas;
  const { width, height } = element.getBoundingClientRect();
  if (!shot || width < 50 || height < 50) return null;
  const { nodes, paletteOpen, readOnly } = canvas.store.get();
  const wanted = shot.nodes && shot.nodes.length > 0 ? nodes.filter((node) => shot.nodes?.includes(node.id)) : nodes;
  if (wanted.length === 0) return null;
  const boxes = [...boxesOf(wanted).values()];
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const left = paletteOpen && !readOnly && width > 560 ? 256 : 32;
  const padding = { left: `${left}px`, right: "32px", top: "72px", bottom: "56px" } as const;
  const bounds = { x, y, width: right - x, height: bottom - y };
  const most = shot.closest ? ZOOM.focus : ZOOM.fit;
  return getViewportForBounds(bounds, width, height, ZOOM.min, most, padding);
}
