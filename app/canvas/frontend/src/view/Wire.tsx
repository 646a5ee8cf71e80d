/** A wire: idle in its type's colour, lit where the run went, dashed where it did not. */

import { EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { X } from "lucide-react";
import { memo } from "react";

import { removeWire } from "../actions";
import type { FlowEdge } from "../flow";
import { scoreText } from "../format";
import { wireMiddle, wirePath } from "../lanes";
import { typeColour, variables } from "./colour";
import { useCanvas, useEdgeRun, useNodeRun, useView } from "./context";

const NEAR = 12;

export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, data, source, target, selected, sourceHandleId } = props;
  const state = useEdgeRun(id);
  const targetRun = useNodeRun(target);
  const sourceRun = useNodeRun(source);
  const rules = useView((view) => view.rules);
  const cut = useView(
    (view) => Boolean(selected) && !view.readOnly && view.edges.filter((edge) => edge.selected).length === 1,
  );
  const ends = { from: { x: props.sourceX, y: props.sourceY }, to: { x: props.targetX, y: props.targetY } };
  const lane = data && isWhere(ends, data) ? data.lane : null;
  const path = wirePath(ends, lane);
  const middle = wireMiddle(ends, lane);
  const active = state === "taken" && targetRun?.status === "running";
  const score = sourceRun?.scores[sourceHandleId ?? ""];
  return (
    <g
      className="rl-wire"
      data-testid={`edge-${id}`}
      data-state={state}
      data-active={active || undefined}
      data-selected={selected || undefined}
      style={variables({ "--type": typeColour(rules, data?.type ?? "") })}
    >
      <path className="rl-wire-line" d={path} />
      {active && <path className="rl-wire-flow" d={path} />}
      <path className="react-flow__edge-interaction" d={path} fill="none" strokeOpacity={0} strokeWidth={22} />
      <EdgeLabelRenderer>
        {state === "not_taken" && !selected && (
          <span className="rl-wire-label" style={placed(middle)}>
            not taken{score === undefined ? "" : ` · ${scoreText(score)}`}
          </span>
        )}
        {cut && <Cut id={id} middle={middle} />}
      </EdgeLabelRenderer>
    </g>
  );
});

function Cut({ id, middle }: { id: string; middle: { x: number; y: number } }) {
  const canvas = useCanvas();
  return (
    <button
      type="button"
      className="rl-cut nodrag nopan"
      style={placed(middle)}
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
function isWhere(ends: Ends, data: NonNullable<FlowEdge["data"]>): boolean {
  const near = (a: Point, b: Point) => Math.abs(a.x - b.x) <= NEAR && Math.abs(a.y - b.y) <= NEAR;
  return near(ends.from, data.from) && near(ends.to, data.to);
}

type Point = { x: number; y: number };
type Ends = { from: Point; to: Point };
