"""Regular expressions from strangers: small enough to compile, searched under a time limit."""

from __future__ import annotations

import math
import re
from typing import Any

from pipelines.error import ConfigurationError

MAX_CHARACTERS = 300
MAX_REPEATS = 20_000

_COUNTED = re.compile(r"\{(\d*)(?:,(\d*))?\}")


def compile_pattern(source: str) -> Any:
    """Returns a compiled `regex` pattern, whose `search` and `match` take a `timeout` in seconds.

    Raises:
        ConfigurationError: if it is too long or no regular expression; the sentence has no capital and no full stop.
    """
    import regex

    if len(source) > MAX_CHARACTERS:
        raise ConfigurationError(f"the regular expression is longer than {MAX_CHARACTERS} characters")
    if _most_repeats(source) > MAX_REPEATS:
        raise ConfigurationError(f"the counts in the regular expression multiply to more than {MAX_REPEATS:,}")
    try:
        return regex.compile(source)
    except (regex.error, RecursionError, OverflowError) as error:
        raise ConfigurationError(f"the regular expression is wrong: {error}") from error


def _most_repeats(source: str) -> int:
    """Returns how often counts can repeat a part at most; `regex` writes `((a{9}){9}){9}` out when it compiles it."""
    counts = sorted(max(int(number or 0) for number in match.groups("0")) for match in _COUNTED.finditer(source))
    # As many counts can stand inside each other as there are groups, and one on the innermost part.
    return math.prod(max(1, count) for count in counts[-source.count("(") - 1 :])
