"""Flags in a question: what they say, and what stays of the question."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.routing.demand import Demands
from pipelines.routing.flag import Flagged, FlaggedDemands, read_flags


@pytest.mark.parametrize(
    ("flag", "demands"),
    [
        ("small", Demands(small=0.2)),
        ("Smallest model", Demands(small=1.0)),
        ("small = 0.5", Demands(small=0.5)),
        ("newest", Demands(recent=1.0)),
        ("cheap models", Demands(cheap=0.2)),
        ("open source", Demands(open=0.2)),
        ("long context", Demands(roomy=0.2)),
        ("size <= 8b", Demands(largest_b=8.0)),
        ("price < $0.5", Demands(dearest_usd_per_mtok=0.5)),
        ("since 2024-06", Demands(released_since=date(2024, 6, 1))),
        ("released >= 2025", Demands(released_since=date(2025, 1, 1))),
        ("license: Apache-2.0", Demands(licences=("apache-2.0",))),
        ("licence=open", Demands(licences=("open",))),
        ("region eu", Demands(regions=("eu",))),
        ("reads image", Demands(modalities=("image",))),
        ("context >= 32k", Demands(context_tokens=32_000)),
    ],
)
def test_a_flag_is_read_in_front_behind_and_in_the_middle_by_its_name(flag: str, demands: Demands) -> None:
    assert read_flags(f"[{flag}] Why?", 0.2) == Flagged("Why?", (demands,), (flag,))
    assert read_flags(f"Why?\n[{flag}]", 0.2) == Flagged("Why?", (demands,), (flag,))
    assert read_flags(f"Why [Flag: {flag}] so?", 0.2) == Flagged("Why so?", (demands,), (flag,))


def test_several_flags_stand_side_by_side_or_in_one_pair_of_brackets() -> None:
    both = (Demands(small=0.3), Demands(recent=0.3))
    assert read_flags("[small][recent] Why?", 0.3) == Flagged("Why?", both, ("small", "recent"))
    assert read_flags("[small, recent] Why?", 0.3) == Flagged("Why?", both, ("small", "recent"))
    assert read_flags("[flags: small; recent] Why?", 0.3) == Flagged("Why?", both, ("small", "recent"))


@pytest.mark.parametrize(
    "text",
    [
        "What is x[small] in this code?",
        "[1, 2, 3]",
        "Sort [3, 1, 2]",
        "[small, 7] Why?",
        "[size >= 8b] Why?",
        "[since 2024-13] Why?",
        "[small=2] Why?",
        "",
    ],
)
def test_brackets_that_hold_no_flag_stay(text: str) -> None:
    assert read_flags(text, 0.2) == Flagged(text)


def test_what_is_called_a_flag_and_is_none_is_taken_out_and_told() -> None:
    assert read_flags("Why? [flag: brave, size >= 8b]", 0.2) == Flagged("Why?", unknown=("brave", "size >= 8b"))


def test_a_question_of_flags_alone_stays_a_question() -> None:
    assert read_flags("[small]", 0.2) == Flagged("[small]", (Demands(small=0.2),), ("small",))


def test_a_node_reads_flags_only_where_it_is_told_to() -> None:
    assert FlaggedDemands().heard("[small] Why?") == Flagged("[small] Why?")
    assert FlaggedDemands(reads_flags=True, flag_weight=0.4).heard("[small] Why?").demands == (Demands(small=0.4),)
    assert FlaggedDemands().output_ports() == ()
    assert [port.name for port in FlaggedDemands(reads_flags=True).output_ports()] == ["query"]
