/** The drawing surface: hands every gesture of React Flow to the instance. */

import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useMemo } from "react";

import { framed, ZOOM } from "../camera";
import type { Hands } from "../commands";
import type { FlowEdge, FlowNode } from "../flow";
import { type Box, GRID, MANY } from "../geometry";
import type { Instance } from "../instance";
import type { Catalogue } from "../protocol";
import { Card } from "./Card";
import { groupColour } from "./colour";
import { useCanvas, useView } from "./context";
import { gestures } from "./gestures";
import { GhostCard, GhostWire } from "./Ghost";
import { NoteCard } from "./NoteCard";
import { Overview, useFar } from "./Overview";
import { SelectionBar } from "./SelectionBar";
import { Wire } from "./Wire";

const NODE_TYPES = { card: Card, note: NoteCard, ghost: GhostCard };
const EDGE_TYPES = { wire: Wire, ghost: GhostWire };
const NO_EDGES: FlowEdge[] = [];
// React Flow is named among the licences; its badge is a link too small to hit.
const NO_BADGE = { hideAttribution: true };
const ANIMATION_MS = 260;

export function Pane({ root, hands }: { root: RefObject<HTMLDivElement | null>; hands: Hands }) {
  const canvas = useCanvas();
  const nodes = useView((state) => state.nodes);
  const edges = useView((state) => state.edges);
  const readOnly = useView((state) => state.readOnly);
  const catalogue = useView((state) => state.catalogue);
  const far = useFar();
  useCamera(canvas, root);
  const flow = useReactFlow<FlowNode, FlowEdge>();
  // Gestures remember what they began with: they have to outlive the drawing that they cause.
  const gesture = useMemo(() => gestures(canvas, root, flow), [canvas, root, flow]);
  return (
    <ReactFlow<FlowNode, FlowEdge>
      {...gesture}
      nodes={nodes}
      edges={far ? NO_EDGES : edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
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
      selectionMode={SelectionMode.Partial}
      elevateNodesOnSelect
      elevateEdgesOnSelect
      proOptions={NO_BADGE}
      onlyRenderVisibleElements={nodes.length > MANY && !far}
    >
      <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1.4} />
      {!far && (
        <MiniMap<FlowNode>
          pannable
          zoomable
          ariaLabel="Map of the pipeline"
          nodeBorderRadius={12}
          nodeColor={(node) => mapColour(catalogue, node)}
        />
      )}
      <SelectionBar hands={hands} />
      {far && <Overview root={root} />}
    </ReactFlow>
  );
}

function mapColour(catalogue: Catalogue, node: FlowNode): string {
  if (node.type === "card") return groupColour(catalogue, node.data.kind?.group);
  return node.type === "note" ? "var(--rl-note)" : "transparent";
}

/** Where panels float above the drawing surface, in pixels from the corner of the canvas. */
function panelsOf(root: HTMLElement): Box[] {
  const frame = root.getBoundingClientRect();
  const panels = root.querySelectorAll(
    ".rl-palette, .rl-palette-open, .rl-places > *, .rl-top > *, .rl-zoom, .react-flow__minimap",
  );
  return [...panels].flatMap((panel) => {
    const { x, y, width, height } = panel.getBoundingClientRect();
    return width > 0 && !panel.matches(".rl-popover") ? [{ x: x - frame.x, y: y - frame.y, width, height }] : [];
  });
}

/** Carries out the instance's wishes to see something, as soon as the canvas has a size. */
function useCamera(canvas: Instance, root: RefObject<HTMLDivElement | null>): void {
  const wish = useView((state) => state.camera);
  const flow = useReactFlow<FlowNode, FlowEdge>();
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const shoot = () => {
      const { width, height } = element.getBoundingClientRect();
      if (!canvas.shot || width < 50 || height < 50) return;
      const target = framed(canvas.shot, canvas.store.get(), canvas.viewport, { width, height }, panelsOf(element));
      canvas.shot = null;
      if (!target) return;
      const first = canvas.viewport === null;
      canvas.viewport = target;
      void flow.setViewport(target, { duration: first ? 0 : ANIMATION_MS });
    };
    const observer = new ResizeObserver(shoot);
    observer.observe(element);
    shoot();
    return () => observer.disconnect();
  }, [canvas, flow, root, wish]);
}
