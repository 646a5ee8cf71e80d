/** The search that adds a node where it is needed, connected if a wire waits. */

import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { addKind, portRefType } from "../actions";
import type { Search as OpenSearch } from "../instance";
import type { Kind } from "../protocol";
import { fittingKinds, foundKinds } from "../search";
import { groupColour, variables } from "./colour";
import { useCanvas, useView } from "./context";
import { KindIcon } from "./icons";

const SIZE = { width: 280, height: 340 };

export function QuickAdd({ bounds }: { bounds: () => { width: number; height: number } }) {
  const search = useView((state) => state.search);
  return search && <Box key={`${search.screen.x},${search.screen.y}`} search={search} bounds={bounds()} />;
}

function Box({ search, bounds }: { search: OpenSearch; bounds: { width: number; height: number } }) {
  const canvas = useCanvas();
  const { catalogue, rules } = canvas.store.get();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const type = search.from && portRefType(canvas, search.from);
  const all = foundKinds(catalogue, text);
  const kinds = search.from && type ? fittingKinds(rules, all, type, search.from.side) : all;
  const verb = search.from?.side === "out" ? "takes" : "gives";
  const close = () => canvas.store.set({ search: null });
  const choose = (kind: Kind | undefined) => {
    if (!kind) return;
    close();
    addKind(canvas, kind, search.at, search.from);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((old) => Math.min(Math.max(0, old + step), Math.max(0, kinds.length - 1)));
    } else if (event.key === "Enter") choose(kinds[at]);
    else if (event.key === "Escape") close();
  };
  const left = Math.max(8, Math.min(search.screen.x, bounds.width - SIZE.width - 8));
  const top = Math.max(8, Math.min(search.screen.y, bounds.height - SIZE.height - 8));
  return (
    <div
      className="rl-panel rl-quick"
      role="dialog"
      aria-label="Add a node"
      data-testid="quick-add"
      style={{ left, top }}
      onKeyDown={onKeyDown}
    >
      <label className="rl-search">
        <Search size={14} aria-hidden />
        <input
          ref={input}
          placeholder={type ? `Add what ${verb} ${rules.types.get(type)?.title ?? type}` : "Add a node"}
          aria-label="Search nodes to add"
          data-testid="quick-add-search"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onBlur={(event) => !event.currentTarget.closest(".rl-quick")?.contains(event.relatedTarget) && close()}
        />
      </label>
      <div className="rl-kinds" role="listbox" aria-label="Nodes" ref={list}>
        {kinds.map((kind, index) => (
          <Option key={kind.kind} kind={kind} active={index === at} point={() => setAt(index)} choose={choose} />
        ))}
        {kinds.length === 0 && <p className="rl-none">Nothing fits here.</p>}
      </div>
    </div>
  );
}

interface OptionProps {
  kind: Kind;
  active: boolean;
  point: () => void;
  choose: (kind: Kind) => void;
}

function Option({ kind, active, point, choose }: OptionProps) {
  const catalogue = useView((state) => state.catalogue);
  return (
    <button
      type="button"
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className="rl-item"
      data-testid={`quick-${kind.kind}`}
      style={variables({ "--accent": groupColour(catalogue, kind.group) })}
      onPointerDown={(event) => event.preventDefault()}
      // The list may open below a pointer that rests: only a move means something.
      onPointerMove={(event) => (event.movementX !== 0 || event.movementY !== 0) && point()}
      onClick={() => choose(kind)}
    >
      <span className="rl-tile">
        <KindIcon name={kind.icon} size={14} />
      </span>
      <span>
        {kind.title}
        <small>{kind.help}</small>
      </span>
    </button>
  );
}
