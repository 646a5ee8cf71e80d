/** Where one is: the way into sub-pipelines, the comparison, the place among past runs, the heat map of a batch. */

import { ChevronLeft, ChevronRight, GitCompare, X } from "lucide-react";

import { canStep } from "../commands";
import { heatsOf, heatText, heatTop } from "../heat";
import type { Change, Compare, RunHistory } from "../protocol";
import { useCanvas, useTotals, useView } from "./context";
import { CHANGE_LOOK } from "./Difference";

export function Breadcrumbs() {
  const canvas = useCanvas();
  const crumbs = useView((state) => state.breadcrumbs);
  if (crumbs.length < 2) return null;
  return (
    <nav className="rl-panel rl-crumbs" aria-label="Way into sub-pipelines" data-testid="breadcrumbs">
      {crumbs.map(({ id, title }, index) =>
        index < crumbs.length - 1 ? (
          <span key={id}>
            <button type="button" data-testid={`crumb-${id}`} onClick={() => canvas.intend({ type: "step_out", id })}>
              {title}
            </button>
            <ChevronRight size={13} aria-hidden />
          </span>
        ) : (
          <b key={id} aria-current="page">
            {title}
          </b>
        ),
      )}
    </nav>
  );
}

export function Comparison() {
  const canvas = useCanvas();
  const compare = useView((state) => state.compare);
  if (!compare) return null;
  const counts = countsOf(compare);
  return (
    <div
      className="rl-panel rl-compare"
      role="group"
      aria-label={`Compared with ${compare.title}`}
      data-testid="compare"
    >
      <GitCompare size={15} aria-hidden />
      <span>
        Compared with <b>{compare.title}</b>
      </span>
      {counts.map(([change, count]) => {
        const { icon: Icon, word } = CHANGE_LOOK[change];
        return (
          <span key={change} className="rl-difference-word" data-change={change}>
            <Icon size={12} aria-hidden /> {count} {word}
          </span>
        );
      })}
      {counts.length === 0 && <span>no node differs</span>}
      <button
        type="button"
        aria-label="Close the comparison"
        title="Close the comparison"
        data-testid="compare-close"
        onClick={() => canvas.intend({ type: "compare_close" })}
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}

function countsOf({ nodes, ghosts }: Compare): (readonly [Change, number])[] {
  const changes = Object.entries(nodes).map(([, { change }]) => change);
  const count = (change: Change) => changes.filter((each) => each === change).length;
  const removed = new Set([
    ...ghosts.nodes.map((node) => node.id),
    ...Object.entries(nodes).flatMap(([id, { change }]) => (change === "removed" ? [id] : [])),
  ]);
  const all = [
    ["added", count("added")],
    ["removed", removed.size],
    ["changed", count("changed")],
  ] as const;
  return all.filter(([, number]) => number > 0);
}

export function History() {
  const canvas = useCanvas();
  const history = useView((state) => state.history);
  const batch = useView((state) => state.batch !== null);
  if (!history) return null;
  const step = (by: -1 | 1) => () => canvas.intend({ type: "history", step: by });
  return (
    <div className="rl-panel rl-tools" role="group" aria-label="Past runs" data-testid="history">
      {history.scopes.length > 1 && <Scopes history={history} />}
      <button
        type="button"
        aria-label="Show the run before"
        title="Show the run before ([)"
        data-testid="history-older"
        disabled={!canStep(canvas, -1)}
        onClick={step(-1)}
      >
        <ChevronLeft size={15} aria-hidden />
      </button>
      <span className="rl-history" title={history.label}>
        {!batch && (
          <b>
            Run {history.position} of {history.count}
          </b>
        )}{" "}
        {history.label}
      </span>
      <button
        type="button"
        aria-label="Show the run after"
        title="Show the run after (])"
        data-testid="history-newer"
        disabled={!canStep(canvas, 1)}
        onClick={step(1)}
      >
        <ChevronRight size={15} aria-hidden />
      </button>
    </div>
  );
}

/** Says what the thick cards are, before a run. */
export function CriticalPath() {
  const some = useView((state) => state.batch === null && Object.values(state.rules.faces).some((face) => face.critical));
  const idle = useTotals() === null;
  if (!some || !idle) return null;
  return (
    <div
      className="rl-panel rl-critical"
      data-testid="critical"
      title="Estimated: the way that most likely decides how long a run takes. Only what is quicker here makes the whole quicker."
    >
      <span className="rl-thick" aria-hidden /> critical path
    </div>
  );
}

/** One run, or many together. */
function Scopes({ history: { scopes, scope } }: { history: RunHistory }) {
  const canvas = useCanvas();
  return (
    <select
      className="rl-scopes"
      aria-label="Runs to show"
      data-testid="scopes"
      value={scope}
      onChange={(event) => canvas.intend({ type: "command", id: event.target.value })}
    >
      {scopes.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

const HEAT_WORDS = { off: "Off", cost: "Cost", latency: "Latency", errors: "Errors", accuracy: "Accuracy" };

export function HeatSwitch() {
  const canvas = useCanvas();
  const batch = useView((state) => state.batch ?? state.measured);
  const chosen = useView((state) => state.heat);
  if (!batch) return null;
  const heats = heatsOf(batch);
  const heat = heats.includes(chosen) ? chosen : "off";
  if (heats.length < 2) return null;
  return (
    <div className="rl-panel rl-heat" role="radiogroup" aria-label="Heat map" data-testid="heat" data-mode={heat}>
      <span title={batch.title}>{batch.rows > 1 ? `Heat of ${batch.rows} runs` : "Heat"}</span>
      {heats.map((each) => (
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === heat}
          data-testid={`heat-${each}`}
          onClick={() => canvas.store.set({ heat: each })}
        >
          {HEAT_WORDS[each]}
        </button>
      ))}
      {heat !== "off" && (
        <span className="rl-legend" data-testid="heat-legend">
          {heatText(0, heat, batch.notional)} <span className="rl-scale" aria-hidden />{" "}
          {heatText(heatTop(batch, heat), heat, batch.notional)}
        </span>
      )}
    </div>
  );
}
