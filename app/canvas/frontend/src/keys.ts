/** The keyboard of the canvas. */

import { duplicate, removeSelection, selectAll, tidy, toggleDisabled } from "./actions";
import type { Instance } from "./instance";

/** What the help shows: keys and what they do. */
export const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Add a node (also: double-click the canvas)"],
  ["Ctrl Z · Ctrl Shift Z", "Undo · redo"],
  ["Ctrl C · X · V · D", "Copy · cut · paste · duplicate"],
  ["Ctrl A", "Select all"],
  ["Shift drag", "Select with a box"],
  ["Shift click", "Add to the selection"],
  ["Del", "Delete what is selected"],
  ["D", "Disable or enable"],
  ["F · .", "Show everything · the selection"],
  ["T", "Tidy up"],
  ["Enter on a port", "Start or end a wire"],
  ["Ctrl Enter", "Run"],
  ["Ctrl S", "Save"],
];

export interface KeyContext {
  openSearch: () => void;
}

interface Key {
  key: string;
  shift: boolean;
}

/** Handles a key that was pressed on the canvas; says whether it was one of ours. */
export function pressed(canvas: Instance, event: KeyboardEvent, context: KeyContext): boolean {
  const key = { key: event.key.length === 1 ? event.key.toLowerCase() : event.key, shift: event.shiftKey };
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return withControl(canvas, key);
  return plain(canvas, key, context);
}

function withControl(canvas: Instance, { key, shift }: Key): boolean {
  const { actions, readOnly } = canvas.store.get();
  if (key === "z" && !shift) canvas.undo();
  else if (key === "y" || key === "z") canvas.redo();
  else if (key === "a") selectAll(canvas);
  else if (key === "d" && !readOnly) duplicate(canvas);
  else if (key === "Enter" && actions.includes("run")) canvas.intend({ type: "run" });
  else if (key === "s" && actions.includes("save")) canvas.intend({ type: "save" });
  else return false;
  return true;
}

function plain(canvas: Instance, { key }: Key, { openSearch }: KeyContext): boolean {
  const { readOnly } = canvas.store.get();
  if (key === "Escape") leave(canvas);
  else if (key === "f") canvas.show(null);
  else if (key === ".") canvas.show([...canvas.selection.nodes]);
  else if (readOnly) return false;
  else if (key === "/") openSearch();
  else if (key === "Delete" || key === "Backspace") removeSelection(canvas);
  else if (key === "d") toggleDisabled(canvas);
  else if (key === "t") tidy(canvas);
  else return false;
  return true;
}

function leave(canvas: Instance): void {
  const { wiring, search, popover } = canvas.store.get();
  if (wiring || search || popover) canvas.store.set({ wiring: null, search: null, popover: null });
  else canvas.select(new Set());
}
