"""Splits keep groups together and shares of tags alike; samples and overlaps are what they say."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.data.example import Example
from pipelines.data.split import overlap, sample, split
from pipelines.error import DocumentError

THIRDS = {"train": 0.6, "dev": 0.2, "test": 0.2}


def rows(count: int, *, groups: int | None = None, tags: int = 1) -> list[Example]:
    return [
        Example(id=str(n), query=f"q {n}", group=None if groups is None else f"g{n % groups}", tags=(f"t{n % tags}",))
        for n in range(count)
    ]


def test_rows_without_groups_are_parted_exactly() -> None:
    parts = split(rows(100), THIRDS, seed=3)
    assert {name: len(part) for name, part in parts.items()} == {"train": 60, "dev": 20, "test": 20}
    assert sorted(int(e.id) for part in parts.values() for e in part) == list(range(100))
    assert [int(e.id) for e in parts["dev"]] == sorted(int(e.id) for e in parts["dev"])


def test_a_seed_gives_the_same_split_and_another_seed_another() -> None:
    examples = rows(100)
    assert split(examples, THIRDS, seed=1) == split(examples, THIRDS, seed=1)
    assert split(examples, THIRDS, seed=1) != split(examples, THIRDS, seed=2)


def test_every_split_has_its_share_of_every_tag() -> None:
    parts = split(rows(1_000, tags=5), THIRDS)
    shares = {name: Counter(e.tags[0] for e in part) for name, part in parts.items()}
    assert {count for counts in (shares["dev"], shares["test"]) for count in counts.values()} <= {39, 40, 41}
    assert len(parts["train"]) == 600


def test_rare_tags_do_not_all_go_the_same_way() -> None:
    parts = split(rows(50, tags=50), {"train": 0.5, "test": 0.5})
    assert {name: len(part) for name, part in parts.items()} == {"train": 25, "test": 25}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=80),
    st.integers(0, 5),
    st.booleans(),
)
def test_a_group_is_never_in_two_splits(shape: list[tuple[int, int]], seed: int, stratify: bool) -> None:
    examples = [
        Example(id=str(n), query="q", group=f"g{group}" if group else None, tags=(f"t{tag}",))
        for n, (group, tag) in enumerate(shape)
    ]
    parts = split(examples, THIRDS, seed=seed, stratify=stratify)
    assert sum(len(part) for part in parts.values()) == len(examples)
    homes: dict[str, set[str]] = {}
    for name, part in parts.items():
        for example in part:
            if example.group:
                homes.setdefault(example.group, set()).add(name)
    assert all(len(names) == 1 for names in homes.values())


@pytest.mark.parametrize(
    ("fractions", "found"),
    [
        ({}, "none"),
        ({"a": 0.5}, "a=0.5, together 0.5"),
        ({"a": 1.5, "b": -0.5}, "a=1.5, b=-0.5"),
        ({"a": float("nan")}, "a=nan"),
    ],
)
def test_fractions_that_make_no_whole_are_told(fractions: dict[str, float], found: str) -> None:
    with pytest.raises(DocumentError, match=f"The splits are {found}"):
        split(rows(3), fractions)


def test_a_sample_is_drawn_by_its_seed_in_the_order_of_the_rows() -> None:
    examples = rows(100)
    drawn = sample(examples, 10, seed=4)
    assert len(drawn) == 10
    assert [int(e.id) for e in drawn] == sorted(int(e.id) for e in drawn)
    assert drawn == sample(examples, 10, seed=4) != sample(examples, 10, seed=5)
    assert sample(examples, 500) == tuple(examples)
    with pytest.raises(DocumentError, match="A sample of 0 rows"):
        sample(examples, 0)


def test_a_stratified_sample_has_the_share_of_each_tag() -> None:
    examples = [*rows(90), *(e.model_copy(update={"id": f"x{e.id}", "tags": ("rare",)}) for e in rows(10))]
    assert Counter(e.tags[0] for e in sample(examples, 20, stratify=True)) == {"t0": 18, "rare": 2}


def test_an_overlap_tells_ids_questions_and_groups() -> None:
    first = [Example(id="1", query="What is 2 + 2?", group="maths"), Example(id="2", query="漢字?")]
    second = [
        Example(id="2", query="Something else", group="maths"),
        Example(id="9", query="what is  2+2"),
        Example(id="8", query="What is 2 + 2?", choices=("3", "4")),
        Example(id="7", query="漢 字!", group="letters"),
    ]
    found = overlap(first, second)
    assert (found.ids, found.queries, found.groups) == (("2",), ("9", "7"), ("maths",))
    assert not found.is_clean
    assert overlap(first, second[2:3]).is_clean
    assert overlap(first, [Example(id="3", query="What is 2 - 2?")]).is_clean


def test_splits_of_many_rows_share_no_group() -> None:
    parts = split(rows(100_000, groups=7_001, tags=9), {"train": 0.8, "test": 0.2}, seed=1)
    assert overlap(parts["train"], parts["test"]).groups == ()
    assert 79_900 <= len(parts["train"]) <= 80_100
