/** What can be done with the one selected node, above its card. */

import { NodeToolbar, Position } from "@xyflow/react";
import {
  ArrowRightFromLine,
  ArrowRightToLine,
  Copy,
  FastForward,
  type LucideIcon,
  PackagePlus,
  PanelTopOpen,
  Pin,
  PinOff,
  Play,
  Power,
  PowerOff,
  Trash2,
} from "lucide-react";

import { duplicate, open, removeSelection, toggleBypassed, toggleDisabled } from "../actions";
import { canPin, flipPin } from "../commands";
import type { CardData } from "../flow";
import { useCanvas, useNodeRun, useView } from "./context";

export function CardMenu({ id, data }: { id: string; data: CardData }) {
  const canvas = useCanvas();
  const readOnly = useView((state) => state.readOnly);
  const actions = useView((state) => state.actions);
  useNodeRun(id);
  const { node, inner } = data;
  const pinned = node.pinned !== null;
  const inside = inner !== "" && actions.includes("step_into");
  const runs = actions.includes("run_to") || actions.includes("run_from");
  if (readOnly && !inside) return null;
  return (
    <NodeToolbar
      position={Position.Top}
      offset={8}
      className="rl-menu"
      nodeId={id}
      role="toolbar"
      aria-label={`Node ${node.title || id}`}
    >
      {inside && (
        <Item id={id} name="open" label="Open the pipeline inside" icon={PanelTopOpen} act={() => open(canvas, id)} />
      )}
      {!readOnly && (
        <>
          {actions.includes("run_to") && (
            <Item
              id={id}
              name="run-to"
              label="Run to here (Shift+R)"
              icon={ArrowRightToLine}
              act={() => canvas.intend({ type: "run_to", node: id })}
            />
          )}
          {actions.includes("run_from") && (
            <Item
              id={id}
              name="run-from"
              label="Run from here (Shift+F)"
              icon={ArrowRightFromLine}
              act={() => canvas.intend({ type: "run_from", node: id })}
            />
          )}
          {(pinned || canPin(canvas, id)) && (
            <Item
              id={id}
              name="pin"
              label={pinned ? "Unpin: let it run again (Shift+P)" : "Pin these outputs (Shift+P)"}
              icon={pinned ? PinOff : Pin}
              act={() => flipPin(canvas, id)}
            />
          )}
          {runs && <i />}
          <Item id={id} name="duplicate" label="Duplicate (Ctrl+D)" icon={Copy} act={() => duplicate(canvas)} />
          <Item
            id={id}
            name="disable"
            label={node.disabled ? "Enable (D)" : "Disable (D)"}
            icon={node.disabled ? Power : PowerOff}
            act={() => toggleDisabled(canvas)}
          />
          <Item
            id={id}
            name="bypass"
            label={node.bypassed ? "Stop bypassing (B)" : "Bypass: pass on what comes in (B)"}
            icon={node.bypassed ? Play : FastForward}
            act={() => toggleBypassed(canvas)}
          />
          {actions.includes("make_sub") && (
            <Item
              id={id}
              name="make-sub"
              label="Make a sub-pipeline (Ctrl+G)"
              icon={PackagePlus}
              act={() => canvas.intend({ type: "make_sub", nodes: [id] })}
            />
          )}
          <Item id={id} name="delete" label="Delete (Del)" icon={Trash2} act={() => removeSelection(canvas)} />
        </>
      )}
    </NodeToolbar>
  );
}

interface ItemProps {
  id: string;
  name: string;
  label: string;
  icon: LucideIcon;
  act: () => void;
}

function Item({ id, name, label, icon: Icon, act }: ItemProps) {
  return (
    <button type="button" aria-label={label} title={label} data-testid={`menu-${name}-${id}`} onClick={act}>
      <Icon size={14} aria-hidden />
    </button>
  );
}
