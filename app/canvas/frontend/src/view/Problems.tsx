/** The list of everything that is wrong with the pipeline; a click goes to the place. */

import { CircleCheck, TriangleAlert } from "lucide-react";

import { useCanvas, useView } from "./context";

export function Problems() {
  const canvas = useCanvas();
  const problems = useView((state) => state.problems);
  const graph = useView((state) => state.doc.graph);
  const open = useView((state) => state.popover === "problems");
  if (graph.nodes.length === 0) return null;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title || node.id]));
  const Icon = problems.length > 0 ? TriangleAlert : CircleCheck;
  const label =
    problems.length === 0 ? "No problems" : `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
  return (
    <>
      <button
        type="button"
        className="rl-check"
        aria-label={label}
        title={label}
        aria-expanded={open}
        data-testid="tool-problems"
        data-severity={errors > 0 ? "error" : problems.length > 0 ? "warning" : "none"}
        onClick={() => canvas.store.set({ popover: open ? null : "problems" })}
      >
        <Icon size={15} aria-hidden /> {problems.length > 0 ? problems.length : ""}
      </button>
      {open && (
        <ul className="rl-panel rl-popover rl-problems" data-testid="problems">
          {problems.length === 0 && <li>This pipeline has no problems.</li>}
          {problems.map((problem, index) => (
            <li key={index} data-severity={problem.severity}>
              <button
                type="button"
                disabled={problem.node === null}
                onClick={() => problem.node && canvas.focus(problem.node)}
              >
                <TriangleAlert size={13} aria-hidden />
                <span>
                  {problem.node && <b>{titles.get(problem.node) ?? problem.node}</b>} {problem.message}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
