"""What nodes say of their calls beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.nodes import node_kinds

SAMPLING = {"temperature": 0.7, "max_tokens": 50}


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        ("query_input", {}, []),
        ("majority_vote", {}, []),
        ("rule_router", {}, []),
        ("context_router", {"model": "m"}, []),
        ("long_context", {"model": "m"}, []),
        ("model_router", {"pool": [{"model": "m"}, {"model": "n"}]}, []),
        ("learned_router", {"router": "r", "aliases": [{"known_as": "x", "model": "m"}]}, []),
        ("expert", {"model": "m", "sampling": SAMPLING}, [("m", 1, 1, False, 50)]),
        ("expert", {}, [(None, 1, 1, False, None)]),
        ("llm_router", {}, [(None, 1, 1, False, 60)]),
        ("guard", {}, []),
        ("guard", {"moderation": True}, [(None, 1, 1, False, 120)]),
        ("self_consistency", {"samples": 7, "sampling": SAMPLING}, [(None, 7, 7, True, 50)]),
        ("self_refine", {"rounds": 3, "critic_model": "c"}, [(None, 1, 4, False, None), ("c", 1, 3, False, 500)]),
        ("cascade", {"rule": "agreement", "samples": 4}, [(None, 4, 4, True, None)]),
        ("cascade", {"rule": "self_rating"}, [(None, 1, 1, True, None), (None, 1, 1, False, 300)]),
        ("judge", {}, [(None, 1, 1, False, 400)]),
        ("best_of_n", {}, [(None, 1, 1, False, 600)]),
        ("sub_pipeline", {"reference": "x"}, []),
    ],
)
def test_a_kind_says_whom_it_asks_how_often(kind: str, config: dict[str, Any], expected: list[object]) -> None:
    calls = node_kinds()[kind].model_validate(config).expected_calls()
    assert [(c.model, c.fewest, c.most, c.parallel, c.max_tokens) for c in calls] == expected


def test_only_models_that_a_kind_names_are_asked() -> None:
    for cls in node_kinds().values():
        node = cls()
        assert {calls.model for calls in node.expected_calls()} <= set(node.model_names())
        assert all(0 <= calls.fewest <= calls.most for calls in node.expected_calls())


def test_a_retriever_knows_how_much_it_brings() -> None:
    retriever = node_kinds()["retriever"].model_validate({"top_k": 3, "chunk_words": 90})
    assert retriever.expected_output_tokens() == 360
    assert node_kinds()["expert"]().expected_output_tokens() is None
