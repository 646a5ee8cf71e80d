/** Copies part of a document as JSON text and reads such text back; the text may come from anywhere. */

import { freeId, nodeIds } from "./graph";
import type { Graph, GraphEdge, GraphNode, GraphNote, Point } from "./protocol";

const MARK = "selection";
const MAX_CHARS = 2_000_000;

interface Clip {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Edges that came into the choice from outside. */
  inbound: GraphEdge[];
  notes: GraphNote[];
}

/** The chosen nodes and notes with the edges inside the choice, and apart from them those that lead into it. */
export function copyText(graph: Graph, nodes: ReadonlySet<string>, notes: ReadonlySet<string>): string {
  return JSON.stringify({
    routeloom: MARK,
    nodes: graph.nodes.filter((node) => nodes.has(node.id)),
    edges: graph.edges.filter((edge) => nodes.has(edge.source) && nodes.has(edge.target)),
    inbound: graph.edges.filter((edge) => !nodes.has(edge.source) && nodes.has(edge.target)),
    notes: graph.notes.filter((note) => notes.has(note.id)),
  });
}

/** Reads copied text, or a whole pipeline document; null for any other text. */
export function readText(text: string): Clip | null {
  if (text.length > MAX_CHARS || !text.trimStart().startsWith("{")) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || (value["routeloom"] !== MARK && typeof value["schema_version"] !== "number")) return null;
  const nodes = list(value["nodes"])
    .map(readNode)
    .filter((node) => node !== null);
  const [edges = [], inbound = []] = ["edges", "inbound"].map((name) =>
    list(value[name])
      .map(readEdge)
      .filter((edge) => edge !== null),
  );
  const notes = list(value["notes"])
    .map(readNote)
    .filter((note) => note !== null);
  return nodes.length + notes.length > 0 ? { nodes, edges, inbound, notes } : null;
}

export interface Pasted {
  graph: Graph;
  nodes: Set<string>;
  notes: Set<string>;
  /** The edges from outside, moved to the copies; whether they are allowed is for the caller to find out. */
  inbound: GraphEdge[];
}

/** Puts a copy on the canvas under new ids; its top left corner lands on `at`. */
export function paste(graph: Graph, clip: Clip, at: Point): Pasted {
  const corner = topLeft([...clip.nodes.map((node) => node.position), ...clip.notes.map((note) => note.position)]);
  const move = (from: Point): Point => ({ x: at.x + from.x - corner.x, y: at.y + from.y - corner.y });
  const ids = renamed(
    clip.nodes.map((node) => [node.id, node.kind]),
    nodeIds(graph),
  );
  const noteIds = renamed(
    clip.notes.map((note) => [note.id, "note"]),
    new Set(graph.notes.map((note) => note.id)),
  );
  const nodes = clip.nodes.map((node) => {
    return { ...node, id: ids.get(node.id) ?? node.id, position: node.position && move(node.position) };
  });
  const notes = clip.notes.map((note) => ({
    ...note,
    id: noteIds.get(note.id) ?? note.id,
    position: move(note.position),
  }));
  const edges = clip.edges.flatMap((edge) => {
    const source = ids.get(edge.source);
    const target = ids.get(edge.target);
    return source && target ? [{ ...edge, source, target }] : [];
  });
  return {
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...nodes],
      edges: [...graph.edges, ...edges],
      notes: [...graph.notes, ...notes],
    },
    nodes: new Set(ids.values()),
    notes: new Set(noteIds.values()),
    inbound: clip.inbound.flatMap((edge) => {
      const target = ids.get(edge.target);
      return target ? [{ ...edge, target }] : [];
    }),
  };
}

/** Where a copy of this text would lie if pasted beside its original. */
export function beside(clip: Clip): Point {
  const corner = topLeft([...clip.nodes.map((node) => node.position), ...clip.notes.map((note) => note.position)]);
  return { x: corner.x + 40, y: corner.y + 40 };
}

function renamed(ids: readonly (readonly [string, string])[], taken: ReadonlySet<string>): Map<string, string> {
  const all = new Set(taken);
  const names = new Map<string, string>();
  for (const [old, stem] of ids) {
    const fresh = freeId(stem, all);
    all.add(fresh);
    names.set(old, fresh);
  }
  return names;
}

function topLeft(points: readonly (Point | null)[]): Point {
  const placed = points.filter((point) => point !== null);
  if (placed.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...placed.map((p) => p.x)), y: Math.min(...placed.map((p) => p.y)) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The limits of the document that Python holds every message to. */
const FARTHEST = 1e6;
const LONGEST = { title: 200, note: 20_000 };
const SMALLEST = 40;
const LARGEST = 5000;
const KIND = /^[A-Za-z0-9][A-Za-z0-9_-]{0,57}$/;
const PORT = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const JOINS = ["all_taken", "any", "first", "k_of_n"] as const;

function readPoint(value: unknown): Point | null {
  if (!isRecord(value)) return null;
  const { x, y } = value;
  const near = (each: unknown): each is number => typeof each === "number" && Math.abs(each) <= FARTHEST;
  return near(x) && near(y) ? { x, y } : null;
}

function readNode(value: unknown): GraphNode | null {
  if (!isRecord(value) || typeof value["id"] !== "string" || typeof value["kind"] !== "string") return null;
  if (!KIND.test(value["kind"])) return null;
  const title = typeof value["title"] === "string" ? value["title"] : value["kind"];
  return {
    id: value["id"],
    kind: value["kind"],
    version: Number.isInteger(value["version"]) ? Math.max(1, Number(value["version"])) : 1,
    title: title.slice(0, LONGEST.title),
    config: isRecord(value["config"]) ? value["config"] : {},
    position: readPoint(value["position"]),
    disabled: value["disabled"] === true,
    bypassed: value["bypassed"] === true && value["disabled"] !== true,
    pinned: isRecord(value["pinned"]) ? value["pinned"] : null,
    join: readJoin(value["join"]),
    on_error: value["on_error"] === "silent" ? "silent" : "fail",
  };
}

function readJoin(value: unknown): GraphNode["join"] {
  const rule = isRecord(value) ? JOINS.find((each) => each === value["rule"]) : undefined;
  if (!isRecord(value) || !rule) return null;
  return { rule, k: rule === "k_of_n" && Number.isInteger(value["k"]) ? Number(value["k"]) : null };
}

function readEdge(value: unknown): GraphEdge | null {
  if (!isRecord(value)) return null;
  const { source, source_port, target, target_port } = value;
  if (typeof source !== "string" || typeof target !== "string") return null;
  if (typeof source_port !== "string" || typeof target_port !== "string") return null;
  return PORT.test(source_port) && PORT.test(target_port) ? { source, source_port, target, target_port } : null;
}

function readNote(value: unknown): GraphNote | null {
  if (!isRecord(value) || typeof value["id"] !== "string" || typeof value["text"] !== "string") return null;
  const position = readPoint(value["position"]);
  if (!position) return null;
  const size = (key: string, fallback: number) => {
    const length = value[key];
    return typeof length === "number" ? Math.min(LARGEST, Math.max(SMALLEST, length)) : fallback;
  };
  const text = value["text"].slice(0, LONGEST.note);
  return { id: value["id"], text, position, width: size("width", 240), height: size("height", 120) };
}
