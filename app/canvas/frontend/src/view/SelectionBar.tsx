/** What can be done with several selected nodes, above them. */

import { NodeToolbar, Position } from "@xyflow/react";
import {
  AlignCenterVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignCenterHorizontal,
  AlignVerticalDistributeCenter,
  Copy,
  FastForward,
  type LucideIcon,
  PackagePlus,
  PowerOff,
  Trash2,
} from "lucide-react";

import { command, type Hands, isOffered } from "../commands";
import { keyText } from "../keys";
import { useCanvas, useView } from "./context";

const ITEMS: readonly (readonly [string, LucideIcon] | null)[] = [
  ["align-left", AlignStartVertical],
  ["align-centre", AlignCenterVertical],
  ["align-top", AlignStartHorizontal],
  ["align-middle", AlignCenterHorizontal],
  ["align-across", AlignHorizontalDistributeCenter],
  ["align-down", AlignVerticalDistributeCenter],
  null,
  ["duplicate", Copy],
  ["disable", PowerOff],
  ["bypass", FastForward],
  ["make-sub", PackagePlus],
  ["delete", Trash2],
];

export function SelectionBar({ hands }: { hands: Hands }) {
  const canvas = useCanvas();
  const chosen = useView((state) =>
    state.nodes
      .filter((node) => node.selected)
      .map((node) => node.id)
      .join("\n"),
  );
  const readOnly = useView((state) => state.readOnly);
  useView((state) => state.actions);
  const ids = chosen === "" ? [] : chosen.split("\n");
  if (readOnly || ids.length < 2) return null;
  return (
    <NodeToolbar
      nodeId={ids}
      isVisible
      position={Position.Top}
      offset={10}
      className="rl-menu"
      role="toolbar"
      aria-label={`${ids.length} selected`}
      data-testid="selection-bar"
    >
      <b className="rl-count">{ids.length}</b>
      {ITEMS.map((item, index) => {
        if (item === null) return <i key={index} />;
        const [id, Icon] = item;
        const found = command(id);
        if (!found || !isOffered(canvas, found)) return null;
        const key = found.keys[0];
        const label = key ? `${found.title} (${keyText(key)})` : found.title;
        return (
          <button
            key={id}
            type="button"
            aria-label={label}
            title={label}
            data-testid={`selection-${id}`}
            onClick={() => found.run(canvas, hands)}
          >
            <Icon size={14} aria-hidden />
          </button>
        );
      })}
    </NodeToolbar>
  );
}
