/** Everything that can be done on the canvas, once: the keyboard, the command palette and the help read this list. */

import * as act from "./actions";
import * as choice from "./choice";
import { nextHeat } from "./heat";
import type { Instance } from "./instance";
import type { Action } from "./protocol";
import type { Popover } from "./state";

export type PictureForm = "svg" | "png" | "copy";

/** What a command needs from where it is given. */
export interface Hands {
  openSearch: () => void;
  /** Opens the list of places where a wire from the focused port or node may go. */
  wire: () => void;
  /** Puts the focus on the next wire of the focused or selected node. */
  nextWire: () => void;
  picture: (form: PictureForm) => void;
  zoom: (direction: 1 | -1) => void;
}

export interface Command {
  id: string;
  title: string;
  group: "Edit" | "Select" | "Arrange" | "View" | "Run" | "Picture";
  keys: readonly string[];
  /** Whether it makes sense now; always, if absent. */
  when?: (canvas: Instance) => boolean;
  run: (canvas: Instance, hands: Hands) => void;
}

const view = (canvas: Instance) => canvas.store.get();
const hot = (canvas: Instance) => view(canvas).batch ?? view(canvas).measured;
const writable = (canvas: Instance) => !view(canvas).readOnly;
const chosen = (canvas: Instance, least = 1) => canvas.selection.nodes.size >= least;
const changing = (least: number) => (canvas: Instance) => writable(canvas) && chosen(canvas, least);
const something = (canvas: Instance) => {
  const { nodes, notes, edges } = canvas.selection;
  return writable(canvas) && nodes.size + notes.size + edges.size > 0;
};
const several = (canvas: Instance) => {
  const { nodes, notes } = canvas.selection;
  return writable(canvas) && nodes.size + notes.size > 1;
};
const only = (canvas: Instance) => {
  const [id, ...more] = canvas.selection.nodes;
  return id !== undefined && more.length === 0 ? id : null;
};
const offers = (action: Action) => (canvas: Instance) => view(canvas).actions.includes(action);
const offersForOne = (action: Action) => (canvas: Instance) => offers(action)(canvas) && only(canvas) !== null;
const flip = (popover: Popover) => (canvas: Instance) =>
  canvas.store.set({ popover: view(canvas).popover === popover ? null : popover });

export function canStop(canvas: Instance): boolean {
  const { actions } = view(canvas);
  return canvas.runs.isRunning && (actions.includes("run") || actions.includes("run_to"));
}

export function canPin(canvas: Instance, id: string): boolean {
  return offers("pin")(canvas) && writable(canvas) && canvas.runs.node(id)?.status === "done";
}

const EDIT: Command[] = [
  { id: "add", title: "Add a node", group: "Edit", keys: ["/"], when: writable, run: (_, hands) => hands.openSearch() },
  { id: "undo", title: "Undo", group: "Edit", keys: ["ctrl+z"], when: (c) => view(c).canUndo, run: (c) => c.undo() },
  {
    id: "redo",
    title: "Redo",
    group: "Edit",
    keys: ["ctrl+shift+z", "ctrl+y"],
    when: (c) => view(c).canRedo,
    run: (c) => c.redo(),
  },
  { id: "duplicate", title: "Duplicate", group: "Edit", keys: ["ctrl+d"], when: something, run: act.duplicate },
  {
    id: "delete",
    title: "Delete",
    group: "Edit",
    keys: ["Delete", "Backspace"],
    when: something,
    run: act.removeSelection,
  },
  {
    id: "delete-join",
    title: "Delete and join the wires",
    group: "Edit",
    keys: ["ctrl+Backspace", "ctrl+Delete"],
    when: something,
    run: act.removeAndJoin,
  },
  {
    id: "rename",
    title: "Rename",
    group: "Edit",
    keys: ["F2"],
    when: (c) => writable(c) && only(c) !== null,
    run: (c) => c.store.set({ renaming: only(c) }),
  },
  { id: "disable", title: "Disable or enable", group: "Edit", keys: ["d"], when: changing(1), run: act.toggleDisabled },
  {
    id: "bypass",
    title: "Bypass or stop bypassing",
    group: "Edit",
    keys: ["b"],
    when: changing(1),
    run: act.toggleBypassed,
  },
  {
    id: "wire",
    title: "Wire from the focused node or port",
    group: "Edit",
    keys: ["w"],
    when: writable,
    run: (_, h) => h.wire(),
  },
  {
    id: "make-sub",
    title: "Make a sub-pipeline",
    group: "Edit",
    keys: ["ctrl+g"],
    when: (c) => changing(1)(c) && offers("make_sub")(c),
    run: (c) => c.intend({ type: "make_sub", nodes: [...c.selection.nodes] }),
  },
];

const SELECT: Command[] = [
  { id: "all", title: "Select all", group: "Select", keys: ["ctrl+a"], run: choice.selectAll },
  {
    id: "upstream",
    title: "Select upstream too",
    group: "Select",
    keys: ["shift+u"],
    when: chosen,
    run: (c) => choice.selectReached(c, "up"),
  },
  {
    id: "downstream",
    title: "Select downstream too",
    group: "Select",
    keys: ["shift+d"],
    when: chosen,
    run: (c) => choice.selectReached(c, "down"),
  },
  {
    id: "next-wire",
    title: "Go to the next wire of the node",
    group: "Select",
    keys: ["e"],
    run: (_, h) => h.nextWire(),
  },
];

const ALIGNMENTS = [
  ["left", "Align left"],
  ["centre", "Align centres"],
  ["top", "Align tops"],
  ["middle", "Align middles"],
  ["across", "Distribute across"],
  ["down", "Distribute down"],
] as const;

const ARRANGE: Command[] = [
  { id: "tidy", title: "Tidy up", group: "Arrange", keys: ["t"], when: writable, run: act.tidy },
  ...ALIGNMENTS.map(([how, title]): Command => ({
    id: `align-${how}`,
    title,
    group: "Arrange",
    keys: [],
    when: several,
    run: (canvas) => choice.align(canvas, how),
  })),
];

const VIEW: Command[] = [
  { id: "fit", title: "Show everything", group: "View", keys: ["f", "shift+1"], run: (c) => c.show(null) },
  {
    id: "fit-selection",
    title: "Show the selection",
    group: "View",
    keys: [".", "shift+2"],
    run: (c) => c.show([...c.selection.nodes]),
  },
  { id: "zoom-in", title: "Zoom in", group: "View", keys: ["+", "="], run: (_, hands) => hands.zoom(1) },
  { id: "zoom-out", title: "Zoom out", group: "View", keys: ["-"], run: (_, hands) => hands.zoom(-1) },
  { id: "commands", title: "Commands and search", group: "View", keys: ["ctrl+k"], run: flip("commands") },
  { id: "problems", title: "Problems", group: "View", keys: ["p"], run: flip("problems") },
  { id: "help", title: "Keyboard", group: "View", keys: ["?"], run: flip("help") },
  {
    id: "heat",
    title: "Next heat map",
    group: "View",
    keys: ["h"],
    when: (c) => hot(c) !== null,
    run: (c) => {
      const batch = hot(c);
      if (batch) c.store.set({ heat: nextHeat(batch, view(c).heat) });
    },
  },
  {
    id: "step-out",
    title: "Back to the outer pipeline",
    group: "View",
    keys: ["o"],
    when: (c) => view(c).breadcrumbs.length > 1,
    run: (c) => c.intend({ type: "step_out", id: view(c).breadcrumbs.at(-2)?.id ?? "" }),
  },
  {
    id: "compare-close",
    title: "Close the comparison",
    group: "View",
    keys: [],
    when: (c) => view(c).compare !== null,
    run: (c) => c.intend({ type: "compare_close" }),
  },
];

const RUN: Command[] = [
  {
    id: "run",
    title: "Run",
    group: "Run",
    keys: ["ctrl+Enter"],
    when: offers("run"),
    run: (c) => c.intend({ type: "run" }),
  },
  {
    id: "run-to",
    title: "Run to this node",
    group: "Run",
    keys: ["shift+r"],
    when: offersForOne("run_to"),
    run: (c) => c.intend({ type: "run_to", node: only(c) ?? "" }),
  },
  {
    id: "run-from",
    title: "Run from this node",
    group: "Run",
    keys: ["shift+f"],
    when: offersForOne("run_from"),
    run: (c) => c.intend({ type: "run_from", node: only(c) ?? "" }),
  },
  {
    id: "stop",
    title: "Stop the run",
    group: "Run",
    keys: ["ctrl+."],
    when: canStop,
    run: (c) => c.intend({ type: "stop" }),
  },
  {
    id: "pin",
    title: "Pin or unpin the outputs",
    group: "Run",
    keys: ["shift+p"],
    when: (c) => only(c) !== null && (canPin(c, only(c) ?? "") || isPinned(c, only(c) ?? "")),
    run: (c) => flipPin(c, only(c) ?? ""),
  },
  {
    id: "save",
    title: "Save",
    group: "Run",
    keys: ["ctrl+s"],
    when: offers("save"),
    run: (c) => c.intend({ type: "save" }),
  },
  ...([-1, 1] as const).map((step): Command => ({
    id: step < 0 ? "older-run" : "newer-run",
    title: step < 0 ? "Show the run before" : "Show the run after",
    group: "Run",
    keys: [step < 0 ? "[" : "]"],
    when: (c) => canStep(c, step),
    run: (c) => c.intend({ type: "history", step }),
  })),
];

const PICTURE: Command[] = [
  {
    id: "picture-copy",
    title: "Copy as a picture",
    group: "Picture",
    keys: [],
    run: (_, hands) => hands.picture("copy"),
  },
  { id: "picture-svg", title: "Download as SVG", group: "Picture", keys: [], run: (_, hands) => hands.picture("svg") },
  { id: "picture-png", title: "Download as PNG", group: "Picture", keys: [], run: (_, hands) => hands.picture("png") },
];

export const COMMANDS: readonly Command[] = [...EDIT, ...SELECT, ...ARRANGE, ...VIEW, ...RUN, ...PICTURE];

export function canStep(canvas: Instance, step: -1 | 1): boolean {
  const { history } = view(canvas);
  return history !== null && history.position + step >= 1 && history.position + step <= history.count;
}

export function isPinned(canvas: Instance, id: string): boolean {
  return canvas.graph.nodes.some((node) => node.id === id && node.pinned !== null);
}

export function flipPin(canvas: Instance, id: string): void {
  if (isPinned(canvas, id)) act.unpin(canvas, id);
  else canvas.intend({ type: "pin", node: id });
}

export function command(id: string): Command | undefined {
  return COMMANDS.find((each) => each.id === id);
}

export function isOffered(canvas: Instance, { when }: Command): boolean {
  return when?.(canvas) ?? true;
}
