/** The buttons of the canvas: history, notes, tidy-up, problems, help, and the page's own run and save. */

import { useReactFlow } from "@xyflow/react";
import {
  Command as CommandIcon,
  Image,
  Keyboard,
  LayoutDashboard,
  type LucideIcon,
  Maximize,
  Minus,
  Play,
  Plus,
  Redo2,
  Save,
  Square,
  StickyNote,
  Undo2,
} from "lucide-react";

import { addNote, tidy } from "../actions";
import { canStop, command, type Hands } from "../commands";
import { costText, latencyText } from "../format";
import type { Point } from "../protocol";
import { useCanvas, useTotals, useView } from "./context";
import { Problems } from "./Problems";
import { RUN_LOOK } from "./status";

interface ToolProps {
  name: string;
  label: string;
  icon: LucideIcon;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
}

export function Tool({ name, label, icon: Icon, onClick, disabled = false, pressed }: ToolProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      data-testid={`tool-${name}`}
      onClick={onClick}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}

export function Toolbar({ centre, hands }: { centre: () => Point; hands: Hands }) {
  const canvas = useCanvas();
  const canUndo = useView((state) => state.canUndo);
  const canRedo = useView((state) => state.canRedo);
  const readOnly = useView((state) => state.readOnly);
  const popover = useView((state) => state.popover);
  const flip = (name: "help" | "commands" | "picture") => () =>
    canvas.store.set({ popover: popover === name ? null : name });
  return (
    <div className="rl-top" role="toolbar" aria-label="Canvas">
      <Totals />
      <div className="rl-panel rl-tools">
        {!readOnly && (
          <>
            <Tool name="undo" label="Undo (Ctrl+Z)" icon={Undo2} disabled={!canUndo} onClick={() => canvas.undo()} />
            <Tool
              name="redo"
              label="Redo (Ctrl+Shift+Z)"
              icon={Redo2}
              disabled={!canRedo}
              onClick={() => canvas.redo()}
            />
            <i />
            <Tool name="note" label="Add a note" icon={StickyNote} onClick={() => addNote(canvas, centre())} />
            <Tool name="tidy" label="Tidy up (T)" icon={LayoutDashboard} onClick={() => tidy(canvas)} />
          </>
        )}
        <Problems />
        <Tool
          name="picture"
          label="Picture of the pipeline"
          icon={Image}
          pressed={popover === "picture"}
          onClick={flip("picture")}
        />
        <Tool
          name="commands"
          label="Commands and search (Ctrl+K)"
          icon={CommandIcon}
          pressed={popover === "commands"}
          onClick={flip("commands")}
        />
        <Tool name="help" label="Keyboard (?)" icon={Keyboard} pressed={popover === "help"} onClick={flip("help")} />
      </div>
      <PageActions />
      {popover === "picture" && <Pictures hands={hands} />}
    </div>
  );
}

function Pictures({ hands }: { hands: Hands }) {
  const canvas = useCanvas();
  return (
    <div className="rl-panel rl-popover rl-pictures" role="group" aria-label="Picture" data-testid="pictures">
      {["picture-copy", "picture-svg", "picture-png"].map((id) => (
        <button
          key={id}
          type="button"
          data-testid={id}
          onClick={() => {
            canvas.store.set({ popover: null });
            command(id)?.run(canvas, hands);
          }}
        >
          {command(id)?.title}
        </button>
      ))}
    </div>
  );
}

function Totals() {
  const totals = useTotals();
  if (!totals) return null;
  const look = RUN_LOOK[totals.status];
  const Icon = look.icon;
  return (
    <div
      className="rl-panel rl-totals"
      role="group"
      aria-label="Shown run"
      data-status={totals.status}
      data-testid="run-totals"
      title={look.help}
    >
      <Icon size={14} aria-hidden className={totals.status === "running" ? "rl-spin" : undefined} />
      <b>{look.word}</b>
      <span title={totals.notional ? "≈$ is a notional price: nobody is charged." : undefined}>
        {latencyText(totals.latency_s)} · {costText(totals.cost_usd, totals.notional)}
      </span>
    </div>
  );
}

function PageActions() {
  const canvas = useCanvas();
  const actions = useView((state) => state.actions);
  const running = useTotals()?.status === "running" && canStop(canvas);
  const empty = useView((state) => state.doc.graph.nodes.length === 0);
  const run = actions.includes("run");
  if (!actions.includes("save") && !run && !running) return null;
  return (
    <div className="rl-panel rl-tools">
      {actions.includes("save") && (
        <Tool name="save" label="Save (Ctrl+S)" icon={Save} onClick={() => canvas.intend({ type: "save" })} />
      )}
      {(run || running) && (
        <button
          type="button"
          className="rl-primary"
          data-testid={running ? "tool-stop" : "tool-run"}
          title={running ? "Stop this run (Ctrl+.)" : "Run (Ctrl+Enter)"}
          disabled={empty && !running}
          onClick={() => canvas.intend({ type: running ? "stop" : "run" })}
        >
          {running ? <Square size={14} aria-hidden /> : <Play size={14} aria-hidden />} {running ? "Stop" : "Run"}
        </button>
      )}
    </div>
  );
}

export function Zoom() {
  const canvas = useCanvas();
  const flow = useReactFlow();
  return (
    <div className="rl-panel rl-tools rl-zoom" role="toolbar" aria-label="Zoom">
      <Tool name="zoom-out" label="Zoom out" icon={Minus} onClick={() => void flow.zoomOut()} />
      <Tool name="zoom-in" label="Zoom in" icon={Plus} onClick={() => void flow.zoomIn()} />
      <Tool name="fit" label="Show everything (F)" icon={Maximize} onClick={() => canvas.show(null)} />
    </div>
  );
}
