/** What one open canvas shows, as React reads it. */

import type { FlowEdge, FlowNode } from "./flow";
import type { Heat } from "./heat";
import { type PortRef, type Rules, rulesOf } from "./ports";
import type {
  Action,
  Batch,
  CanvasData,
  Catalogue,
  Compare,
  Crumb,
  Doc,
  PaletteCommand,
  Point,
  Problem,
  RunHistory,
} from "./protocol";

/** An open quick-add search: where the node will land, and the wire that waits for it. */
export interface Search {
  at: Point;
  screen: Point;
  from: PortRef | null;
}

/** An open list of the places where a wire from these ports may go. */
export interface WireList {
  from: PortRef[];
  screen: Point;
}

export interface Toast {
  id: number;
  text: string;
  tone: "info" | "error";
}

export type Popover = "help" | "problems" | "commands" | "picture";

/** What Python decides. */
interface Settings {
  catalogue: Catalogue;
  rules: Rules;
  problems: Problem[];
  actions: Action[];
  readOnly: boolean;
  insetRight: number;
  stale: string[] | null;
  palette: PaletteCommand[];
  breadcrumbs: Crumb[];
  compare: Compare | null;
  history: RunHistory | null;
  batch: Batch | null;
}

export interface ViewState extends Settings {
  doc: Doc;
  nodes: FlowNode[];
  edges: FlowEdge[];
  canUndo: boolean;
  canRedo: boolean;
  search: Search | null;
  wires: WireList | null;
  wiring: PortRef | null;
  /** The node whose title is being typed. */
  renaming: string | null;
  toasts: Toast[];
  paletteOpen: boolean;
  popover: Popover | null;
  heat: Heat;
  /** What the shown run measured, for the heat map; null while it is under way. */
  measured: Batch | null;
  /** Grows with each wish to bring something into view. */
  camera: number;
}

export const CLOSED = { search: null, wires: null, wiring: null, renaming: null, popover: null } as const;

export function firstState(data: CanvasData, doc: Doc): ViewState {
  const ui = { ...CLOSED, toasts: [], paletteOpen: true, heat: "off" as const, measured: null, camera: 0 };
  return { doc, nodes: [], edges: [], canUndo: false, canRedo: false, ...settings(data), ...ui };
}

/** Reads the settings; parts that say the same as before keep their identity, so that nothing is drawn again. */
export function settings(data: CanvasData, before: Settings | null = null): Settings {
  const { stale, palette, breadcrumbs, compare, history, batch } = data;
  const same = <T>(next: T, old: T | undefined): T =>
    old !== undefined && JSON.stringify(next) === JSON.stringify(old) ? old : next;
  const catalogue = before?.catalogue.version === data.catalogue.version ? before.catalogue : data.catalogue;
  const faces = same(data.faces, before?.rules.faces as CanvasData["faces"] | undefined);
  const known = before !== null && catalogue === before.catalogue && faces === before.rules.faces;
  return {
    catalogue,
    rules: known ? before.rules : rulesOf(catalogue, faces),
    problems: same(data.problems, before?.problems),
    actions: same(data.actions, before?.actions),
    readOnly: data.read_only,
    insetRight: data.inset_right,
    stale: same(stale, before?.stale),
    palette: same(palette, before?.palette),
    breadcrumbs: same(breadcrumbs, before?.breadcrumbs),
    compare: same(compare, before?.compare),
    history: same(history, before?.history),
    batch: same(batch, before?.batch),
  };
}
