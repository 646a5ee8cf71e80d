"""Tables as Markdown writes them, for pasting from a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from pipelines.data.problem import Problem
from pipelines.data.row import RawRow
from pipelines.error import DocumentError
from pipelines.reader import Peek, Reader

_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_BAR = re.compile(r"(?<!\\)\|")


class MarkdownTable(Reader):
    """Reads a table of bars whose second line is a rule of hyphens.

    Source: GitHub Flavored Markdown, section 4.10 (tables extension); text around the table is passed over.
    """

    title: ClassVar[str] = "Markdown table"
    mapped: ClassVar[bool] = True

    def sniff(self, peek: Peek) -> float:
        """Returns a high number where a line with bars is followed by a rule."""
        lines = peek.head.splitlines()[:50]
        found = any("|" in line and _RULE.match(rule) for line, rule in pairwise(lines))
        return 0.8 if found else 0.0

    def rows(self, content: bytes) -> Iterator[RawRow | Problem]:
        """Yields the rows under the rule, up to the first line without a bar."""
        lines = content.decode("utf-8").splitlines()
        rule = next((n for n in range(1, len(lines)) if "|" in lines[n - 1] and _RULE.match(lines[n])), None)
        if rule is None:
            raise DocumentError("There is no Markdown table; its second line is a rule such as |---|---|.")
        columns = _cells(lines[rule - 1])
        for number, line in enumerate(lines[rule + 1 :], start=1):
            if "|" not in line:
                return
            cells = _cells(line)
            if len(cells) == len(columns):
                yield RawRow(number, rule + 1 + number, dict(zip(columns, cells, strict=True)))
            else:
                message = f"the row has {len(cells)} cells where {len(columns)} are expected ({', '.join(columns)})"
                yield Problem(row=number, line=rule + 1 + number, message=message)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]
    return [re.sub(r"<br\s*/?>", "\n", cell) for cell in cells]
