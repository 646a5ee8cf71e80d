"""The router by rules: a condition for each branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipelines.branch import Branch, branch_ports, branch_problems, fired
from pipelines.condition import compile_condition, condition_problem
from pipelines.field import BranchName, Condition
from pipelines.node import Group, Node, Port
from pipelines.run import Decision, Fired
from pipelines.value import Query


class RuleBranch(Branch):
    """Is a branch that is taken when its condition holds."""

    condition: Condition = Field(
        default="",
        description="For example: length > 200, language == 'de', 'vip' in tags, text =~~ '(?i)python'.",
    )


class RuleRouter(Node):
    """Sends the question down the branch whose rule it matches.

    A rule speaks of `text`, `length` (characters), `words`, `language` and `tags`, for example
    `length > 200 and language == 'de'`.

    Source: the keyword, language and context-length signals of vLLM semantic-router's decisions, written as
    expressions of the rule-engine library.
    """

    title: ClassVar[str] = "Rule router"
    group: ClassVar[Group] = "router"
    icon: ClassVar[str] = "split"

    branches: tuple[RuleBranch, ...] = Field(
        default=(), max_length=100, description="Rules, tried from the first to the last."
    )
    mode: Literal["first", "every"] = Field(
        default="first", description="Take the first branch that matches, or every one that does."
    )
    default: BranchName | None = Field(default=None, description="Branch taken when no rule matches.")

    def output_ports(self) -> tuple[Port, ...]:
        """Returns a port for each branch."""
        return branch_ports(self.branches, self.default)

    def summary(self) -> str:
        """Returns how many rules there are and what happens when none matches."""
        rules = f"{len(self.branches)} rule{'' if len(self.branches) == 1 else 's'}"
        return f"{rules}, else {self.default}" if self.default else rules

    def problems(self) -> Iterator[str]:
        """Yields what is wrong with names and conditions."""
        yield from branch_problems(self.branches, self.default)
        for branch in self.branches:
            problem = condition_problem(branch.condition)
            if problem:
                yield f"Branch '{branch.name}': {problem}"

    async def run(self, query: Annotated[Query, "The question to route."]) -> Fired:
        """Fires the question on the branches whose condition holds; one that is not reached scores nothing."""
        scores: dict[str, float] = {}
        taken: list[RuleBranch] = []
        for branch in self.branches:
            holds = await compile_condition(branch.condition).holds(query)
            scores[branch.name] = float(holds)
            if holds:
                taken.append(branch)
                if self.mode == "first":
                    break
        if taken:
            reason = "matched: " + "; ".join(branch.condition for branch in taken)
        elif self.default:
            reason = f"no rule matched; using the default '{self.default}'"
        else:
            reason = "no rule matched, and there is no default branch"
        names = [branch.name for branch in taken] or ([self.default] if self.default else [])
        return fired(query, names, Decision(scores=scores, reason=reason))
