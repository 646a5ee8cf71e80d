"""What models must keep to, with what is known of them."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.catalogue import ModelEntry, Price
from pipelines.routing.demand import Demands, Profile, fault
from pipelines.trait import ModelTraits

KNOWN = Profile(
    name="known",
    size_b=8.0,
    released_on=date(2024, 7, 23),
    price_usd_per_mtok=0.4,
    licence="mit",
    region="eu",
    modalities=("text", "image"),
    context_tokens=8_192,
)
STRANGER = Profile(name="stranger", modalities=("text",))


@pytest.mark.parametrize(
    ("demands", "why", "unknown"),
    [
        (Demands(largest_b=7.0), "8B is above 7B", "size not known"),
        (Demands(released_since=date(2025, 1, 1)), "released 2024-07-23, before 2025-01-01", "age not known"),
        (Demands(dearest_usd_per_mtok=0.3), "$0.4 per Mtok is above $0.3", "price not known"),
        (Demands(licences=("Apache-2.0",)), "licence mit", "licence not known"),
        (Demands(regions=("us", "ap")), "region eu", "region not known"),
        (Demands(modalities=("audio", "text")), "does not read audio", "does not read audio"),
        (Demands(context_tokens=10_000), "a window of 8,192 is below 10,000", "window not known"),
    ],
)
def test_what_a_model_does_not_keep_to_is_told(demands: Demands, why: str, unknown: str) -> None:
    assert fault(KNOWN, [Demands(), demands]) == why
    assert fault(STRANGER, [demands]) == unknown


@pytest.mark.parametrize(
    "demands",
    [
        Demands(),
        Demands(largest_b=8.0, dearest_usd_per_mtok=0.4, context_tokens=8_192, released_since=date(2024, 7, 23)),
        Demands(licences=(" MIT ", "apache-2.0"), regions=("EU", ""), modalities=("image",)),
        Demands(licences=("open",)),
    ],
)
def test_a_model_at_the_limit_keeps_to_it(demands: Demands) -> None:
    assert fault(KNOWN, [demands]) is None


def test_a_demand_asks_for_something_also_where_it_is_nothing() -> None:
    assert not Demands().asks
    assert Demands(dearest_usd_per_mtok=0.0).asks
    assert Demands(licences=("mit",)).asks
    assert Demands(recent=0.1).asks


def test_any_licence_but_a_proprietary_one_is_open() -> None:
    closed = Profile(name="closed", licence="proprietary")
    assert fault(closed, [Demands(licences=("open",))]) == "licence proprietary"
    assert fault(closed, [Demands(licences=("open", "proprietary"))]) is None


def test_a_profile_tells_what_was_entered_and_else_what_the_name_says() -> None:
    price = Price(input_usd_per_mtok=1.0, output_usd_per_mtok=3.0, as_of=date(2026, 1, 1))
    plain = ModelEntry(name="mistral-7b-20240301", provider="scripted", target="m", price=price, context_window=100)
    assert Profile.of(plain) == Profile(
        name="mistral-7b-20240301",
        size_b=7.0,
        released_on=date(2024, 3, 1),
        price_usd_per_mtok=4.0,
        modalities=("text",),
        context_tokens=100,
    )
    traits = ModelTraits(parameters_b=7.3, released_on=date(2024, 3, 2), licence="Apache-2.0", region="EU")
    told = Profile.of(plain.model_copy(update={"traits": traits}))
    assert (told.size_b, told.released_on, told.licence, told.region) == (7.3, date(2024, 3, 2), "apache-2.0", "eu")
