"""How much of a decision follows from the surface of a question."""

from __future__ import annotations

import numpy as np

from pipelines.routing.audit import audit

WORDS = ("river", "winter", "carpet", "orchard", "lantern", "harbour", "bridge")
SHORT = [f"What is the {WORDS[n % 7]} number {n}?" for n in range(60)]
LONG = [f"What is the {WORDS[n % 7]} number {n}, {'and the next one ' * 12}?" for n in range(60)]
QUERIES = [*SHORT, *LONG]


def test_a_router_that_looks_at_the_length_is_found_out() -> None:
    choices = np.repeat([0, 1], 60).astype(np.intp)
    found = audit(QUERIES, np.eye(2)[choices], choices)
    assert found is not None
    probes = {probe.feature: probe for probe in found.probes}
    assert probes["length"].accuracy > 0.95
    assert probes["length"].r2 > 0.8
    assert probes["first words"].lift < 0.2
    assert "the router mostly looks at the surface" in found.sentence


def test_decisions_by_chance_cannot_be_guessed() -> None:
    choices = np.random.default_rng(0).integers(2, size=120)
    found = audit(QUERIES, np.eye(2)[choices], choices)
    assert found is not None
    assert all(probe.lift < 0.3 and probe.r2 < 0.1 for probe in found.probes)
    assert "the router sees more than the surface" in found.sentence


def test_one_choice_for_all_has_nothing_to_explain() -> None:
    choices = np.zeros(120, dtype=np.intp)
    found = audit(QUERIES, np.tile([0.9, 0.1], (120, 1)), choices)
    assert found is not None
    assert found.majority == 1.0
    assert found.sentence == "The router always chooses the same model, so there is nothing to explain."


def test_few_questions_tell_nothing() -> None:
    assert audit(QUERIES[:39], np.zeros((39, 2)), np.zeros(39, dtype=np.intp)) is None
