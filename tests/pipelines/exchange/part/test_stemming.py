"""The English stemmer of exported programs: the stems of PyStemmer."""

from __future__ import annotations

import re

import Stemmer
from hypothesis import given, settings
from hypothesis import strategies as st

from app.library import shipped_documents
from pipelines.exchange.part.stemming import english_stem
from tests.house import ROOT

SNOWBALL = Stemmer.Stemmer("english")
ENDINGS = (
    "s", "es", "ed", "eed", "eedly", "ing", "ings", "ingly", "edly", "ly", "li", "er", "ers", "est", "y", "ies", "ied",
    "ness", "nesses", "ful", "fulness", "ous", "ousness", "ously", "al", "ally", "alism", "ality", "ational", "ation",
    "ations", "ator", "ative", "ive", "iveness", "ivity", "ize", "izer", "ization", "able", "ably", "ability", "ible",
    "ment", "ments", "ement", "ance", "ence", "anci", "enci", "ant", "ent", "ently", "ism", "ist", "logist", "logi",
    "logy", "icate", "iciti", "ical", "ion", "sion", "tion", "less", "lessly", "ate", "iti", "ic", "ll", "e", "us",
    "ss", "sses", "yed", "ying", "'s",
)  # fmt: skip


def test_words_of_real_texts_have_the_stems_of_snowball() -> None:
    texts = [d.text for documents in shipped_documents().values() for d in documents]
    texts += [path.read_text(encoding="utf-8") for path in ROOT.glob("pipelines/**/*.py")]
    found = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
    stems = sorted(found)[::7]
    words = found | {stem + ending for stem in stems for ending in ENDINGS}
    assert len(words) > 20_000
    assert {w: english_stem(w) for w in words} == {w: SNOWBALL.stemWord(w) for w in words}


@settings(max_examples=300)
@given(st.text(alphabet="aeiouybcdlnrstgm", max_size=8), st.sampled_from(ENDINGS))
def test_made_up_words_have_the_stems_of_snowball(beginning: str, ending: str) -> None:
    assert english_stem(beginning + ending) == SNOWBALL.stemWord(beginning + ending)
