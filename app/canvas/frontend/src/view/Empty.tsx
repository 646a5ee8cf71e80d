/** What an empty canvas says: what to do next. */

import { Plus, Spline } from "lucide-react";

import type { Kind } from "../protocol";
import { useView } from "./context";
import { KindIcon } from "./icons";

export function Empty({ add }: { add: (kind: Kind) => void }) {
  const empty = useView((state) => state.doc.graph.nodes.length + state.doc.graph.notes.length === 0);
  const kinds = useView((state) => state.catalogue.kinds);
  const readOnly = useView((state) => state.readOnly);
  if (!empty) return null;
  const first = kinds.find((kind) => kind.inputs.length === 0);
  return (
    <div className="rl-empty" data-testid="empty">
      <span className="rl-empty-mark">
        <Spline size={26} aria-hidden />
      </span>
      <h3>{readOnly ? "This pipeline is empty" : "Draw your first pipeline"}</h3>
      {!readOnly && (
        <>
          <p>
            Drag nodes from the left, or press <kbd>/</kbd> to search. Pull a wire from a port to connect two nodes, or
            into the void to see what fits.
          </p>
          {first && (
            <button type="button" className="rl-primary" data-testid="empty-start" onClick={() => add(first)}>
              {first.icon ? <KindIcon name={first.icon} /> : <Plus size={16} aria-hidden />} Start with “{first.title}”
            </button>
          )}
        </>
      )}
    </div>
  );
}
