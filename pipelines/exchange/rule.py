"""Translates the condition of a rule into a plain Python expression over `query`, or says why it cannot be exact.

The part of the language that is translated: comparisons of the facts with texts and numbers, `in`, the methods of
texts, regular expressions that mean the same to `re`, and `and`, `or`, `not`. Arithmetic is refused: rules count in
decimals, Python in binary fractions.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from pipelines.condition import compile_condition, tokens_of
from pipelines.error import ConfigurationError
from pipelines.exchange.literal import literal

_MORE = "it uses more of the language than can be translated"
Kind = Literal["text", "number", "truth", "texts"]
FACTS: Final[dict[str, tuple[Kind, str]]] = {
    "text": ("text", "query.text"),
    "length": ("number", "len(query.text)"),
    "words": ("number", "len(words(query.text))"),
    "tags": ("texts", "query.tags"),
    "true": ("truth", "True"),
    "false": ("truth", "False"),
}
_COMPARISONS = ("==", "!=", ">=", "<=", "<", ">")
_STRANGE = re.compile(r"\{(?!\d+(?:,\d*)?\})|\(\?[^:=!<imsxP)-]|\\[pPXRmMKGNhHvL]|[+*?}]\+")


class Term(NamedTuple):
    """Is a translated part: its type and its Python expression, in brackets where it needs them."""

    kind: Kind
    python: str


def python_condition(condition: str) -> str:
    """Returns the Python expression of a condition.

    Raises:
        ConfigurationError: if it is no condition, or has no exact Python form; says why.
    """
    compile_condition(condition)
    parser = _Parser(condition)
    found = parser.either()
    if parser.rest() or found.kind != "truth":
        raise parser.wrong()
    return found.python


class _Parser:
    """Reads a condition that Routeloom has accepted, from its lowest precedence to its highest."""

    def __init__(self, condition: str) -> None:
        self._condition = condition
        self._tokens = [(token.kind, token.text) for token in tokens_of(condition)]

    def rest(self) -> bool:
        return bool(self._tokens)

    def wrong(self, why: str = _MORE) -> ConfigurationError:
        return ConfigurationError(f"'{self._condition}': {why}")

    def either(self) -> Term:
        return self._chain("or", self._both)

    def _both(self) -> Term:
        return self._chain("and", self._maybe_not)

    def _chain(self, word: str, part: Callable[[], Term]) -> Term:
        found = part()
        while self._take(word):
            other = part()
            if (found.kind, other.kind) != ("truth", "truth"):
                raise self.wrong()
            found = Term("truth", f"({found.python} {word} {other.python})")
        return found

    def _maybe_not(self) -> Term:
        if not self._take("not"):
            return self._comparison()
        found = self._maybe_not()
        if found.kind != "truth":
            raise self.wrong()
        return Term("truth", f"(not {found.python})")

    def _comparison(self) -> Term:
        left = self._operand()
        sign = self._peek()
        if self._tokens and self._tokens[0][0] == "match":
            return self._match(left)
        if sign in _COMPARISONS:
            return self._compared(left, self._next()[1], self._operand())
        if sign == "in":
            self._next()
            right = self._operand()
            if left.kind == "text" and right.kind in ("texts", "text"):
                return Term("truth", f"({left.python} in {right.python})")
            raise self.wrong()
        return left

    def _compared(self, left: Term, sign: str, right: Term) -> Term:
        ordered = sign not in ("==", "!=")
        if left.kind != right.kind or left.kind == "texts" or (ordered and left.kind != "number"):
            raise self.wrong("it compares what Python compares differently")
        return Term("truth", f"({left.python} {sign} {right.python})")

    def _match(self, left: Term) -> Term:
        operator = self._next()[1]
        source = re.sub(r"\\(['\"])", r"\1", self._next()[1][1:-1])
        _refuse_strange(source, self)
        function = "search" if operator.endswith("~~") else "match"
        test = f"is {'not ' if operator.startswith('=') else ''}None"
        return Term("truth", f"(re.{function}({literal(source)}, {left.python}) {test})")

    def _operand(self) -> Term:
        found = self._atom()
        while self._take("."):
            found = self._method(found, self._next()[1])
        return found

    def _atom(self) -> Term:
        kind, text = self._next()
        if text == "(":
            inner = self.either()
            if not self._take(")"):
                raise self.wrong()
            return inner
        if text == "[":
            return self._list()
        if kind == "string":
            return Term("text", literal(self._unquoted(text)))
        if kind == "number":
            return Term("number", repr(float(text) if "." in text else int(text)))
        if text in FACTS:
            return Term(*FACTS[text])
        raise self.wrong("an exported program cannot tell languages" if text == "language" else _MORE)

    def _list(self) -> Term:
        parts: list[str] = []
        while not self._take("]"):
            term = self._atom()
            if term.kind != "text" or not (self._take(",") or self._peek() == "]"):
                raise self.wrong()
            parts.append(term.python)
        return Term("texts", f"({', '.join(parts)}{',' if len(parts) == 1 else ''})")

    def _method(self, term: Term, name: str) -> Term:
        if name == "length" and term.kind in ("text", "texts"):
            return Term("number", f"len({term.python})")
        if name == "is_empty" and term.kind in ("text", "texts"):
            return Term("truth", f"(len({term.python}) == 0)")
        if name in ("as_lower", "as_upper") and term.kind == "text":
            return Term("text", f"{term.python}.{name.removeprefix('as_')}()")
        if name in ("starts_with", "ends_with") and term.kind == "text" and self._take("("):
            part = self._operand()
            if part.kind == "text" and self._take(")"):
                return Term("truth", f"{term.python}.{name.replace('_', '')}({part.python})")
        raise self.wrong()

    def _unquoted(self, text: str) -> str:
        if "\\" in text:
            raise self.wrong("its text has a backslash")
        return text[1:-1]

    def _peek(self) -> str:
        return self._tokens[0][1] if self._tokens else ""

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise self.wrong()
        return self._tokens.pop(0)

    def _take(self, text: str) -> bool:
        if self._tokens and self._tokens[0][1] == text:
            self._tokens.pop(0)
            return True
        return False


def _refuse_strange(source: str, parser: _Parser) -> None:
    """Refuses regular expressions that the two libraries may read differently."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(source)
        is_strange = bool(_STRANGE.search(re.sub(r"\\[^\w\s]", "", source)))
    except (re.error, Warning, RecursionError, OverflowError):
        is_strange = True
    if is_strange:
        raise parser.wrong(f"Python's own regular expressions read {literal(source)} differently")
