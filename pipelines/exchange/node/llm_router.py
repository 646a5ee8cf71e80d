"""Writes the router by a model."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft, settings_of
from pipelines.nodes.llm_router import LlmRouter
from pipelines.value import Query


def write(node: LlmRouter, draft: NodeDraft) -> Body:
    """Returns the function that lets a model name the branch."""
    request = node.request(Query(text=""), logprobs=False)
    system = draft.constant("system", request.messages[0].content)
    schema = draft.constant("schema", request.response_schema)
    sampling = draft.constant("sampling", settings_of(request.sampling))
    lines = [
        f"messages = instructed({system}, quoted('question', query.text))",
        f"model = {draft.model(node.model)}",
        f"branch = await named_branch(model, messages, {sampling}, {schema}, node={draft.node})",
    ]
    if node.default is None:
        lines += ["if branch is None:", '    raise Unusable("The router cannot choose a branch.")']
        lines.append("return {branch: query}")
    else:
        lines.append(f'return {{branch or "{node.default}": query}}')
    return Body(says="Lets a model choose the branch.", parameters="query: Query", lines=tuple(lines))
