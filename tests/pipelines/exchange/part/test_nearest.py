"""The hashing embedder of exported programs: the vectors of the studio's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.exchange.part.nearest import hashed_text
from pipelines.retrieval.hashing import HashingEmbedder


@given(st.text(max_size=60))
def test_a_text_has_the_vector_of_the_studio(text: str) -> None:
    expected = HashingEmbedder()._embed([text])[0]
    assert np.allclose(hashed_text(text), expected, atol=1e-6)
