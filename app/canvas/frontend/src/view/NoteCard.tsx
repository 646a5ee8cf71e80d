/** A note on the canvas: plain text that can be edited, moved and resized. */

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";

import { changeNote } from "../actions";
import type { NoteNode } from "../flow";
import { useCanvas, useView } from "./context";

const LONGEST = 20_000;

export const NoteCard = memo(function NoteCard({ data: { note }, selected }: NodeProps<NoteNode>) {
  const canvas = useCanvas();
  const readOnly = useView((state) => state.readOnly);
  const [editing, setEditing] = useState(note.text === "" && selected);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus({ preventScroll: true }), [editing]);
  const finish = () => {
    setEditing(false);
    const text = area.current?.value ?? note.text;
    if (text !== note.text) changeNote(canvas, note.id, { text });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") area.current?.blur();
  };
  return (
    <div
      className="rl-note"
      data-testid={`note-${note.id}`}
      data-selected={selected || undefined}
      onDoubleClick={() => !readOnly && setEditing(true)}
    >
      <NodeResizer
        isVisible={selected && !readOnly}
        minWidth={120}
        minHeight={64}
        onResizeEnd={(_, { x, y, width, height }) => changeNote(canvas, note.id, { position: { x, y }, width, height })}
      />
      {editing ? (
        <textarea
          ref={area}
          className="nodrag nowheel nopan"
          aria-label="Text of the note"
          maxLength={LONGEST}
          defaultValue={note.text}
          onBlur={finish}
          onKeyDown={onKeyDown}
        />
      ) : (
        <p>{note.text || "Double-click to write a note."}</p>
      )}
    </div>
  );
});
