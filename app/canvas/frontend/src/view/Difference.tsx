/** How a node differs from the version or run that it is compared with. */

import { CircleDot, CirclePlus, Equal, type LucideIcon, MinusCircle } from "lucide-react";

import { deltaText } from "../format";
import type { Change, NodeChange } from "../protocol";

export const CHANGE_LOOK: Record<Change, { icon: LucideIcon; word: string }> = {
  added: { icon: CirclePlus, word: "added" },
  removed: { icon: MinusCircle, word: "removed" },
  changed: { icon: CircleDot, word: "changed" },
  same: { icon: Equal, word: "same" },
};

export function Difference({ id, difference }: { id: string; difference: NodeChange }) {
  const { icon: Icon, word } = CHANGE_LOOK[difference.change];
  const deltas = deltaText(difference.latency_delta_s, difference.cost_delta_usd);
  if (difference.change === "same" && deltas.length === 0) return null;
  return (
    <div
      className="rl-difference"
      data-change={difference.change}
      data-testid={`difference-${id}`}
      title={difference.note}
    >
      <span>
        <Icon size={12} aria-hidden /> {word}
      </span>
      {deltas.map((text) => (
        <b key={text} data-better={text.startsWith("−") || undefined}>
          {text}
        </b>
      ))}
      {difference.note && <small>{difference.note}</small>}
    </div>
  );
}
