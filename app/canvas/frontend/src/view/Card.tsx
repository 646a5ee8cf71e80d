/** A node as a card: what it is, its ports, and what happened to it. */

import type { NodeProps } from "@xyflow/react";
import { FastForward, Pin, PowerOff, TriangleAlert } from "lucide-react";
import { memo } from "react";

import { type CardData, type CardNode, nameId } from "../flow";
import { heatOf } from "../heat";
import type { GraphNode, Kind, NodeRun, Problem } from "../protocol";
import { CardMenu } from "./CardMenu";
import { groupColour, variables } from "./colour";
import { useCanvas, useNodeRun, useView } from "./context";
import { CHANGE_LOOK, Difference } from "./Difference";
import { KindIcon } from "./icons";
import { Outcome } from "./Outcome";
import { PortRows } from "./PortRows";
import { NODE_LOOK } from "./status";
import { Title } from "./Title";

export const Card = memo(function Card({ id, data, selected, dragging }: NodeProps<CardNode>) {
  const { node, kind, problems, change } = data;
  const run = useNodeRun(id);
  const { catalogue } = useCanvas().store.get();
  const expected = useView((state) => state.batch === null) && !run;
  const heat = useView((state) => heatOf(state.batch ?? state.measured, id, state.heat));
  const line = data.summary || summaryOf(node, kind);
  const title = node.title || kind?.title || id;
  return (
    <div
      className="rl-card"
      data-testid={`node-${id}`}
      data-card={id}
      data-kind={node.kind}
      data-status={run?.status ?? "idle"}
      data-cached={run?.cached || undefined}
      data-disabled={node.disabled || undefined}
      data-bypassed={node.bypassed || undefined}
      data-dead={(data.dead && !run) || undefined}
      data-stale={(data.stale && run !== null) || undefined}
      data-pinned={node.pinned ? true : undefined}
      data-unknown={kind ? undefined : true}
      data-change={change?.change}
      data-critical={(data.critical && expected) || undefined}
      data-heat={heat === null ? undefined : true}
      data-selected={selected || undefined}
      style={variables({
        "--accent": groupColour(catalogue, kind?.group),
        ...(heat === null ? {} : { "--heat": `${Math.round(8 + 62 * heat)}%` }),
      })}
    >
      <span id={nameId(id)} className="rl-hidden">
        {spoken(title, data, run)}
      </span>
      {selected && !dragging && <CardMenu id={id} data={data} />}
      {change && <Difference id={id} difference={change} />}
      <header className="rl-head">
        <span className="rl-tile">
          <KindIcon name={kind?.icon ?? "circle-help"} />
        </span>
        <Title id={id} title={title} hint={`${title} · ${kind?.title ?? "unknown kind"}`} />
        <Marks node={node} problems={problems} />
      </header>
      <div className="rl-summary">
        <span title={line}>{line}</span>
        <JoinChip node={node} fanIn={data.fanIn} />
      </div>
      <PortRows id={id} data={data} run={run} selected={selected} />
      <Outcome id={id} data={data} run={run} />
    </div>
  );
});

/** What a screen reader says of the card. */
function spoken(title: string, data: CardData, run: NodeRun | null): string {
  const { node, kind, dead, stale, change, problems } = data;
  return [
    title,
    kind?.title ?? `unknown kind ${node.kind}`,
    node.disabled ? "disabled" : dead && !run ? "never runs" : null,
    node.bypassed ? "bypassed" : null,
    node.pinned ? "pinned" : null,
    data.critical && !run ? "on the critical path" : null,
    run ? NODE_LOOK[run.status].word : null,
    run?.cached ? "cached" : null,
    stale && run ? "changed since this run" : null,
    change && change.change !== "same" ? CHANGE_LOOK[change.change].word : null,
    problems.length > 0 ? `${problems.length} ${problems.length === 1 ? "problem" : "problems"}` : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

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
      {node.bypassed && (
        <span className="rl-chip" title="Bypassed: it passes on what comes in. Press B to let it work again.">
          <FastForward size={11} aria-hidden /> bypassed
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

function JoinChip({ node: { id, join }, fanIn }: { node: GraphNode; fanIn: number }) {
  if (!join && fanIn < 2) return null;
  const rule = join?.rule ?? "all_taken";
  const words = { all_taken: "all taken", any: "any", first: "first", k_of_n: `${join?.k ?? "k"} of ${fanIn || "n"}` };
  const help = {
    all_taken: "Waits for every branch that was taken.",
    any: "Goes on with the first branch that arrives.",
    first: "Takes the first branch and stops the others.",
    k_of_n: `Goes on when ${join?.k ?? "k"} branches have arrived.`,
  };
  return (
    <span className="rl-chip" title={`Join rule: ${help[rule]}`} data-testid={`join-${id}`}>
      {words[rule]}
    </span>
  );
}
