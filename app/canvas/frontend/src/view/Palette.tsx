/** The palette: every kind by group, to search, drag onto the canvas, or click. */

import { ChevronDown, PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { type DragEvent, useState } from "react";

import type { Kind } from "../protocol";
import { foundKinds } from "../search";
import { groupColour, variables } from "./colour";
import { useCanvas, useView } from "./context";
import { KindIcon } from "./icons";

export const KIND_MIME = "application/x-routeloom-kind";

export function Palette({ add }: { add: (kind: Kind) => void }) {
  const canvas = useCanvas();
  const open = useView((state) => state.paletteOpen);
  const toggle = () => canvas.store.set({ paletteOpen: !open });
  if (!open) {
    return (
      <button
        type="button"
        className="rl-panel rl-palette-open"
        aria-label="Show the palette"
        title="Show the palette"
        data-testid="palette-toggle"
        onClick={toggle}
      >
        <PanelLeftOpen size={16} aria-hidden />
      </button>
    );
  }
  return (
    <aside className="rl-panel rl-palette" aria-label="Palette" data-testid="palette">
      <header>
        <b>Nodes</b>
        <button
          type="button"
          aria-label="Hide the palette"
          title="Hide the palette"
          data-testid="palette-toggle"
          onClick={toggle}
        >
          <PanelLeftClose size={16} aria-hidden />
        </button>
      </header>
      <Kinds add={add} />
    </aside>
  );
}

function Kinds({ add }: { add: (kind: Kind) => void }) {
  const catalogue = useView((state) => state.catalogue);
  const [text, setText] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const found = foundKinds(catalogue, text);
  const flip = (name: string) =>
    setClosed((old) => new Set(old.has(name) ? [...old].filter((each) => each !== name) : [...old, name]));
  const named = new Set(catalogue.groups.map((group) => group.name));
  const groups = [...catalogue.groups, { name: "", title: "Other" }];
  return (
    <>
      <label className="rl-search">
        <Search size={14} aria-hidden />
        <input
          type="search"
          placeholder="Search nodes"
          aria-label="Search nodes"
          data-testid="palette-search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className="rl-kinds">
        {groups.map((group) => {
          const kinds = found.filter((kind) => (named.has(kind.group) ? kind.group : "") === group.name);
          if (kinds.length === 0) return null;
          const shown = text !== "" || !closed.has(group.name);
          return (
            <section key={group.name}>
              <button
                type="button"
                className="rl-group"
                aria-expanded={shown}
                data-testid={`group-${group.name}`}
                onClick={() => flip(group.name)}
              >
                <ChevronDown size={13} aria-hidden /> {group.title}
              </button>
              {shown && kinds.map((kind) => <Item key={kind.kind} kind={kind} add={add} />)}
            </section>
          );
        })}
        {found.length === 0 && <p className="rl-none">No node matches “{text}”.</p>}
      </div>
    </>
  );
}

function Item({ kind, add }: { kind: Kind; add: (kind: Kind) => void }) {
  const catalogue = useView((state) => state.catalogue);
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData(KIND_MIME, kind.kind);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <button
      type="button"
      className="rl-item"
      draggable
      title={kind.help}
      data-testid={`palette-${kind.kind}`}
      style={variables({ "--accent": groupColour(catalogue, kind.group) })}
      onDragStart={onDragStart}
      onClick={() => add(kind)}
    >
      <span className="rl-tile">
        <KindIcon name={kind.icon} size={14} />
      </span>
      {kind.title}
    </button>
  );
}
