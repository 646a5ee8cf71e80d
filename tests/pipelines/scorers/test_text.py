"""Matches and overlaps of words, with numbers worked out by hand or published."""

from __future__ import annotations

import time

import pytest

from pipelines.error import ConfigurationError
from pipelines.scorer import Bench
from pipelines.scorers.bleu import Bleu
from pipelines.scorers.chrf import Chrf
from pipelines.scorers.contains import Contains
from pipelines.scorers.embedding_similarity import EmbeddingSimilarity
from pipelines.scorers.exact_match import ExactMatch
from pipelines.scorers.normalised_match import NormalisedMatch
from pipelines.scorers.regex import Regex
from pipelines.scorers.rouge_l import RougeL, common_length
from pipelines.scorers.token_f1 import TokenF1
from tests.pipelines.scorers.bench import example, score_of, value_of
from tests.pipelines.topic import TopicEmbedder


@pytest.mark.parametrize(("text", "value"), [("Paris", 1), (" Paris\n", 1), ("paris", 0), ("Paris.", 0), ("", 0)])
async def test_an_exact_match_forgives_only_white_space_around(text: str, value: int) -> None:
    assert await value_of(ExactMatch(), example("Lyon", "Paris"), text) == value


async def test_the_reason_of_a_miss_names_both() -> None:
    assert (await score_of(ExactMatch(), example("42"), "41")).reason == "expected 42, found 41"
    assert (await score_of(ExactMatch(), example("42"), "")).reason == "expected 42, found nothing"


@pytest.mark.parametrize(
    ("text", "value"),
    [("The Eiffel  Tower!", 1), ("eiffel-tower", 0), ("eiffel tower in Paris", 0), ("¡Eiffel Tower!", 1), ("", 0)],
)
async def test_a_normalised_match_forgives_case_articles_and_punctuation(text: str, value: int) -> None:
    assert await value_of(NormalisedMatch(), example("the Eiffel Tower"), text) == value


async def test_answers_of_nothing_but_signs_are_told_apart() -> None:
    assert await value_of(NormalisedMatch(), example("+"), "+") == 1.0
    assert await value_of(NormalisedMatch(), example("+"), "-") == 0.0


@pytest.mark.parametrize(
    ("text", "value"), [("It is 4.", 1), ("It is 42.", 0), ("14", 0), ("(4)", 1), ("four", 0), ("44 or 4", 1)]
)
async def test_a_reference_is_contained_by_whole_words(text: str, value: int) -> None:
    assert await value_of(Contains(), example("4"), text) == value


async def test_a_reference_in_a_script_without_spaces_is_contained_anywhere() -> None:
    assert await value_of(Contains(), example("北京"), "我住在北京市") == 1.0


async def test_all_references_give_the_share_that_is_found() -> None:
    row = example("red", "green", "blue", "black")
    assert await value_of(Contains(which="all"), row, "Red, green and blue") == 0.75
    assert (await score_of(Contains(which="all"), row, "Red, green and blue")).reason == "missing black"


async def test_a_pattern_of_the_row_stands_in_for_that_of_the_scorer() -> None:
    row = example(pattern=r"^\d{4}-\d{2}$")
    assert await value_of(Regex(), row, "2024-05") == 1.0
    assert await value_of(Regex(), row, "May 2024") == 0.0
    assert await value_of(Regex(pattern="may", ignore_case=True), row, "May 2024") == 1.0
    assert await value_of(Regex(pattern="may", ignore_case=True, whole=True), row, "May 2024") == 0.0


async def test_a_pattern_that_backtracks_for_ever_is_stopped() -> None:
    started_s = time.monotonic()
    with pytest.raises(ConfigurationError, match="took longer than 1 s on this answer; simplify it"):
        await value_of(Regex(pattern=r"(x+x+)+y"), example(), "x" * 5_000)
    assert time.monotonic() - started_s < 30


async def test_a_wrong_pattern_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="In the scorer, the regular expression is wrong"):
        await value_of(Regex(pattern="("), example(), "x")


async def test_token_f1_is_that_of_the_squad_script() -> None:
    # 3 shared of 4 found ("cat sat on mat" without its article) and 5 expected.
    row = example("a dog sat on the red mat today")
    assert await value_of(TokenF1(), row, "The cat sat on mat.") == pytest.approx(
        2 * (3 / 4) * (3 / 6) / (3 / 4 + 3 / 6)
    )
    assert await value_of(TokenF1(), example("", "x"), "x") == 1.0
    assert await value_of(TokenF1(), example("x x y"), "x y y") == pytest.approx(2 / 3)


async def test_rouge_l_is_that_of_the_paper() -> None:
    # Lin (2004), section 3.1: S2 and S3 against S1; with beta 1 they have 3/4 and 2/4.
    row = example("police killed the gunman")
    assert await value_of(RougeL(), row, "police kill the gunman") == 0.75
    assert await value_of(RougeL(), row, "the gunman kill police") == 0.5
    assert await value_of(RougeL(measure="recall"), row, "the gunman police killed") == 0.5


async def test_rouge_l_is_that_of_the_package() -> None:
    # rouge-score 0.1.2, rougeL without stemmer: precision 6/10, recall 6/9.
    row = example("The quick brown fox jumps over the lazy dog")
    score = await score_of(RougeL(), row, "The quick brown dog jumps on the log, very lazy")
    assert score.value == pytest.approx(0.631578, abs=1e-6)


def test_the_common_subsequence_is_found_by_bits() -> None:
    assert common_length(list("AGCATXYZ"), list("GACYAZ")) == 4
    assert common_length([], ["a"]) == common_length(["a"], []) == 0


async def test_bleu_is_that_of_sacrebleu() -> None:
    assert await value_of(Bleu(), example("The cat is on the mat."), "The cat is on the mat.") == pytest.approx(1.0)
    assert await value_of(Bleu(), example("The cat is on the mat."), "") == 0.0
    # Papineni et al. (2002): "the the the ..." has a clipped unigram precision of 2/7 and no higher match.
    unsmoothed = (2 / 7) * (1 / 2 / 6) * (1 / 4 / 5) * (1 / 8 / 4)
    row = example("The cat is on the mat", "There is a cat on the mat")
    repeated = await value_of(Bleu(lowercase=True), row, "the the the the the the the")
    assert repeated == pytest.approx(unsmoothed**0.25, rel=1e-6)


async def test_chrf_counts_character_sequences() -> None:
    row = example("abcd")
    # Orders 1 to 3 share 3 of 4, 2 of 3 and 1 of 2 sequences, order 4 none; both sides have the same lengths.
    assert await value_of(Chrf(), row, "abce") == pytest.approx((3 / 4 + 2 / 3 + 1 / 2 + 0) / 4, rel=1e-6)
    assert await value_of(Chrf(), row, "abcd") == 1.0
    assert await value_of(Chrf(), row, "") == 0.0


async def test_embedding_similarity_is_a_stretched_cosine_of_the_nearest_reference() -> None:
    row, bench = example("soup", "python bread"), Bench(embedder=TopicEmbedder())
    score = await score_of(EmbeddingSimilarity(), row, "code", bench)
    assert score.value == pytest.approx(0.707107, abs=1e-6)
    stretched = await score_of(EmbeddingSimilarity(floor=0.5), row, "code", bench)
    assert stretched.value == pytest.approx(0.414214, abs=1e-6)
    assert (await score_of(EmbeddingSimilarity(), example("soup"), "code", bench)).value == 0.0
    assert (await score_of(EmbeddingSimilarity(), example("soup"), "bread", bench)).value == 1.0
