/** Which kinds a search finds, best first. */

import { takes, type Rules, type Side } from "./ports";
import type { Catalogue, Kind } from "./protocol";

/** Kinds whose title, group or help holds every word of `text`; titles that begin with it come first. */
export function foundKinds(catalogue: Catalogue, text: string): Kind[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const groups = new Map(catalogue.groups.map((group) => [group.name, group.title]));
  const hay = (kind: Kind) => `${kind.title} ${kind.kind} ${groups.get(kind.group) ?? ""} ${kind.help}`.toLowerCase();
  const rank = (kind: Kind) => {
    const title = kind.title.toLowerCase();
    const [first = ""] = words;
    return title.startsWith(first) ? 0 : title.includes(first) ? 1 : 2;
  };
  const found = catalogue.kinds.filter((kind) => words.every((word) => hay(kind).includes(word)));
  return words.length === 0 ? found : found.sort((a, b) => rank(a) - rank(b));
}

/** Entries whose `text` holds every word that was typed; those whose title begins with it come first. */
export function found<T extends { title: string; text: string }>(entries: readonly T[], typed: string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ""] = words;
  const rank = (entry: T) => {
    const title = entry.title.toLowerCase();
    return title.startsWith(first) ? 0 : title.includes(first) ? 1 : 2;
  };
  const fit = entries.filter((entry) => words.every((word) => entry.text.toLowerCase().includes(word)));
  return words.length === 0 ? fit : fit.sort((a, b) => rank(a) - rank(b));
}

/** Kinds that a wire pulled from a port of this type and side can end in. */
export function fittingKinds(rules: Rules, kinds: readonly Kind[], type: string, side: Side): Kind[] {
  return kinds.filter((kind) =>
    side === "out"
      ? kind.inputs.some((port) => takes(rules, type, port.type))
      : kind.outputs.some((port) => takes(rules, port.type, type)),
  );
}
