"""Right is code that passes its tests."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.data.example import Example
from pipelines.error import ConfigurationError
from pipelines.sandbox import run_code
from pipelines.scorer import Bench, Score, Scorer, ScorerNeed, judged
from pipelines.value import Answer

_FENCE = re.compile(r"```(?:[A-Za-z0-9_+-]*)[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*")


class PythonTests(Scorer):
    """Runs the Python of the answer against the tests of the row, in the sandbox that has to be switched on.

    The row's `tests` are asserts, or define `check(candidate)`, which is called with the function `entry_point`. An
    answer that does not define that function itself is taken as the continuation of `prompt` (else of the question).

    Source: functional correctness of HumanEval (Chen et al., 2021, section 2), for one sample.
    """

    title: ClassVar[str] = "Python tests"
    need: ClassVar[ScorerNeed] = "nothing"

    kind: Literal["python_tests"] = "python_tests"
    limit_s: float = Field(
        default=5.0, gt=0.0, le=60.0, title="Time limit (s)", description="Processor time that the tests may take."
    )

    def lack(self, example: Example) -> str | None:
        """Returns `tests` where the row has none."""
        return None if isinstance(example.extra.get("tests"), str | list) else "tests"

    async def score(self, example: Example, answer: Answer, bench: Bench) -> Score:
        """Returns 1 where all tests pass, else 0.

        Raises:
            ConfigurationError: if the row has no tests or the sandbox is not at hand.
        """
        del bench
        outcome = await run_code(program(example, answer.text), self.limit_s)
        return judged(float(outcome.passed), "all tests pass" if outcome.passed else outcome.reason)


def program(example: Example, text: str) -> str:
    """Returns the module that runs the tests: the code of the answer, the tests, the call of `check`.

    Raises:
        ConfigurationError: if the row has no tests, or its entry point is no name.
    """
    tests, entry = example.extra.get("tests"), example.extra.get("entry_point")
    if not isinstance(tests, str | list):
        raise ConfigurationError(f"The row '{example.id}' lacks tests, which the scorer 'python_tests' needs.")
    if entry is not None and not (isinstance(entry, str) and _NAME.fullmatch(entry)):
        raise ConfigurationError(f"The entry point of the row '{example.id}' is no name of a function.")
    written = tests if isinstance(tests, str) else "\n".join(str(test) for test in tests)
    parts = [code_in(text, example, entry), written]
    if entry and re.search(r"^def check\(", written, re.MULTILINE):
        parts.append(f"check({entry})")
    return "\n\n".join(parts) + "\n"


def code_in(text: str, example: Example, entry: str | None) -> str:
    """Returns the code of an answer: its code fences that define something, else the whole; completed by the prompt."""
    fences = _FENCE.findall(text)
    defining = [part for part in fences if entry is None or re.search(rf"^def {entry}\b", part, re.MULTILINE)]
    code = "\n\n".join(fences) if defining else fences[-1] if fences else text
    if entry is None or re.search(rf"^(?:async )?def {entry}\b|^{entry}\s*=", code, re.MULTILINE):
        return code
    prompt = example.extra.get("prompt")
    start = prompt if isinstance(prompt, str) else example.query
    return f"{start.rstrip()}\n{code}" if re.search(rf"^def {entry}\b", start, re.MULTILINE) else code
