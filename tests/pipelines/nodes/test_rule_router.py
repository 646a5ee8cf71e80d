"""Which branch a rule takes, and what is said about it."""

from __future__ import annotations

from typing import Literal

import pytest

from pipelines.nodes.rule_router import RuleBranch, RuleRouter
from pipelines.run import Fired
from pipelines.value import Query

BRANCHES = (
    RuleBranch(name="code", condition="text =~~ '(?i)python'"),
    RuleBranch(name="long", condition="words > 3"),
)


async def _routed(text: str, *, mode: Literal["first", "every"] = "first", default: str | None = "other") -> Fired:
    return await RuleRouter(branches=BRANCHES, mode=mode, default=default).run(Query(text=text))


def _reason(fired: Fired) -> str:
    assert fired.decision is not None
    return fired.decision.reason


async def test_the_first_rule_that_holds_takes_the_question() -> None:
    fired = await _routed("why is my Python so slow")
    assert fired.ports == {"code": Query(text="why is my Python so slow")}
    assert fired.decision is not None
    assert fired.decision.scores == {"code": 1.0}
    assert _reason(fired) == "matched: text =~~ '(?i)python'"


async def test_every_rule_that_holds_takes_it_when_asked_for() -> None:
    fired = await _routed("why is my Python so slow", mode="every")
    assert list(fired.ports) == ["code", "long"]
    assert _reason(fired) == "matched: text =~~ '(?i)python'; words > 3"


async def test_no_rule_takes_the_default() -> None:
    fired = await _routed("hello")
    assert list(fired.ports) == ["other"]
    assert fired.decision is not None
    assert fired.decision.scores == {"code": 0.0, "long": 0.0}
    assert _reason(fired) == "no rule matched; using the default 'other'"


async def test_without_a_default_nothing_fires() -> None:
    fired = await _routed("hello", default=None)
    assert fired.ports == {}
    assert _reason(fired) == "no rule matched, and there is no default branch"


async def test_the_question_keeps_tags_and_documents() -> None:
    query = Query(text="python", tags=("vip",), language="en")
    fired = await RuleRouter(branches=BRANCHES).run(query)
    assert fired.ports["code"] is query


def test_every_branch_and_the_default_is_a_port() -> None:
    assert [p.name for p in RuleRouter(branches=BRANCHES, default="other").output_ports()] == ["code", "long", "other"]
    assert [p.name for p in RuleRouter(branches=BRANCHES, default="code").output_ports()] == ["code", "long"]
    assert {p.type for p in RuleRouter(branches=BRANCHES).output_ports()} == {"query"}


@pytest.mark.parametrize(
    ("router", "problem"),
    [
        (RuleRouter(), "The router has no branch; add at least two."),
        (
            RuleRouter(branches=BRANCHES[:1]),
            "The router has the one branch 'code'; it needs at least two to choose between.",
        ),
        (
            RuleRouter(branches=(*BRANCHES, BRANCHES[0])),
            "The branch name 'code' occurs 2 times; every branch needs a name of its own.",
        ),
        (
            RuleRouter(branches=(*BRANCHES, RuleBranch(name="bad", condition="length > "))),
            "Branch 'bad': The condition 'length > ' ends too early.",
        ),
        (
            RuleRouter(branches=(*BRANCHES, RuleBranch(name="bad", condition="size > 3"))),
            "Branch 'bad': In the condition 'size > 3', character 1: 'size' is unknown, there is text, length, words, "
            "language and tags (text stands in quotes).",
        ),
    ],
)
def test_problems_say_what_is_wrong(router: RuleRouter, problem: str) -> None:
    assert list(router.problems()) == [problem]


def test_a_complete_router_has_no_problem_and_a_summary() -> None:
    router = RuleRouter(branches=BRANCHES, default="other")
    assert list(router.problems()) == []
    assert router.summary() == "2 rules, else other"
