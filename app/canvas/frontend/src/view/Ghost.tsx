/** A node and a wire that only the compared version holds. */

import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  Handle,
  type NodeProps,
  Position,
} from "@xyflow/react";
import { MinusCircle } from "lucide-react";
import { memo } from "react";

import { HEADER, ROW } from "../geometry";
import type { GhostEdge, GhostNode } from "../ghosts";
import type { Port } from "../protocol";
import { KindIcon } from "./icons";

export const GhostCard = memo(function GhostCard({ data }: NodeProps<GhostNode>) {
  const { node, kind, ports, note } = data;
  return (
    <div className="rl-card rl-ghost" data-testid={`ghost-${node.id}`}>
      <header className="rl-head">
        <span className="rl-tile">
          <KindIcon name={kind?.icon ?? "circle-help"} />
        </span>
        <span className="rl-title">{node.title || kind?.title || node.id}</span>
      </header>
      <div className="rl-summary">
        <span className="rl-status">
          <MinusCircle size={13} aria-hidden /> removed
        </span>
        <span title={note}>{note}</span>
      </div>
      {ports.inputs.map((port, row) => (
        <Stub key={port.name} port={port} row={row} input />
      ))}
      {ports.outputs.map((port, row) => (
        <Stub key={port.name} port={port} row={row} input={false} />
      ))}
      <div style={{ height: ROW * Math.max(1, ports.inputs.length, ports.outputs.length) }} />
    </div>
  );
});

function Stub({ port, row, input }: { port: Port; row: number; input: boolean }) {
  return (
    <Handle
      id={port.name}
      type={input ? "target" : "source"}
      position={input ? Position.Left : Position.Right}
      className="rl-stub"
      isConnectable={false}
      style={{ top: HEADER + ROW * row + ROW / 2 }}
    />
  );
}

export const GhostWire = memo(function GhostWire(props: EdgeProps<GhostEdge>) {
  const [path, x, y] = getBezierPath(props);
  return (
    <g className="rl-ghost-wire" data-testid={`ghost-edge-${props.data?.key}`}>
      <BaseEdge path={path} />
      <EdgeLabelRenderer>
        <span
          className="rl-wire-label"
          data-change="removed"
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          − removed
        </span>
      </EdgeLabelRenderer>
    </g>
  );
});
