"""Parts of a pipeline."""

from __future__ import annotations

import pytest

from pipelines.error import DocumentError
from pipelines.graph import find_problems
from pipelines.part import upstream_of
from tests.app.drawn import forked


def test_what_leads_to_a_node_is_kept_and_nothing_else() -> None:
    part = upstream_of(forked(), "expert_2")
    assert [spec.id for spec in part.nodes] == ["question", "router", "expert_2"]
    assert [str(edge) for edge in part.edges] == ["question.query->router.query", "router.short->expert_2.query"]


def test_what_leads_to_the_answer_is_everything() -> None:
    assert upstream_of(forked(), "answer") == forked()


def test_a_node_that_is_not_there_is_named() -> None:
    with pytest.raises(DocumentError, match="has no node 'expert_9'"):
        upstream_of(forked(), "expert_9")


def test_a_part_needs_no_answer_where_a_whole_does() -> None:
    part = upstream_of(forked(), "expert_2")
    assert find_problems(part, whole=False) == ()
    assert "no Answer" in str(find_problems(part)[0])
