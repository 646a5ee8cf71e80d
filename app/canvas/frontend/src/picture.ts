/** Draws the pipeline as an SVG document of its own, from the graph and not from the page. */

import { boxesOf, type CardData, type CardNode, type NoteNode, type WireEdge } from "./flow";
import { costText, latencyText } from "./format";
import { type Box, HEADER, NODE_WIDTH, portOffset, ROW, surrounding } from "./geometry";
import type { GhostEdge, GhostNode } from "./ghosts";
import { wireMiddle, wirePath } from "./lanes";
import type { Ports, Side } from "./ports";
import type { NodeRun, Point } from "./protocol";
import type { RunStore } from "./runs";
import type { ViewState } from "./state";

/** What the page lends: colours as plain values, and texts cut to a width in pixels. */
export interface Pen {
  /** The literal colour of a name from the style sheet, of a group of kinds, or of a port type. */
  ink: (name: "ground" | "card" | "text" | "muted" | "line" | "note" | "ok" | "bad") => string;
  group: (group: string | undefined) => string;
  type: (type: string) => string;
  cut: (text: string, width: number, size: number, bold?: boolean) => string;
  /** The shapes of a kind's icon as SVG elements on a field of 24 by 24. */
  icon: (name: string) => string;
}

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

const MARGIN = 32;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** The whole pipeline with what lies over it: a run, a comparison, estimates; null for an empty canvas. */
export function drawn(state: ViewState, runs: RunStore, pen: Pen): Picture | null {
  const { nodes } = state;
  const boxes = boxesOf(nodes);
  if (boxes.size === 0) return null;
  const bounds = surrounding([...boxes.values()]);
  const [x, y] = [bounds.x - MARGIN, bounds.y - MARGIN];
  const [width, height] = [Math.ceil(bounds.width + 2 * MARGIN), Math.ceil(bounds.height + 2 * MARGIN)];
  const box = (id: string): Box => boxes.get(id) ?? { x: 0, y: 0, width: NODE_WIDTH, height: HEADER };
  const parts = [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${pen.ink("ground")}"/>`,
    ...nodes.flatMap((node) => (node.type === "note" ? [note(node, box(node.id), pen)] : [])),
    ...state.edges.flatMap((edge) => (edge.type === "wire" ? [wire(edge, runs, pen)] : [])),
    ...state.edges.flatMap((edge) => (edge.type === "ghost" ? [ghostWire(edge, boxes, nodes, pen)] : [])),
    ...nodes.flatMap((node) => (node.type === "ghost" ? [ghost(node, box(node.id), pen)] : [])),
    ...nodes.flatMap((node) => (node.type === "card" ? [card(node, box(node.id), runs.node(node.id), pen)] : [])),
  ];
  const size = `width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}"`;
  const title = `<title>${escaped(state.doc.graph.name)}</title>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">${title}${parts.join("")}</svg>`;
  return { svg, width, height };
}

function wire({ id, data }: WireEdge, runs: RunStore, pen: Pen): string {
  if (!data) return "";
  const state = runs.edge(id);
  const quiet = state === "not_taken";
  const look = quiet ? ' stroke-dasharray="5 5" stroke-width="1.4" opacity="0.7"' : "";
  const width = state === "taken" ? 4 : 2;
  const stroke = quiet ? pen.ink("muted") : pen.type(data.type);
  const path = `<path d="${wirePath(data, data.lane)}" fill="none" stroke="${stroke}" stroke-width="${width}"${look}/>`;
  if (!quiet) return path;
  const middle = wireMiddle(data, data.lane);
  return path + text("not taken", middle.x, middle.y + 4, { size: 11, fill: pen.ink("muted"), anchor: "middle" });
}

function card({ data }: CardNode, { x, y, width, height }: Box, run: NodeRun | null, pen: Pen): string {
  const { node, kind, ports, summary, problems, way } = data;
  const accent = pen.group(kind?.group);
  const title = node.title || kind?.title || node.id;
  const below = summary || (kind ? kind.help : `Unknown kind “${node.kind}”`);
  const border = problems.some((problem) => problem.severity === "error") ? pen.ink("bad") : pen.ink("line");
  const faint = node.disabled || data.dead || run?.status === "skipped" ? ' opacity="0.5"' : "";
  const dashes = node.bypassed ? ' stroke-dasharray="4 4"' : "";
  const parts = [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="${pen.ink("card")}" stroke="${border}"${dashes}/>`,
    ...(way ? way.inputs.map((name) => through(name, way.output, ports, { x, y }, pen)) : []),
    `<rect x="${x + 8}" y="${y}" width="${width - 16}" height="3" fill="${accent}"/>`,
    icon(kind?.icon, x + 12, y + 13, accent, pen),
    text(pen.cut(title, width - 52, 13, true), x + 40, y + 29, { size: 13, fill: pen.ink("text"), bold: true }),
    text(pen.cut(below, width - 24, 12), x + 12, y + 57, { size: 12, fill: pen.ink("muted") }),
  ];
  for (const port of ports.inputs) {
    const at = y + portOffset(ports, "in", port.name);
    parts.push(dot(x, at, pen.type(port.type), pen, port.many));
    parts.push(text(pen.cut(port.name, 90, 12), x + 12, at + 4, { size: 12, fill: pen.ink("muted") }));
  }
  for (const port of ports.outputs) {
    const at = y + portOffset(ports, "out", port.name);
    parts.push(dot(x + width, at, pen.type(port.type), pen, false));
    const label = pen.cut(port.name, 90, 12);
    parts.push(text(label, x + width - 12, at + 4, { size: 12, fill: pen.ink("muted"), anchor: "end" }));
  }
  const rows = Math.max(1, ports.inputs.length, ports.outputs.length);
  const foot = footOf(data, run);
  if (foot && height > HEADER + ROW * rows + 14) {
    const fill = run?.status === "failed" ? pen.ink("bad") : run?.status === "done" ? pen.ink("ok") : pen.ink("muted");
    parts.push(text(pen.cut(foot, width - 36, 11), x + (run ? 12 : 18), y + height - 12, { size: 11, fill }));
    // What is only expected is hollow, as on the canvas.
    if (!run && data.estimate)
      parts.push(
        `<rect x="${x + 12}" y="${y + height - 25}" width="${width - 24}" height="18" rx="6" fill="none" stroke="${pen.ink("muted")}" stroke-dasharray="3 3"/>`,
      );
  }
  return `<g${faint}>${parts.join("")}</g>`;
}

function icon(name: string | undefined, x: number, y: number, stroke: string, pen: Pen): string {
  const look = `fill="none" stroke="${stroke}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g transform="translate(${x} ${y}) scale(0.875)" ${look}>${pen.icon(name ?? "circle-help")}</g>`;
}

/** A card that only the compared version holds. */
function ghost({ data: { node, kind } }: GhostNode, { x, y, width, height }: Box, pen: Pen): string {
  const look = `fill="none" stroke="${pen.ink("bad")}" stroke-dasharray="6 5"`;
  const title = node.title || kind?.title || node.id;
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" ${look}/>`,
    icon(kind?.icon, x + 12, y + 13, pen.ink("muted"), pen),
    text(pen.cut(title, width - 52, 13, true), x + 40, y + 29, { size: 13, fill: pen.ink("muted"), bold: true }),
    text("removed", x + 12, y + 57, { size: 12, fill: pen.ink("bad") }),
  ].join("");
}

function ghostWire(
  { source, target, sourceHandle, targetHandle }: GhostEdge,
  boxes: ReadonlyMap<string, Box>,
  nodes: ViewState["nodes"],
  pen: Pen,
): string {
  const end = (id: string, side: Side, port: string | null | undefined) => {
    const box = boxes.get(id);
    const node = nodes.find((each) => each.id === id);
    if (!box || !node || node.type === "note") return null;
    return { x: side === "out" ? box.x + box.width : box.x, y: box.y + portOffset(node.data.ports, side, port ?? "") };
  };
  const [from, to] = [end(source, "out", sourceHandle), end(target, "in", targetHandle)];
  if (!from || !to) return "";
  const look = `fill="none" stroke="${pen.ink("bad")}" stroke-dasharray="6 5" stroke-width="1.5"`;
  return `<path d="${wirePath({ from, to }, null)}" ${look}/>`;
}

function footOf({ node, dead, estimate }: CardData, run: NodeRun | null): string | null {
  if (!run && (node.disabled || dead)) return node.disabled ? "disabled" : "never runs";
  if (!run && node.bypassed) return "bypassed";
  const shown = run ?? (estimate ? { ...estimate, status: "estimated", cached: false, notional: false } : null);
  if (!shown) return null;
  return [
    shown.status,
    shown.cached ? "cached" : null,
    shown.latency_s === null ? null : latencyText(shown.latency_s),
    shown.cost_usd === null ? null : costText(shown.cost_usd, shown.notional),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** Where the name of a port ends, about. */
const beside = (name: string): number => 18 + Math.min(90, 6.5 * name.length);

/** The line of a bypassed card from an input to the output that fires. */
function through(input: string, output: string, ports: Ports, { x, y }: Point, pen: Pen): string {
  const [from, to] = [y + portOffset(ports, "in", input), y + portOffset(ports, "out", output)];
  const [left, right] = [x + beside(input), x + NODE_WIDTH - beside(output)];
  const middle = (left + right) / 2;
  const type = ports.outputs.find((port) => port.name === output)?.type ?? "";
  const path = `M${left} ${from}C${middle} ${from} ${middle} ${to} ${right} ${to}`;
  return `<path d="${path}" fill="none" stroke="${pen.type(type)}" stroke-width="2" stroke-dasharray="5 4"/>`;
}

function dot(x: number, y: number, fill: string, pen: Pen, many: boolean): string {
  const shape = `x="${x - 5}" y="${y - 5}" width="10" height="10" rx="${many ? 2 : 5}"`;
  return `<rect ${shape} fill="${fill}" stroke="${pen.ink("card")}" stroke-width="2"/>`;
}

const LINE = 18;

function note({ data }: NoteNode, { x, y, width, height }: Box, pen: Pen): string {
  const lines = data.note.text.split("\n").slice(0, Math.floor((height - 12) / LINE));
  const rect = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${pen.ink("note")}"/>`;
  const fill = pen.ink("text");
  const all = lines.map((line, at) =>
    text(pen.cut(line, width - 22, 13), x + 11, y + 22 + at * LINE, { size: 13, fill }),
  );
  return rect + all.join("");
}

interface Type {
  size: number;
  fill: string;
  bold?: boolean;
  anchor?: "middle" | "end";
}

function text(value: string, x: number, y: number, { size, fill, bold = false, anchor }: Type): string {
  const weight = bold ? ' font-weight="600"' : "";
  const side = anchor ? ` text-anchor="${anchor}"` : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${weight}${side}>${escaped(value)}</text>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML: its signs escaped, what XML cannot hold left out. */
function escaped(value: string): string {
  return value
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "");
}
