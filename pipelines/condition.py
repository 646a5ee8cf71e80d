"""Safe conditions over a question, or over named numbers; the only importer of rule-engine.

What a stranger wrote is evaluated here, so the language is a small part of rule-engine's: no functions, no loops, no
powers, and regular expressions run with a time limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from pipelines.error import ConfigurationError
from pipelines.language import language_of
from pipelines.pattern import compile_pattern
from pipelines.value import Query
from pipelines.word import words

Kind = Literal["text", "number", "list"]
QUESTION: Final[Mapping[str, Kind]] = {
    "text": "text",
    "length": "number",
    "words": "number",
    "language": "text",
    "tags": "list",
}
"""What a condition over a question may speak of."""
NOTHING: Final[Mapping[Kind, object]] = {"text": "", "number": 0, "list": ()}
CALLABLE: Final = ("starts_with", "ends_with")
METHODS: Final = ("as_lower", "as_upper", "length", "is_empty", *CALLABLE)
KEYWORDS: Final = ("and", "or", "not", "in", "true", "false")
MAX_CHARACTERS = 2_000
MAX_TOKENS = 200
PATTERN_TIMEOUT_S = 0.2

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<match>[=!]~~?)|(?P<sign>==|!=|>=|<=|[<>+*/%(),.\[\]-])|(?P<other>.)""",
    re.ASCII | re.DOTALL,
)


class Token(NamedTuple):
    """Is a word or sign of an expression, with its place in it."""

    kind: str
    text: str
    start: int


class CompiledCondition:
    """Is a condition that has been checked and can be put to questions."""

    def __init__(self, expression: str, vocabulary: Mapping[str, Kind] = QUESTION) -> None:
        """Compiles an expression over what the vocabulary names.

        Raises:
            ConfigurationError: if it is no condition; says what is wrong and at which character.
        """
        self.expression = expression
        tokens = tokens_of(expression)
        _check(tokens, expression, vocabulary)
        rewritten, self._patterns = _without_patterns(tokens, expression)
        self._rule = _compiled(rewritten, expression, self._patterns, vocabulary)
        self.names = frozenset(t.text for t in tokens if t.kind == "name" and t.text in vocabulary)
        if not isinstance(self._evaluated({name: NOTHING[kind] for name, kind in vocabulary.items()}), bool):
            raise ConfigurationError(
                f"The condition '{expression}' is neither true nor false; compare it with something."
            )

    async def holds(self, query: Query) -> bool:
        """Says whether the condition is true of a question; `language` is empty where none could be told.

        Raises:
            ConfigurationError: if a regular expression in it takes too long.
        """
        return bool(
            self._evaluated(facts_of(query, (await language_of(query) or "") if "language" in self.names else ""))
        )

    def holds_of(self, facts: Mapping[str, object]) -> bool:
        """Says whether the condition is true of facts: a value for every name of its vocabulary that it uses.

        Raises:
            ConfigurationError: if it cannot be worked out, such as a division by 0.
        """
        return bool(self._evaluated(facts))

    def _evaluated(self, facts: Mapping[str, object]) -> object:
        from rule_engine.errors import EngineError

        found = {name: test(str(facts[about])) for name, (about, test) in self._patterns.items()}
        try:
            return self._rule.evaluate({**facts, **found})
        except EngineError as error:
            raise ConfigurationError(f"The condition '{self.expression}' failed: {error.message}.") from error
        except RecursionError:
            raise ConfigurationError(f"The condition '{self.expression[:60]}…' is nested too deeply.") from None


def facts_of(query: Query, language: str) -> Mapping[str, object]:
    """Returns what a condition may speak of."""
    return {
        "text": query.text,
        "length": len(query.text),
        "words": len(words(query.text)),
        "language": language,
        "tags": query.tags,
    }


@lru_cache(maxsize=500)
def compile_condition(expression: str) -> CompiledCondition:
    """Returns the compiled condition, the same object for the same text.

    Raises:
        ConfigurationError: if it is no condition; says what is wrong and at which character.
    """
    return CompiledCondition(expression)


def condition_problem(expression: str) -> str | None:
    """Returns a sentence on why this is no condition, or None."""
    try:
        compile_condition(expression)
    except ConfigurationError as error:
        return str(error)
    return None


def tokens_of(expression: str) -> list[Token]:
    """Returns the words and signs of an expression.

    Raises:
        ConfigurationError: if there are none, or too many.
    """
    if len(expression) > MAX_CHARACTERS:
        raise ConfigurationError(
            f"The condition has {len(expression)} characters; at most {MAX_CHARACTERS} are allowed."
        )
    found = [Token(str(m.lastgroup), m[0], m.start()) for m in _TOKEN.finditer(expression) if m.lastgroup != "space"]
    if not found:
        raise ConfigurationError("The condition is empty; write for example: length > 200.")
    if len(found) > MAX_TOKENS:
        raise ConfigurationError(f"The condition has {len(found)} parts; at most {MAX_TOKENS} are allowed.")
    return found


def _check(tokens: list[Token], expression: str, vocabulary: Mapping[str, Kind]) -> None:
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else Token("", "", -1)
        if token.kind == "other" or (token.text == before.text == "*" and before.start == token.start - 1):
            raise _wrong(f"'{token.text}' has no meaning here", token, expression)
        if token.kind == "name":
            _check_name(token, before, expression, vocabulary)
        if token.text == "(" and before.kind in ("name", "string") and before.text not in CALLABLE + KEYWORDS:
            raise _wrong(f"'{before.text}' cannot be called", token, expression)
        if token.kind == "match":
            _check_match(tokens, place, expression, vocabulary)


def _check_name(token: Token, before: Token, expression: str, vocabulary: Mapping[str, Kind]) -> None:
    if before.text == "." and token.text not in METHODS:
        raise _wrong(f"'.{token.text}' is unknown, there is {_listed(METHODS)}", token, expression)
    if before.text != "." and token.text not in (*vocabulary, *KEYWORDS):
        known = _listed(tuple(vocabulary))
        raise _wrong(f"'{token.text}' is unknown, there is {known} (text stands in quotes)", token, expression)


def _check_match(tokens: list[Token], place: int, expression: str, vocabulary: Mapping[str, Kind]) -> None:
    token = tokens[place]
    left = tokens[place - 1].text if place else ""
    dotted = place > 1 and tokens[place - 2].text == "."
    texts = [name for name, kind in vocabulary.items() if kind == "text"]
    if left not in texts or dotted:
        if not texts:
            raise _wrong(f"'{token.text}' compares texts, and there are only numbers here", token, expression)
        those = " or ".join(texts)
        raise _wrong(f"'{token.text}' compares {those}, written directly before it", token, expression)
    if place + 1 == len(tokens) or tokens[place + 1].kind != "string":
        raise _wrong(f"'{token.text}' needs a regular expression in quotes behind it", token, expression)


def _without_patterns(tokens: list[Token], expression: str) -> tuple[str, dict[str, tuple[str, Callable[[str], bool]]]]:
    """Returns the expression with each comparison to a regular expression replaced by a name, and what the names mean.

    The replacement is as long as what it replaces, so that positions in error messages stay right.
    """
    rewritten = expression
    patterns: dict[str, tuple[str, Callable[[str], bool]]] = {}
    for place, token in enumerate(tokens):
        if token.kind == "match":
            about, literal = tokens[place - 1], tokens[place + 1]
            name, end = f"_{len(patterns)}", literal.start + len(literal.text)
            patterns[name] = (about.text, _pattern_test(token, literal, expression))
            rewritten = rewritten[: about.start] + name.ljust(end - about.start) + rewritten[end:]
    return rewritten, patterns


def _pattern_test(operator: Token, literal: Token, expression: str) -> Callable[[str], bool]:
    source = re.sub(r"\\(['\"])", r"\1", literal.text[1:-1])
    try:
        pattern = compile_pattern(source)
    except ConfigurationError as error:
        raise _wrong(str(error), literal, expression) from error
    find = pattern.search if operator.text.endswith("~~") else pattern.match
    wanted = operator.text.startswith("=")

    def test(text: str) -> bool:
        try:
            return (find(text, timeout=PATTERN_TIMEOUT_S) is not None) == wanted
        except TimeoutError:
            raise ConfigurationError(
                f"The regular expression {literal.text} took longer than {PATTERN_TIMEOUT_S} s on a question."
            ) from None

    return test


def _compiled(rewritten: str, expression: str, patterns: Mapping[str, object], vocabulary: Mapping[str, Kind]) -> Any:
    import rule_engine
    from rule_engine.errors import EngineError, RuleSyntaxError

    kinds = rule_engine.DataType
    meant = {"text": kinds.STRING, "number": kinds.FLOAT, "list": kinds.ARRAY(kinds.STRING)}
    types = {name: meant[kind] for name, kind in vocabulary.items()} | dict.fromkeys(patterns, kinds.BOOLEAN)
    try:
        return rule_engine.Rule(
            rewritten, rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types))
        )
    except RuleSyntaxError as error:
        if error.token is None:
            raise ConfigurationError(f"The condition '{expression}' ends too early.") from error
        token = Token("", str(error.token.value), int(error.token.lexpos))
        raise _wrong(f"'{token.text}' does not fit here", token, expression) from error
    except EngineError as error:
        raise ConfigurationError(f"The condition '{expression}' compares things of different types.") from error
    except RecursionError:
        raise ConfigurationError(f"The condition '{expression[:60]}…' is nested too deeply.") from None


def _wrong(what: str, token: Token, expression: str) -> ConfigurationError:
    return ConfigurationError(f"In the condition '{expression}', character {token.start + 1}: {what}.")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]
