/** The foot of a card: what it is expected to cost, what a run did there, what a batch did there. */

import { CircleSlash2, PencilLine, Zap } from "lucide-react";

import type { CardData } from "../flow";
import { costText, firstLine, latencyText, tail, tokenText } from "../format";
import { nodeFigures } from "../heat";
import type { Estimate, NodeRun } from "../protocol";
import { useView } from "./context";
import { NODE_LOOK } from "./status";

export function Outcome({ id, data, run }: { id: string; data: CardData; run: NodeRun | null }) {
  const batch = useView((state) => state.batch?.nodes[id] ?? null);
  const { dead, estimate, node } = data;
  const works = !node.disabled && !node.bypassed && !node.pinned;
  const expected = estimate !== null && !run && !dead && works && !batch;
  const never = dead && !run;
  if (!run && !batch && !never && !expected) return null;
  return (
    <footer className="rl-outcome">
      {run && <RunLines run={run} stale={data.stale} />}
      {never && <Never isStuck={node.bypassed && data.way === null} />}
      {expected && <Expected estimate={estimate} />}
      {batch && <BatchLine id={id} />}
    </footer>
  );
}

function Never({ isStuck }: { isStuck: boolean }) {
  const help = isStuck
    ? "Bypassed, and nothing that comes in fits its outputs."
    : "Everything that leads here is disabled or bypassed another way.";
  return (
    <div className="rl-badges">
      <span className="rl-status" title={help}>
        <CircleSlash2 size={13} aria-hidden /> never runs
      </span>
    </div>
  );
}

function Expected({ estimate }: { estimate: Estimate }) {
  const figures = [
    estimate.latency_s === null ? null : latencyText(estimate.latency_s),
    estimate.cost_usd === null ? null : costText(estimate.cost_usd, false),
  ].filter((text) => text !== null);
  if (figures.length === 0) return null;
  return (
    <div className="rl-badges">
      <span className="rl-estimate" title={`Estimated${estimate.source ? `: ${estimate.source}` : ""}`}>
        <span>estimated</span> {figures.join(" · ")}
      </span>
    </div>
  );
}

function BatchLine({ id }: { id: string }) {
  const batch = useView((state) => state.batch?.nodes[id] ?? null);
  const heat = useView((state) => state.heat);
  const rows = useView((state) => state.batch?.rows ?? 0);
  const notional = useView((state) => state.batch?.notional ?? false);
  if (!batch) return null;
  return (
    <div className="rl-badges rl-batch" title={`Over ${rows} rows: total cost, median time, failures, accuracy`}>
      {nodeFigures(batch, notional).map((figure) => (
        <span key={figure.heat} data-hot={figure.heat === heat || undefined}>
          {figure.text}
        </span>
      ))}
    </div>
  );
}

function RunLines({ run, stale }: { run: NodeRun; stale: boolean }) {
  const look = NODE_LOOK[run.status];
  const Icon = look.icon;
  const said = run.status === "running" ? tail(run.text) : "";
  return (
    <>
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
        {stale && (
          <span
            className="rl-chip"
            data-tone="stale"
            title="Changed since this run, here or before this node: what is shown is the old result."
          >
            <PencilLine size={11} aria-hidden /> changed
          </span>
        )}
        <Figures run={run} />
      </div>
    </>
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
