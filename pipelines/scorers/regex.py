"""Right is what a regular expression finds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.pattern import MAX_CHARACTERS, compile_pattern
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged, shown
from pipelines.value import Answer

LIMIT_S: Final = 1.0


class Regex(Scorer):
    """Searches the answer for a regular expression, for at most a second.

    Source: the `regex` assertion of promptfoo; the time limit is ours, since a pattern may backtrack for ever.
    """

    title: ClassVar[str] = "Regular expression"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["regex"] = "regex"
    pattern: str = Field(
        default="",
        max_length=MAX_CHARACTERS,
        description="What to look for; empty takes the `pattern` of the row, else its references as patterns.",
    )
    whole: bool = Field(default=False, description="The expression must cover the whole answer.")
    ignore_case: bool = Field(default=False, description="Take capital and small letters for the same.")

    def lack(self, example: Example) -> str | None:
        """Returns `a pattern` where neither the scorer nor the row has one."""
        return None if any(self._sources(example)) else "a pattern"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where any of the patterns matches, else 0.

        Raises:
            ConfigurationError: if there is no pattern, it is wrong, or it takes longer than a second.
        """
        del bench
        sources = [source for source in self._sources(example) if source]
        if not sources:
            raise ConfigurationError("There is no regular expression; write one in the scorer or the row.")
        for source in sources:
            if await asyncio.to_thread(self._matches, source, answer.text):
                return judged(1.0, f"matches {shown(source)}")
        return judged(0.0, f"expected a match of {shown(sources[0])}, found {shown(answer.text)}")

    def _sources(self, example: Example) -> Iterable[str]:
        if self.pattern:
            return (self.pattern,)
        own = example.extra.get("pattern")
        return (own,) if isinstance(own, str) and own else example.references

    def _matches(self, source: str, text: str) -> bool:
        try:
            pattern: Any = compile_pattern(f"(?i){source}" if self.ignore_case else source)
        except ConfigurationError as wrong:
            raise ConfigurationError(f"In the scorer, {wrong}.") from wrong
        find = pattern.fullmatch if self.whole else pattern.search
        try:
            return find(text.strip() if self.whole else text, timeout=LIMIT_S, concurrent=True) is not None
        except TimeoutError as error:
            raise ConfigurationError(
                f"The regular expression {shown(source)} took longer than {LIMIT_S:g} s on this answer; simplify it."
            ) from error
