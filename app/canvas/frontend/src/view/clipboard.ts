/** Copy, cut and paste by the system's clipboard. */

import type { ReactFlowInstance } from "@xyflow/react";
import { type RefObject, useEffect } from "react";

import { copied, pasteText, removeSelection } from "../actions";
import type { FlowEdge, FlowNode } from "../flow";
import type { Instance } from "../instance";
import type { Point } from "../protocol";

/** Whether keys and clipboard belong to a text field rather than to the canvas. */
export function isText(target: EventTarget | null): boolean {
  const kinds = [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement];
  return kinds.some((kind) => target instanceof kind);
}

/** Serves the clipboard while the canvas has the focus; `pointer` says where a paste lands. */
export function useClipboard(
  canvas: Instance,
  root: RefObject<HTMLElement | null>,
  flow: ReactFlowInstance<FlowNode, FlowEdge>,
  pointer: RefObject<Point | null>,
): void {
  useEffect(() => {
    const hasFocus = () => {
      const active = (root.current?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement ?? null;
      return active !== null && !isText(active) && Boolean(root.current?.contains(active));
    };
    const onCopy = (event: ClipboardEvent) => {
      const text = hasFocus() ? copied(canvas) : null;
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut" && !canvas.store.get().readOnly) removeSelection(canvas);
    };
    // A paste does not say which keys asked for it.
    let keepInbound = false;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "v") keepInbound = event.shiftKey;
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!hasFocus() || canvas.store.get().readOnly) return;
      const at = pointer.current && flow.screenToFlowPosition(pointer.current);
      if (pasteText(canvas, event.clipboardData?.getData("text/plain") ?? "", at, keepInbound)) event.preventDefault();
    };
    // The browser sends these events to where the text cursor is, which may be outside the canvas.
    const stop = new AbortController();
    document.addEventListener("keydown", onKey, { capture: true, signal: stop.signal });
    document.addEventListener("copy", onCopy, stop);
    document.addEventListener("cut", onCopy, stop);
    document.addEventListener("paste", onPaste, stop);
    return () => stop.abort();
  }, [canvas, flow, pointer, root]);
}
