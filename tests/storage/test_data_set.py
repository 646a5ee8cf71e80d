"""Data sets keep every version, and a version of one changed row costs one row."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pipelines.data.data_set import DataSet
from pipelines.data.example import Example
from pipelines.error import DocumentError, NotFound, StaleWrite
from pipelines.value import Document
from storage import Storage, open_storage
from storage.error import NameTaken
from storage.table import DataRowTable

FULL = Example(
    id="r-1",
    query="Which river is the longest? naïve 漢字 \x00",
    references=("B", "the Nile"),
    choices=("Rhine", "Nile"),
    documents=(Document(title="Rivers", text="The Nile " * 10),),
    tags=("geography", "Ärger"),
    group="rivers",
    difficulty="easy",
    extra={"tests": ["x", 1, 2.5, None, {"deep": True}]},
)
RIVERS = DataSet(
    name="rivers",
    title="Rivers 漢",
    description="asks about rivers",
    source="a test",
    licence="CC0-1.0",
    examples=(FULL, Example(id="r-2", query="Where is the Spree?", references=("Berlin",)), Example(id="3", query="?")),
)
SHIPPED = DataSet(name="demo", title="Demo", examples=(Example(id="d", query="What is 100% of 2?"),))


def edited(number: int, query: str) -> Example:
    return RIVERS.examples[number].model_copy(update={"query": query})


def row_count(storage: Storage) -> int:
    with storage.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(DataRowTable)).scalar_one())


def test_a_data_set_comes_back_as_it_was(storage: Storage) -> None:
    info = storage.data_sets.put(RIVERS)
    assert (info.version, info.examples, info.content_hash) == (1, 3, RIVERS.content_hash)
    assert storage.data_sets.get("rivers") == RIVERS
    assert storage.data_sets.get("rivers", 1).content_hash == RIVERS.content_hash


def test_equal_rows_make_no_version_and_may_change_the_title(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    info = storage.data_sets.put(RIVERS.model_copy(update={"title": "Other"}))
    assert (info.version, info.title) == (1, "Other")
    assert row_count(storage) == 3


def test_other_rows_make_a_version_and_the_old_one_stays(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    fewer = RIVERS.model_copy(update={"examples": (RIVERS.examples[0], edited(1, "And the Havel?"))})
    more = RIVERS.model_copy(update={"examples": (*RIVERS.examples, Example(id="4", query="!"))})
    assert storage.data_sets.put(fewer, message="shorter").version == 2
    assert storage.data_sets.put(more).version == 3
    assert [storage.data_sets.get("rivers", number).examples for number in (1, 2, 3)] == [
        RIVERS.examples,
        fewer.examples,
        more.examples,
    ]
    versions = storage.data_sets.versions("rivers")
    assert [(version.number, version.examples, version.message) for version in versions] == [
        (3, 4, ""),
        (2, 2, "shorter"),
        (1, 3, ""),
    ]


def test_many_rows_come_back_in_their_order(storage: Storage) -> None:
    rows = tuple(Example(id=f"r{n}", query=f"q{n}", references=(str(n),)) for n in range(3_500))
    many = DataSet(name="many", examples=rows)
    storage.data_sets.put(many)
    changed = DataSet(name="many", examples=tuple(e.model_copy(update={"query": "x"}) for e in rows[:2_400]))
    assert storage.data_sets.put(changed).version == 2
    assert storage.data_sets.get("many", 1) == many
    assert storage.data_sets.get("many") == changed
    assert storage.data_sets.page("many", 1, offset=3_400, limit=200).rows[-1] == (3_499, rows[-1])
    assert storage.data_sets.page("many", search="x", offset=2_399).rows == ((2_399, changed.examples[-1]),)


def test_an_empty_data_set_can_be_stored_and_filled(storage: Storage) -> None:
    assert storage.data_sets.put(DataSet(name="empty")).examples == 0
    assert storage.data_sets.get("empty").examples == ()
    assert storage.data_sets.put(DataSet(name="empty", examples=(FULL,))).version == 2
    assert storage.data_sets.put(DataSet(name="empty")).version == 3
    assert storage.data_sets.get("empty").examples == ()


def test_an_edited_row_costs_one_row(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    info = storage.data_sets.edit("rivers", {1: edited(1, "Where is the Havel?")}, parent=1, message="Havel")
    assert (info.version, info.examples) == (2, 3)
    assert row_count(storage) == 4
    assert [example.query for example in storage.data_sets.get("rivers").examples][1] == "Where is the Havel?"
    assert storage.data_sets.get("rivers", 1).examples == RIVERS.examples
    changed = RIVERS.model_copy(update={"examples": storage.data_sets.get("rivers").examples})
    assert info.content_hash == DataSet.model_validate(changed.model_dump()).content_hash


def test_an_edit_that_changes_nothing_makes_no_version(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    assert storage.data_sets.edit("rivers", {0: FULL}, parent=1).version == 1
    assert row_count(storage) == 3


def test_an_edit_of_an_old_version_overwrites_nothing(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    storage.data_sets.edit("rivers", {2: edited(2, "first")}, parent=1)
    with pytest.raises(StaleWrite, match="is at version 2 and this change was made on version 1"):
        storage.data_sets.edit("rivers", {2: edited(2, "second")}, parent=1)
    assert storage.data_sets.get("rivers").examples[2].query == "first"


def test_an_edit_keeps_ids_unique_and_places_real(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    with pytest.raises(DocumentError, match="Rows 1 and 2 would have the same id 'r-1'"):
        storage.data_sets.edit("rivers", {1: FULL}, parent=1)
    with pytest.raises(NotFound, match="has 3 rows and none at place 3"):
        storage.data_sets.edit("rivers", {3: FULL}, parent=1)
    assert storage.data_sets.info("rivers").version == 1


def test_a_page_holds_some_rows_and_tells_how_many_match(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    page = storage.data_sets.page("rivers", offset=1, limit=1)
    assert (page.total, page.rows) == (3, ((1, RIVERS.examples[1]),))


@pytest.mark.parametrize(
    ("search", "places"),
    [("", [0, 1, 2]), ("SPREE where", [1]), ("ärger", [0]), ("berlin", [1]), ("100%", []), ("_", []), ("?", [0, 1, 2])],
)
def test_a_search_finds_rows_with_all_its_words(storage: Storage, search: str, places: list[int]) -> None:
    storage.data_sets.put(RIVERS)
    assert [place for place, _ in storage.data_sets.page("rivers", search=search).rows] == places


def test_a_search_looks_at_the_version_asked_for(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    storage.data_sets.edit("rivers", {1: edited(1, "Havel")}, parent=1)
    assert storage.data_sets.page("rivers", search="spree").total == 0
    assert storage.data_sets.page("rivers", 1, search="spree").total == 1


def test_a_deleted_data_set_is_gone_with_its_rows(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    storage.data_sets.delete("rivers")
    assert storage.data_sets.list() == ()
    assert row_count(storage) == 0


def test_what_is_not_there_is_told_with_what_is(storage: Storage) -> None:
    storage.data_sets.put(RIVERS)
    for use in (storage.data_sets.get, storage.data_sets.info, storage.data_sets.delete, storage.data_sets.page):
        with pytest.raises(NotFound, match="no data set 'lakes'; there is rivers"):
            use("lakes")
    with pytest.raises(NotFound, match="'rivers' has no version 2; it has 1 to 1"):
        storage.data_sets.get("rivers", 2)


def test_half_a_character_is_refused_in_a_sentence(storage: Storage) -> None:
    with pytest.raises(DocumentError, match="The data set 'half' cannot be saved as JSON"):
        storage.data_sets.put(DataSet(name="half", examples=(Example(id="1", query="\ud800"),)))
    assert storage.data_sets.list() == ()


def test_what_ships_with_the_product_shows_up_and_stays_as_it_is(url: str) -> None:
    with open_storage(url, shipped=lambda: {"demo": SHIPPED}) as storage:
        storage.data_sets.put(RIVERS)
        assert [(info.name, info.shipped, info.version) for info in storage.data_sets.list()] == [
            ("rivers", False, 1),
            ("demo", True, 1),
        ]
        assert storage.data_sets.get("demo") == SHIPPED
        assert storage.data_sets.page("demo", search="100%").rows == ((0, SHIPPED.examples[0]),)
        assert [version.number for version in storage.data_sets.versions("demo")] == [1]
        with pytest.raises(NotFound, match="only version 1, not 2"):
            storage.data_sets.get("demo", 2)
        for change in (
            lambda: storage.data_sets.put(SHIPPED),
            lambda: storage.data_sets.edit("demo", {0: FULL}, parent=1),
            lambda: storage.data_sets.delete("demo"),
        ):
            with pytest.raises(NameTaken, match="comes with Routeloom and stays as it is"):
                change()
