/** The title of a card; a double click or F2 lets it be typed anew. */

import { type KeyboardEvent, useEffect, useRef } from "react";

import { rename } from "../actions";
import { useCanvas, useView } from "./context";

const LONGEST = 200;

export function Title({ id, title, hint }: { id: string; title: string; hint: string }) {
  const canvas = useCanvas();
  const typing = useView((state) => state.renaming === id && !state.readOnly);
  if (typing) return <TitleField id={id} title={title} />;
  return (
    <span
      className="rl-title"
      title={hint}
      data-testid={`title-${id}`}
      onDoubleClick={(event) => {
        if (canvas.store.get().readOnly) return;
        event.stopPropagation();
        canvas.store.set({ renaming: id });
      }}
    >
      {title}
    </span>
  );
}

function TitleField({ id, title }: { id: string; title: string }) {
  const canvas = useCanvas();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, []);
  const leave = (text: string | null) => {
    if (canvas.store.get().renaming !== id) return;
    const card = field.current?.closest<HTMLElement>(".react-flow__node");
    canvas.store.set({ renaming: null });
    if (text !== null) rename(canvas, id, text);
    card?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter") leave(field.current?.value ?? null);
    else if (event.key === "Escape") leave(null);
  };
  return (
    <input
      ref={field}
      className="rl-title nodrag nopan"
      aria-label="Title of the node"
      data-testid={`rename-${id}`}
      maxLength={LONGEST}
      defaultValue={title}
      onBlur={(event) => leave(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  );
}
