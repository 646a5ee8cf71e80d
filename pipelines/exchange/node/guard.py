"""Writes the guard."""

from __future__ import annotations

from pipelines.exchange.draft import Body, NodeDraft, settings_of
from pipelines.nodes.guard import Guard
from pipelines.value import Query
from pipelines.word import fold


def write(node: Guard, draft: NodeDraft) -> Body:
    """Returns the function that stops what must not go on."""
    refusal = f'return {{"refused": Answer({draft.constant("refusal", node.refusal)}, refused=True)}}'
    lines: list[str] = []
    if node.max_characters is not None:
        lines += [f"if len(query.text) > {node.max_characters}:", f"    {refusal}"]
    phrases = tuple(phrase.strip() for phrase in node.blocked_phrases if fold(phrase))
    if phrases:
        lines += [f"if names_any(query.text, {draft.constant('blocked', phrases)}):", f"    {refusal}"]
    if node.languages:
        draft.approximate("allows only some languages, and an exported program cannot tell languages: all pass")
    if node.moderation:
        lines += [*_moderation(node, draft), f"    {refusal}"]
    return Body(
        says="Stops questions that must not go on.",
        parameters="query: Query",
        lines=(*lines, 'return {"passed": query}'),
    )


def _moderation(node: Guard, draft: NodeDraft) -> tuple[str, ...]:
    request = node.request(Query(text=""))
    system = draft.constant("system", request.messages[0].content)
    schema = draft.constant("schema", request.response_schema)
    sampling = draft.constant("sampling", settings_of(request.sampling))
    options = f"when_unclear={node.when_unclear == 'pass'}, node={draft.node}"
    return (
        f"messages = instructed({system}, quoted('question', query.text))",
        f"if not await is_allowed({draft.model(node.model)}, messages, {sampling}, {schema}, {options}):",
    )
