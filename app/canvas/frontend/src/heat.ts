/** How hot each node of a batch, or of one run, is by one measure. */

import { costText, latencyText } from "./format";
import type { Batch, BatchEdge, BatchNode, RunSnapshot } from "./protocol";

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

/** One run as a batch of one row, for the heat map alone; nothing while it is under way. */
export function measured(run: RunSnapshot | null): Batch | null {
  if (!run || run.status === "running") return null;
  const ended = Object.entries(run.nodes).filter(([, { status }]) => status === "done" || status === "failed");
  const nodes = ended.map(([id, node]) => {
    const error_rate = node.status === "failed" ? 1 : 0;
    return [id, { cost_usd: node.cost_usd, latency_s: node.latency_s, error_rate, accuracy: null }] as const;
  });
  const notional = ended.some(([, node]) => node.notional);
  return { title: "This run", rows: 1, notional, edges: {}, nodes: Object.fromEntries(nodes) };
}

/** The measures of which something is known, and no measure at all. */
export function heatsOf(batch: Batch): Heat[] {
  const known = (heat: Heat) => Object.values(batch.nodes).some((node) => valueOf(node, heat) !== null);
  return HEATS.filter((heat) => heat === "off" || known(heat));
}

/** The measure after this one. */
export function nextHeat(batch: Batch, heat: Heat): Heat {
  const all = heatsOf(batch);
  return all[(all.indexOf(heat) + 1) % all.length] ?? "off";
}

/** The ends of the scale: from nothing to the highest; accuracy always from 0 to 1. */
export function heatTop(batch: Batch, heat: Heat): number {
  if (heat === "off") return 0;
  if (heat === "accuracy") return 1;
  return Math.max(0, ...Object.values(batch.nodes).map((node) => valueOf(node, heat) ?? 0));
}

/** A node's place on the scale from 0 to 1; null where nothing is known of it. */
export function heatOf(batch: Batch | null, id: string, heat: Heat): number | null {
  if (batch === null) return null;
  const value = valueOf(batch.nodes[id], heat);
  const top = heatTop(batch, heat);
  return value === null ? null : top === 0 ? 0 : Math.min(1, Math.max(0, value / top));
}

export function heatText(value: number, heat: Heat, notional: boolean): string {
  if (heat === "cost") return sumText(value, notional);
  if (heat === "latency") return latencyText(value);
  if (heat === "errors") return percentText(value);
  return value.toFixed(2);
}

export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** What a batch did at a node, each measure with its name where the number alone would not tell. */
export function nodeFigures(node: BatchNode, notional: boolean): { heat: Heat; text: string }[] {
  const all: { heat: Heat; text: string | null }[] = [
    { heat: "cost", text: node.cost_usd === null ? null : sumText(node.cost_usd, notional) },
    { heat: "latency", text: node.latency_s === null ? null : latencyText(node.latency_s) },
    { heat: "errors", text: node.error_rate ? `${percentText(node.error_rate)} err` : null },
    { heat: "accuracy", text: node.accuracy === null ? null : `acc ${node.accuracy.toFixed(2)}` },
  ];
  return all.flatMap(({ heat, text }) => (text === null ? [] : [{ heat, text }]));
}

/** What a batch sent along an edge: the share, and what is known beside it. */
export function edgeFigures(edge: BatchEdge, notional: boolean): { share: string; rest: string } {
  const { share, cost_usd, accuracy } = edge;
  const parts = [
    cost_usd === null ? null : sumText(cost_usd, notional),
    accuracy === null ? null : `acc ${accuracy.toFixed(2)}`,
  ];
  return { share: percentText(share), rest: parts.filter((part) => part !== null).join(" · ") };
}

/** A sum of many costs: cents are enough from a cent on. */
function sumText(cost_usd: number, notional: boolean): string {
  return cost_usd >= 0.01 ? `${notional ? "≈$" : "$"}${cost_usd.toFixed(2)}` : costText(cost_usd, notional);
}
