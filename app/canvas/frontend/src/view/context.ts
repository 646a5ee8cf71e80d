/** How components reach the instance that they draw. */

import { createContext, useContext, useSyncExternalStore } from "react";

import type { Instance } from "../instance";
import type { EdgeStatus, NodeRun } from "../protocol";
import type { RunTotals } from "../runs";
import type { ViewState } from "../state";

export const CanvasContext = createContext<Instance | null>(null);

export function useCanvas(): Instance {
  const canvas = useContext(CanvasContext);
  if (!canvas) throw new Error("This component is drawn outside a canvas.");
  return canvas;
}

/** Watches one part of the view; `select` must return the same object while nothing changed. */
export function useView<T>(select: (state: ViewState) => T): T {
  const { store } = useCanvas();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

export function useNodeRun(id: string): NodeRun | null {
  const { runs } = useCanvas();
  return useSyncExternalStore(
    (listener) => runs.subscribe(`node:${id}`, listener),
    () => runs.node(id),
  );
}

export function useEdgeRun(key: string): EdgeStatus {
  const { runs } = useCanvas();
  return useSyncExternalStore(
    (listener) => runs.subscribe(`edge:${key}`, listener),
    () => runs.edge(key),
  );
}

export function useEdgeValue(key: string): string | null {
  const { runs } = useCanvas();
  return useSyncExternalStore(
    (listener) => runs.subscribe(`value:${key}`, listener),
    () => runs.value(key),
  );
}

export function useTotals(): RunTotals | null {
  const { runs } = useCanvas();
  return useSyncExternalStore(
    (listener) => runs.subscribe("run", listener),
    () => runs.totals,
  );
}
