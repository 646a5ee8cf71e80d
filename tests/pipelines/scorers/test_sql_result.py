"""Queries that are right, wrong, endless or out for harm."""

from __future__ import annotations

import pytest

from pipelines.error import ConfigurationError, DocumentError
from pipelines.scorers.sql_result import SqlResult, query_in
from pipelines.sql_query import run_query
from tests.pipelines.scorers.bench import example, score_of, value_of

SHOP = """
CREATE TABLE item (name TEXT, price REAL, stock INTEGER);
INSERT INTO item VALUES ('lamp', 30.0, 2), ('chair', 45.5, 0), ('table', 120.0, 1);
"""
ROWS = {"item": [{"name": "lamp", "price": 30.0}, {"name": "chair", "price": 45.5}]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SELECT name FROM item WHERE stock > 0", 1),
        ("```sql\nSELECT name AS n FROM item WHERE stock >= 1 ORDER BY price DESC;\n```", 1),
        ("The query is SELECT name FROM item WHERE NOT stock = 0", 1),
        ("SELECT name FROM item", 0),
        ("SELECT name, stock FROM item WHERE stock > 0", 0),
        ("SELECT nam FROM item", 0),
        ("I do not know", 0),
        ("", 0),
    ],
)
async def test_a_query_is_judged_by_its_result(text: str, value: int) -> None:
    row = example("SELECT name FROM item WHERE stock > 0", database=SHOP)
    assert await value_of(SqlResult(), row, text) == value


async def test_the_order_counts_where_the_reference_asks_for_one() -> None:
    row = example("SELECT name FROM item ORDER BY price", database=SHOP)
    assert await value_of(SqlResult(), row, "SELECT name FROM item ORDER BY price ASC") == 1.0
    score = await score_of(SqlResult(), row, "SELECT name FROM item ORDER BY price DESC")
    assert (score.value, score.reason) == (0.0, "the same rows in another order")


async def test_an_order_inside_a_bracket_or_a_text_asks_for_none() -> None:
    assert run_query(SHOP, "SELECT name FROM (SELECT * FROM item ORDER BY price)").ordered is False
    assert run_query(SHOP, "SELECT ' order by ' FROM item").ordered is False


async def test_rows_that_come_twice_are_counted() -> None:
    row = example("SELECT 1 UNION ALL SELECT 1", database=SHOP)
    assert await value_of(SqlResult(), row, "SELECT 1") == 0.0


async def test_a_database_may_be_rows_and_the_result_may_be_written_down() -> None:
    row = example(database=ROWS, rows=[["chair", 45.5]])
    assert await value_of(SqlResult(), row, "SELECT name, round(price, 1) FROM item WHERE price > 40") == 1.0
    assert (await score_of(SqlResult(), row, "SELECT * FROM item")).reason == (
        "expected 1 rows, found 2; not expected (lamp, 30.0)"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH DATABASE 'x.db' AS x",
        "PRAGMA database_list",
        "SELECT * FROM pragma_database_list",
        "INSERT INTO item VALUES ('x', 1, 1)",
        "DROP TABLE item",
        "VACUUM INTO 'x.db'",
        "SELECT load_extension('x')",
        "SELECT random()",
        "SELECT 1; SELECT 2",
    ],
)
def test_a_query_may_only_read(sql: str) -> None:
    with pytest.raises(DocumentError, match=r"not authorized|authorization denied|one statement"):
        run_query(SHOP, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r ORDER BY n DESC",
    ],
)
def test_an_endless_query_is_stopped(sql: str) -> None:
    with pytest.raises(DocumentError, match="it takes too long"):
        run_query(SHOP, sql)


def test_a_result_has_a_limit() -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    with pytest.raises(DocumentError, match="more than 10,000 rows"):
        run_query(SHOP, endless)
    with pytest.raises(DocumentError, match="or 5,000,000 characters"):
        run_query(SHOP, endless.replace("SELECT n FROM r", "SELECT printf('%50000s', n) FROM r LIMIT 500"))


@pytest.mark.parametrize(
    "script", ["ATTACH 'x' AS y", "PRAGMA writable_schema = 1", "CREATE VIRTUAL TABLE x USING fts5(a)"]
)
def test_the_script_of_a_row_reaches_nothing_outside(script: str) -> None:
    with pytest.raises(DocumentError, match="The database of the row cannot be built: not authorized"):
        run_query(script, "SELECT 1")


async def test_a_reference_that_cannot_be_run_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="The reference of the row 'r1' cannot be run"):
        await value_of(SqlResult(), example("SELECT x FROM y", database=SHOP), "SELECT 1")


def test_the_last_query_in_a_fence_is_taken() -> None:
    assert query_in("```sql\nSELECT 1\n```\nbetter:\n```\nWITH a AS (SELECT 2) SELECT * FROM a\n```") == (
        "WITH a AS (SELECT 2) SELECT * FROM a"
    )
