/** Colours that come from data: groups of kinds and types of ports. */

import type { CSSProperties } from "react";

import type { Catalogue } from "../protocol";
import { LOST, type Rules } from "../ports";

const GROUPS: Record<string, readonly [string, string]> = {
  input: ["#2563eb", "#60a5fa"],
  router: ["#7c3aed", "#a78bfa"],
  expert: ["#047857", "#34d399"],
  retrieval: ["#b45309", "#fbbf24"],
  check: ["#0e7490", "#22d3ee"],
  aggregator: ["#a21caf", "#e879f9"],
  output: ["#475569", "#94a3b8"],
};
const OTHERS = Object.values(GROUPS);

/** The accent of a group: its own colour if it is a known one, else one by its place in the catalogue. */
export function groupColour(catalogue: Catalogue, group: string | undefined): string {
  const place = catalogue.groups.findIndex((each) => each.name === group);
  const pair = GROUPS[group ?? ""] ?? OTHERS[Math.max(0, place) % OTHERS.length] ?? ["#475569", "#94a3b8"];
  return `light-dark(${pair[0]}, ${pair[1]})`;
}

const SAFE = /^#[0-9a-fA-F]{3,8}$/;

export function typeColour(rules: Rules, name: string): string {
  const type = rules.types.get(name);
  if (name === LOST || !type) return "light-dark(#dc2626, #f87171)";
  const [light, dark] = [type.colour_light, type.colour_dark].map((each) => (SAFE.test(each) ? each : "#64748b"));
  return `light-dark(${light}, ${dark})`;
}

/** A style that sets CSS variables. */
export function variables(values: Record<`--${string}`, string>): CSSProperties {
  return values as CSSProperties;
}
