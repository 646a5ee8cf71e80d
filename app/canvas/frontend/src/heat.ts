/** How hot each node of a batch is by one measure. */

import { costText, latencyText } from "./format";
import type { Batch, BatchEdge, BatchNode } from "./protocol";

export const HEATS = ["off", "cost", "latency", "errors", "accuracy"] as const;
export type Heat = (typeof HEATS)[number];

const FIELD: Record<Exclude<Heat, "off">, keyof BatchNode> = {
  cost: "cost_usd",
  latency: "latency_s",
  errors: "error_rate",
  accuracy: "accuracy",
};

function valueOf(node: BatchNode | undefined, heat: Heat): number | null {
  return heat === "off" ? null : (node?.[FIELD[heat]] ?? null);
}

/** The ends of the scale: from nothing to the highest; accuracy always from 0 to 1. */
export function heatTop(batch: Batch, heat: Heat): number {
  if (heat === "off") return 0;
  if (heat === "accuracy") return 1;
  return Math.max(0, ...Object.values(batch.nodes).map((node) => valueOf(node, heat) ?? 0));
}

/** A node's place on the scale from 0 to 1; null where nothing is known of it. */
export function heatOf(batch: Batch, id: string, heat: Heat): number | null {
  const value = valueOf(batch.nodes[id], heat);
  const top = heatTop(batch, heat);
  return value === null ? null : top === 0 ? 0 : Math.min(1, Math.max(0, value / top));
}

export function heatText(value: number, heat: Heat): string {
  if (heat === "cost") return sumText(value);
  if (heat === "latency") return latencyText(value);
  if (heat === "errors") return percentText(value);
  return value.toFixed(2);
}

export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** What a batch did at a node, each measure with its name where the number alone would not tell. */
export function nodeFigures(node: BatchNode): { heat: Heat; text: string }[] {
  const all: { heat: Heat; text: string | null }[] = [
    { heat: "cost", text: node.cost_usd === null ? null : sumText(node.cost_usd) },
    { heat: "latency", text: node.latency_s === null ? null : latencyText(node.latency_s) },
    { heat: "errors", text: node.error_rate ? `${percentText(node.error_rate)} err` : null },
    { heat: "accuracy", text: node.accuracy === null ? null : `acc ${node.accuracy.toFixed(2)}` },
  ];
  return all.flatMap(({ heat, text }) => (text === null ? [] : [{ heat, text }]));
}

/** What a batch sent along an edge: the share, and what is known beside it. */
export function edgeFigures({ share, cost_usd, accuracy }: BatchEdge): { share: string; rest: string } {
  const parts = [cost_usd === null ? null : sumText(cost_usd), accuracy === null ? null : `acc ${accuracy.toFixed(2)}`];
  return { share: percentText(share), rest: parts.filter((part) => part !== null).join(" · ") };
}

/** A sum of many costs: cents are enough from a cent on. */
function sumText(cost_usd: number): string {
  return cost_usd >= 0.01 ? `$${cost_usd.toFixed(2)}` : costText(cost_usd, false);
}
