/** A wire: idle in its type's colour, lit where the run went, dashed where it did not, wide where a batch went. */

import { EdgeLabelRenderer, type EdgeProps, EdgeToolbar } from "@xyflow/react";
import { X } from "lucide-react";
import { memo } from "react";

import { removeWire } from "../actions";
import type { WireEdge } from "../flow";
import { scoreText } from "../format";
import { edgeFigures } from "../heat";
import { wireMiddle, wirePath } from "../lanes";
import type { BatchEdge, EdgeStatus } from "../protocol";
import type { ViewState } from "../state";
import { typeColour, variables } from "./colour";
import { useCanvas, useEdgeRun, useEdgeValue, useNodeRun, useView } from "./context";

const NEAR = 12;
const THINNEST = 1.2;
const WIDEST = 11;
const CRITICAL = 4;

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, source, target, selected, sourceHandleId } = props;
  const state = useEdgeRun(id);
  const targetRun = useNodeRun(target);
  const sourceRun = useNodeRun(source);
  const { rules } = useCanvas().store.get();
  const batch = useView((view) => view.batch?.edges[id] ?? null);
  const change = useView((view) => view.compare?.edges[id] ?? null);
  const critical = useView((view) => isCritical(view, source, target)) && state === "idle";
  const only = useView((view) => Boolean(selected) && view.edges.filter((edge) => edge.selected).length === 1);
  const ends = { from: { x: props.sourceX, y: props.sourceY }, to: { x: props.targetX, y: props.targetY } };
  const lane = data && isWhere(ends, data) ? data.lane : null;
  const path = wirePath(ends, lane);
  const middle = wireMiddle(ends, lane);
  const active = state === "taken" && targetRun?.status === "running";
  const label = labelOf(state, sourceRun?.scores[sourceHandleId ?? ""], batch, change);
  const width = batch ? THINNEST + (WIDEST - THINNEST) * batch.share : critical ? CRITICAL : 2;
  return (
    <g
      className="rl-wire"
      data-testid={`edge-${id}`}
      data-state={state}
      data-active={active || undefined}
      data-selected={selected || undefined}
      data-share={batch ? batch.share : undefined}
      data-critical={critical || undefined}
      data-change={change ?? undefined}
      data-dead={(data?.dead && state === "idle") || undefined}
      style={variables({ "--type": typeColour(rules, data?.type ?? ""), "--width": `${width}` })}
    >
      <path className="rl-wire-line" d={path} />
      {active && <path className="rl-wire-flow" d={path} />}
      <path className="react-flow__edge-interaction" d={path} fill="none" strokeOpacity={0} strokeWidth={22} />
      {label && !selected && (
        <EdgeLabelRenderer>
          <span
            className="rl-wire-label"
            data-change={change ?? undefined}
            data-share={batch ? true : undefined}
            style={placed(middle)}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
      {only && <Selected id={id} middle={middle} state={state} type={data?.type ?? ""} />}
    </g>
  );
});

function isCritical({ batch, rules }: ViewState, source: string, target: string): boolean {
  return batch === null && [source, target].every((end) => rules.faces[end]?.critical);
}

function labelOf(state: EdgeStatus, score: number | undefined, batch: BatchEdge | null, change: string | null) {
  if (change === "added") return "+ added";
  if (batch) return <Figures batch={batch} />;
  if (state === "not_taken") return `not taken${score === undefined ? "" : ` · ${scoreText(score)}`}`;
  return null;
}

function Figures({ batch }: { batch: BatchEdge }) {
  const notional = useView((view) => view.batch?.notional ?? false);
  const { share, rest } = edgeFigures(batch, notional);
  return (
    <>
      <b>{share}</b> {rest && <small>{rest}</small>}
    </>
  );
}

interface SelectedProps {
  id: string;
  middle: Point;
  state: EdgeStatus;
  type: string;
}

/** What the one selected wire shows: the value that crossed it, and how to delete it. */
function Selected({ id, middle, state, type }: SelectedProps) {
  const value = useEdgeValue(id);
  const ran = useView((view) => view.rules.types.get(type)?.title ?? type);
  const readOnly = useView((view) => view.readOnly);
  const { runs } = useCanvas();
  const said =
    value ?? (!runs.totals || state === "taken" ? null : state === "not_taken" ? "Nothing crossed this wire." : null);
  if (readOnly && said === null) return null;
  return (
    <EdgeToolbar edgeId={id} x={middle.x} y={middle.y} isVisible className="nodrag nopan nowheel">
      {!readOnly && <Cut id={id} />}
      {said !== null && (
        <div className="rl-value" role="note" aria-label="Value that crossed this wire" data-testid={`value-${id}`}>
          <small>{value === null ? "In this run" : ran}</small>
          <p>{said}</p>
        </div>
      )}
    </EdgeToolbar>
  );
}

function Cut({ id }: { id: string }) {
  const canvas = useCanvas();
  return (
    <button
      type="button"
      className="rl-cut nodrag nopan"
      aria-label="Delete this wire"
      title="Delete this wire (Del)"
      data-testid={`cut-${id}`}
      onClick={() => removeWire(canvas, id)}
    >
      <X size={12} aria-hidden />
    </button>
  );
}

function placed({ x, y }: { x: number; y: number }) {
  return { transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` };
}

/** A lane holds only while both ends are where they were when it was found. */
function isWhere(ends: Ends, data: NonNullable<WireEdge["data"]>): boolean {
  const near = (a: Point, b: Point) => Math.abs(a.x - b.x) <= NEAR && Math.abs(a.y - b.y) <= NEAR;
  return near(ends.from, data.from) && near(ends.to, data.to);
}

type Point = { x: number; y: number };
type Ends = { from: Point; to: Point };
