/** Tells screen readers how a run goes, in few words. */

import { costText, latencyText } from "../format";
import { useTotals } from "./context";
import { RUN_LOOK } from "./status";

export function Announcer() {
  const totals = useTotals();
  const said = !totals
    ? ""
    : totals.status === "running"
      ? RUN_LOOK.running.help
      : `${RUN_LOOK[totals.status].help} ${latencyText(totals.latency_s)}, ${costText(totals.cost_usd, totals.notional)}.`;
  return (
    <div className="rl-hidden" role="status" aria-live="polite" data-testid="announcer">
      {said}
    </div>
  );
}
