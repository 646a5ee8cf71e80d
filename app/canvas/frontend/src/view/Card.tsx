/** A node as a card: what it is, its ports, and what happened to it. */

import { type NodeProps, NodeToolbar, Position } from "@xyflow/react";
import { Copy, Pin, Power, PowerOff, Trash2, TriangleAlert, Zap } from "lucide-react";
import { memo } from "react";

import { duplicate, removeSelection, toggleDisabled } from "../actions";
import type { CardNode } from "../flow";
import { costText, firstLine, latencyText, tail, tokenText } from "../format";
import type { GraphNode, Kind, NodeRun, Problem } from "../protocol";
import { groupColour, variables } from "./colour";
import { useCanvas, useNodeRun, useView } from "./context";
import { KindIcon } from "./icons";
import { PortRows } from "./PortRows";
import { NODE_LOOK } from "./status";

export const Card = memo(function Card({ id, data, selected }: NodeProps<CardNode>) {
  const { node, kind, ports, summary, problems } = data;
  const run = useNodeRun(id);
  const catalogue = useView((state) => state.catalogue);
  const status = run?.status ?? "idle";
  const line = summary || summaryOf(node, kind);
  return (
    <div
      className="rl-card"
      data-testid={`node-${id}`}
      data-card={id}
      data-kind={node.kind}
      data-status={status}
      data-cached={run?.cached || undefined}
      data-disabled={node.disabled || undefined}
      data-pinned={node.pinned ? true : undefined}
      data-unknown={kind ? undefined : true}
      data-selected={selected || undefined}
      style={variables({ "--accent": groupColour(catalogue, kind?.group) })}
    >
      <CardMenu id={id} node={node} />
      <header className="rl-head">
        <span className="rl-tile">
          <KindIcon name={kind?.icon ?? "circle-help"} />
        </span>
        <span className="rl-title" title={`${node.title || id} · ${kind?.title ?? "unknown kind"}`}>
          {node.title || kind?.title || id}
        </span>
        <Marks node={node} problems={problems} />
      </header>
      <div className="rl-summary">
        <span title={line}>{line}</span>
        <JoinChip node={node} />
      </div>
      <PortRows id={id} ports={ports} problems={problems} run={run} selected={selected} />
      {run && <Outcome run={run} />}
    </div>
  );
});

function summaryOf(node: GraphNode, kind: Kind | null): string {
  if (!kind) return `Unknown kind “${node.kind}”`;
  return node.title && node.title !== kind.title ? kind.title : kind.help;
}

function Marks({ node, problems }: { node: GraphNode; problems: Problem[] }) {
  const worst = problems.some((problem) => problem.severity === "error") ? "error" : "warning";
  return (
    <span className="rl-marks">
      {node.disabled && (
        <span className="rl-chip" title="Disabled: it stays silent in a run. Press D to enable it.">
          <PowerOff size={11} aria-hidden /> off
        </span>
      )}
      {node.pinned && (
        <span className="rl-chip" data-tone="pin" title="Pinned: it gives a fixed output instead of running.">
          <Pin size={11} aria-hidden /> pinned
        </span>
      )}
      {problems.length > 0 && (
        <span
          className="rl-problem"
          data-severity={worst}
          data-testid={`problem-${node.id}`}
          role="img"
          aria-label={problems.map((problem) => problem.message).join(" ")}
          title={problems.map((problem) => `• ${problem.message}`).join("\n")}
        >
          <TriangleAlert size={12} aria-hidden /> {problems.length > 1 ? problems.length : ""}
        </span>
      )}
    </span>
  );
}

function JoinChip({ node: { join } }: { node: GraphNode }) {
  if (!join) return null;
  const words = { all_taken: "all taken", any: "any", first: "first", k_of_n: `${join.k ?? "k"} of n` };
  const help = {
    all_taken: "Waits for every branch that was taken.",
    any: "Goes on with the first branch that arrives.",
    first: "Takes the first branch and stops the others.",
    k_of_n: `Goes on when ${join.k ?? "k"} branches have arrived.`,
  };
  return (
    <span className="rl-chip" title={help[join.rule]}>
      {words[join.rule]}
    </span>
  );
}

function Outcome({ run }: { run: NodeRun }) {
  const look = NODE_LOOK[run.status];
  const Icon = look.icon;
  const said = run.status === "running" ? tail(run.text) : "";
  return (
    <footer className="rl-outcome">
      {run.error && run.status !== "running" && (
        <p className="rl-error" title={run.error}>
          {firstLine(run.error)}
        </p>
      )}
      {run.reason && (
        <p className="rl-reason" title={run.reason}>
          {run.reason}
        </p>
      )}
      {said && <p className="rl-said">{said}</p>}
      <div className="rl-badges">
        <span className="rl-status" title={look.help}>
          <Icon size={13} aria-hidden className={run.status === "running" ? "rl-spin" : undefined} /> {look.word}
        </span>
        {run.cached && (
          <span className="rl-chip" data-tone="cached" title="Reused: nothing was computed or paid for.">
            <Zap size={11} aria-hidden /> cached
          </span>
        )}
        <Figures run={run} />
      </div>
    </footer>
  );
}

function Figures({ run }: { run: NodeRun }) {
  const tokens = run.input_tokens + run.output_tokens;
  const cost = run.cost_usd !== null && (run.cost_usd > 0 || tokens > 0) ? costText(run.cost_usd, run.notional) : null;
  const shown = [
    run.latency_s === null ? null : latencyText(run.latency_s),
    tokens > 0 ? tokenText(tokens) : null,
    cost,
  ].filter((text) => text !== null);
  if (shown.length === 0) return null;
  const calls = `${run.calls} model ${run.calls === 1 ? "call" : "calls"}`;
  const detail = `${run.input_tokens} tokens in, ${run.output_tokens} out, ${calls}`;
  return (
    <span
      className="rl-figures"
      title={run.notional ? `${detail}. ≈$ is a notional price: nobody is charged.` : detail}
    >
      {shown.join(" · ")}
    </span>
  );
}

function CardMenu({ id, node }: { id: string; node: GraphNode }) {
  const canvas = useCanvas();
  const readOnly = useView((state) => state.readOnly);
  if (readOnly) return null;
  const Toggle = node.disabled ? Power : PowerOff;
  return (
    <NodeToolbar position={Position.Top} offset={8} className="rl-menu" nodeId={id}>
      <button
        type="button"
        aria-label="Duplicate"
        title="Duplicate (Ctrl+D)"
        data-testid={`menu-duplicate-${id}`}
        onClick={() => duplicate(canvas)}
      >
        <Copy size={14} aria-hidden />
      </button>
      <button
        type="button"
        aria-label={node.disabled ? "Enable" : "Disable"}
        title={node.disabled ? "Enable (D)" : "Disable (D)"}
        data-testid={`menu-disable-${id}`}
        onClick={() => toggleDisabled(canvas)}
      >
        <Toggle size={14} aria-hidden />
      </button>
      <button
        type="button"
        aria-label="Delete"
        title="Delete (Del)"
        data-testid={`menu-delete-${id}`}
        onClick={() => removeSelection(canvas)}
      >
        <Trash2 size={14} aria-hidden />
      </button>
    </NodeToolbar>
  );
}
