"""What the language detector says, and when it says nothing."""

from __future__ import annotations

import pytest

from pipelines.language import detect, language_of
from pipelines.value import Query


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What is the capital of France?", "en"),
        ("Wie spät ist es heute in Berlin?", "de"),
        ("Quelle heure est-il ?", "fr"),
        ("¿Dónde está la biblioteca?", "es"),
        ("今天天气怎么样", "zh"),
    ],
)
def test_a_sentence_has_a_language(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize("text", ["", "2+2", "hi"])
def test_a_text_without_clues_has_no_language(text: str) -> None:
    assert detect(text) is None


async def test_a_declared_language_is_believed() -> None:
    assert await language_of(Query(text="What is the capital of France?", language="it")) == "it"


async def test_an_undeclared_language_is_detected() -> None:
    assert await language_of(Query(text="Wie spät ist es heute in Berlin?")) == "de"
