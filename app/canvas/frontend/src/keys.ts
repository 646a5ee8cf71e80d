/** The keyboard of the canvas. */

import { nudge } from "./choice";
import { type Command, COMMANDS, type Hands, isOffered } from "./commands";
import type { Instance } from "./instance";
import { CLOSED } from "./state";

/** Keys that are no commands, for the help. */
const GESTURES: readonly (readonly [string, string])[] = [
  ["Ctrl C · X · V", "Copy · cut · paste"],
  ["Ctrl Shift V", "Paste with the wires that came in"],
  ["Double-click", "Add a node, rename, or open"],
  ["Enter", "Open the focused node, or start and end a wire at a port"],
  ["Tab · arrows", "Next node · move the selection"],
  ["Shift drag", "Select with a box"],
  ["Shift click", "Add to the selection"],
  ["Esc", "Close, let go, select nothing"],
];

const SIGNS: Record<string, string> = { ctrl: "Ctrl", shift: "Shift", Delete: "Del", Backspace: "⌫" };

/** A key as people read it: "Ctrl Shift Z". */
export function keyText(key: string): string {
  if (key === "+") return key;
  return key
    .split("+")
    .map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

/** What the help shows: keys and what they do, by group. */
export function shortcuts(): { group: string; rows: { keys: string[]; title: string }[] }[] {
  const groups = [...new Set(COMMANDS.map((command) => command.group))];
  const own = groups.map((group) => ({
    group,
    rows: COMMANDS.filter((command) => command.group === group && command.keys.length > 0).map(({ keys, title }) => ({
      keys: keys.map(keyText),
      title,
    })),
  }));
  const gestures = { group: "Hands", rows: GESTURES.map(([keys, title]) => ({ keys: keys.split(" · "), title })) };
  return [...own.filter(({ rows }) => rows.length > 0), gestures];
}

const BY_KEY: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap((command) => command.keys.map((key): [string, Command] => [key, command])),
);
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Handles a key that was pressed on the canvas; says whether it was one of ours. */
export function pressed(canvas: Instance, event: KeyboardEvent, hands: Hands): boolean {
  if (event.altKey) return false;
  if (event.key === "Escape") return leave(canvas);
  const command = namesOf(event)
    .map((name) => BY_KEY.get(name))
    .find((found) => found !== undefined);
  if (command) {
    if (isOffered(canvas, command)) command.run(canvas, hands);
    // Ctrl+S must not save the page, whether or not there is something to save.
    return event.ctrlKey || event.metaKey || isOffered(canvas, command);
  }
  const arrow = ARROWS[event.key];
  if (!arrow || canvas.store.get().readOnly || canvas.selection.nodes.size + canvas.selection.notes.size === 0)
    return false;
  const step = event.shiftKey ? 4 : 1;
  nudge(canvas, arrow[0] * step, arrow[1] * step);
  return true;
}

/** The names that a key may have in the list of commands, the most exact first. */
function namesOf(event: KeyboardEvent): string[] {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const names = event.shiftKey ? [`${control}shift+${letter}`] : [control + letter];
  if (event.shiftKey && digit) names.unshift(`${control}shift+${digit}`);
  // Signs like "?" are themselves whether or not they need the Shift key; letters are not.
  if (event.shiftKey && letter.length === 1 && letter.toUpperCase() === letter) names.push(control + letter);
  return names;
}

function leave(canvas: Instance): boolean {
  const { wiring, search, popover, wires } = canvas.store.get();
  if (wiring || search || popover || wires) canvas.store.set(CLOSED);
  else if (canvas.selection.nodes.size + canvas.selection.notes.size + canvas.selection.edges.size > 0)
    canvas.select(new Set());
  else return false;
  return true;
}
