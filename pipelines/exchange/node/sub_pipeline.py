"""Writes the sub-pipeline: its graph becomes part of the program."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft
from pipelines.exchange.graph import write_graph
from pipelines.graph import require_valid
from pipelines.nodes.sub_pipeline import SubPipeline


def write(node: SubPipeline, draft: NodeDraft) -> Body:
    """Returns the function that runs the inner graph."""
    around = draft.draft.around
    inner = around.library.pipeline(node.reference.strip())
    require_valid(inner, catalogue=around.catalogue, library=around.library)
    graph = write_graph(inner, draft.draft, prefix=f"{draft.path}/")
    lines = (
        f"answer = await run_graph({graph}, query)",
        'return {} if answer is None else {"answer": answer}',
    )
    return Body(says="Asks another pipeline.", parameters="query: Query", lines=lines)
