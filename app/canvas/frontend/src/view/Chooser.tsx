/** A list to choose from by typing, by the arrows, or by the pointer: the body of every search on the canvas. */

import { Search } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface Choice {
  id: string;
  testid: string;
  group?: string;
  body: ReactNode;
  style?: CSSProperties;
  choose: () => void;
}

interface Props {
  label: string;
  placeholder: string;
  testid: string;
  className: string;
  style?: CSSProperties;
  /** The choices for what was typed. */
  find: (typed: string) => Choice[];
  none: string;
  /** Closes it; `back` wants the focus back on the canvas, which a click elsewhere does not. */
  close: (back: boolean) => void;
}

export function Chooser({ label, placeholder, testid, className, style, find, none, close }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const own = useId();
  const choices = find(typed);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    close(true);
    choice.choose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((old) => Math.min(Math.max(0, old + step), Math.max(0, choices.length - 1)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(choices[at]);
    } else if (event.key === "Escape" || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      close(true);
    }
  };
  return (
    <div
      className={`rl-panel ${className}`}
      role="dialog"
      aria-label={label}
      data-testid={testid}
      style={style}
      onKeyDown={onKeyDown}
    >
      <label className="rl-search">
        <Search size={14} aria-hidden />
        <input
          ref={input}
          role="combobox"
          aria-expanded
          aria-controls={own}
          aria-activedescendant={choices[at] ? `${own}-${at}` : undefined}
          placeholder={placeholder}
          aria-label={placeholder}
          data-testid={`${testid}-search`}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onBlur={(event) => !event.currentTarget.closest(".rl-panel")?.contains(event.relatedTarget) && close(false)}
        />
      </label>
      <div className="rl-kinds" role="listbox" aria-label={label} id={own} ref={list}>
        {choices.map((choice, index) => (
          <Option
            key={choice.id}
            id={`${own}-${index}`}
            choice={choice}
            heading={choice.group !== choices[index - 1]?.group ? choice.group : undefined}
            active={index === at}
            point={() => setAt(index)}
            choose={() => choose(choice)}
          />
        ))}
      </div>
      {choices.length === 0 && <p className="rl-none">{none}</p>}
    </div>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  heading: string | undefined;
  active: boolean;
  point: () => void;
  choose: () => void;
}

function Option({ id, choice, heading, active, point, choose }: OptionProps) {
  return (
    <>
      {heading && (
        <div className="rl-heading" role="presentation">
          {heading}
        </div>
      )}
      <div
        id={id}
        role="option"
        aria-selected={active}
        className="rl-item"
        data-testid={choice.testid}
        style={choice.style}
        onMouseDown={(event) => event.preventDefault()}
        // The list may open below a pointer that rests: only a move means something.
        onPointerMove={(event) => (event.movementX !== 0 || event.movementY !== 0) && point()}
        onClick={choose}
      >
        {choice.body}
      </div>
    </>
  );
}
