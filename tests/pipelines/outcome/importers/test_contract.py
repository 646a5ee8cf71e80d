"""What holds of every importer of outcomes, and of the table that its files become."""

from __future__ import annotations

import gzip
import inspect
import random

import numpy as np
import pytest

from pipelines.error import RouteloomError
from pipelines.outcome.importers import importer_kinds
from pipelines.outcome.intake import import_outcomes
from tests.pipelines.outcome.importers.sample import SAMPLES

KINDS = sorted(importer_kinds())


def test_every_importer_has_a_sample_and_every_sample_an_importer() -> None:
    assert sorted(SAMPLES) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_importer_says_what_it_is(kind: str) -> None:
    cls = importer_kinds()[kind]
    assert cls.kind() == kind
    assert cls.title
    assert "Source:" in (inspect.getdoc(cls) or "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_recognised_and_gives_its_table(kind: str) -> None:
    sample = SAMPLES[kind]
    found = import_outcomes([(sample.name, sample.content)], "sample")
    assert (found.kind, found.skipped, found.repeated) == (kind, 0, 0)
    assert (found.table.models, found.table.queries) == (sample.models, sample.queries)
    np.testing.assert_array_equal(found.table.score, np.array(sample.scores))


@pytest.mark.parametrize("kind", KINDS)
def test_a_compressed_file_gives_the_same(kind: str) -> None:
    sample = SAMPLES[kind]
    plain = import_outcomes([(sample.name, sample.content)], "sample")
    packed = import_outcomes([(f"{sample.name}.gz", gzip.compress(sample.content))], "sample")
    assert packed.table.content_hash == plain.table.content_hash


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_gives_a_table_or_a_sentence(kind: str) -> None:
    sample, generator = SAMPLES[kind], random.Random(5)
    refused = 0
    for _ in range(40):
        damaged = bytearray(sample.content[: generator.randrange(1, len(sample.content) + 1)])
        damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        try:
            assert import_outcomes([(sample.name, bytes(damaged))], "sample", kind=kind).table.n_queries > 0
        except RouteloomError as error:
            refused += 1
            assert str(error).endswith(".")
    assert refused
