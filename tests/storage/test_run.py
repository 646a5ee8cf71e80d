"""The log of runs gives back what it was given, and keeps the promises of the call store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from pipelines.record import Record
from pipelines.value import Answer, Query
from storage import Storage, open_storage
from storage.error import StorageError
from storage.run import RunLog
from tests.storage.changed import CALL, MODEL, PIPELINE, RUN, SPAN, STARTED_AT, call, pipeline, run, unchanged_fields


@pytest.mark.parametrize("record", [CALL, RUN, MODEL], ids=["call", "run", "model"])
def test_examples_differ_from_every_default(record: Record) -> None:
    assert unchanged_fields(record) == []


async def test_a_call_comes_back_as_it_was(storage: Storage) -> None:
    await storage.runs.put(CALL)
    assert storage.runs.calls("run-1") == [CALL]
    assert await storage.runs.cached(CALL.key) == CALL


async def test_a_run_comes_back_as_it_was(storage: Storage) -> None:
    await storage.runs.begin(RUN.model_copy(update={"status": "running", "spans": (), "answer": None}))
    await storage.runs.finish(RUN)
    assert storage.runs.run("run-1") == RUN


async def test_a_run_survives_reopening(url: str) -> None:
    with open_storage(url) as first:
        await first.runs.finish(RUN)
        await first.runs.put(CALL)
    with open_storage(url) as second:
        assert second.runs.run("run-1") == RUN
        assert second.runs.calls("run-1") == [CALL]


async def test_an_unknown_run_is_none(storage: Storage) -> None:
    assert storage.runs.run("nobody") is None
    assert storage.runs.calls("nobody") == []


async def test_spans_handed_over_one_by_one_are_stored_once(storage: Storage) -> None:
    spans = tuple(SPAN.model_copy(update={"node_id": f"n{number}"}) for number in range(3))
    await storage.runs.begin(run(spans=(), status="running"))
    for span in spans:
        await storage.runs.add_span("run-1", span)
    await storage.runs.finish(run(spans=spans))
    assert storage.runs.run("run-1") == run(spans=spans)


async def test_the_order_of_the_spans_is_that_of_the_finished_run(storage: Storage) -> None:
    spans = tuple(SPAN.model_copy(update={"node_id": f"n{number}"}) for number in range(3))
    await storage.runs.begin(run(spans=(), status="running"))
    for span in spans:
        await storage.runs.add_span("run-1", span)
    await storage.runs.finish(run(spans=spans[::-1]))
    found = storage.runs.run("run-1")
    assert found is not None
    assert [span.node_id for span in found.spans] == ["n2", "n1", "n0"]


async def test_spans_of_a_run_that_never_finished_are_there(storage: Storage) -> None:
    await storage.runs.begin(run(spans=(), status="running"))
    await storage.runs.add_span("run-1", SPAN)
    await storage.runs.put(call())
    found = storage.runs.run("run-1")
    assert found is not None
    assert found.status == "running"
    assert found.spans == (SPAN,)


async def test_a_resumed_run_starts_with_fresh_spans(storage: Storage) -> None:
    await storage.runs.begin(run(spans=(), status="running"))
    await storage.runs.add_span("run-1", SPAN)
    await storage.runs.begin(run(spans=(), status="running"))
    await storage.runs.finish(run(spans=(SPAN,)))
    assert storage.runs.run("run-1") == run(spans=(SPAN,))


async def test_a_failed_span_is_brought_by_the_end_of_the_run(storage: Storage) -> None:
    await storage.runs.begin(run(spans=(), status="running"))
    with storage.database.write() as connection:
        connection.execute(text("ALTER TABLE span RENAME TO elsewhere"))
    await storage.runs.add_span("run-1", SPAN)
    await storage.runs.put(call())
    with storage.database.write() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO span"))
    await storage.runs.finish(run(spans=(SPAN,)))
    assert storage.runs.run("run-1") == run(spans=(SPAN,))


async def test_runs_of_one_pipeline_share_its_text(storage: Storage) -> None:
    for number in range(3):
        await storage.runs.finish(run(number, pipeline=PIPELINE.model_copy()))
    with storage.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM snapshot")).scalar_one() == 1


async def test_the_first_successful_call_is_the_cached_one(storage: Storage) -> None:
    failed = call(1, key="same", reply=None)
    bought = call(2, key="same", source="live")
    again = call(3, key="same", source="cache")
    for record in (failed, bought, again):
        await storage.runs.put(record)
    assert await storage.runs.cached("same") == bought
    assert await storage.runs.cached("other") is None


async def test_the_history_of_a_run_holds_all_its_calls_in_order(storage: Storage) -> None:
    mine, failed, foreign = call(1), call(2, reply=None), call(3, run_id="run-2")
    for record in (mine, failed, foreign):
        await storage.runs.put(record)
    assert list(await storage.runs.history("run-1")) == [mine, failed]
    assert list(await storage.runs.history("nobody")) == []


async def test_many_lookups_at_once_each_get_their_own_answer(storage: Storage) -> None:
    calls = [call(number) for number in range(50)]
    await asyncio.gather(*(storage.runs.put(record) for record in calls))
    found = await asyncio.gather(*(storage.runs.cached(f"key-{number}") for number in range(60)))
    assert found == [*calls, *[None] * 10]


async def test_a_call_written_twice_is_stored_once(storage: Storage) -> None:
    await storage.runs.put(call())
    await storage.runs.put(call(1, error="another"))
    assert storage.runs.calls("run-1") == [call()]


async def test_failed_calls_are_in_the_list_of_the_run(storage: Storage) -> None:
    await storage.runs.put(call(1, reply=None))
    await storage.runs.put(call(2))
    assert [record.id for record in storage.runs.calls("run-1")] == ["call-1", "call-2"]


async def test_one_bad_record_does_not_spoil_its_neighbours(storage: Storage) -> None:
    timeless = call(2).model_copy(update={"started_at": datetime(2026, 1, 1)})
    outcomes = await asyncio.gather(
        *(storage.runs.put(record) for record in (call(1), timeless, call(3))), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), StorageError, type(None)]
    assert [record.id for record in storage.runs.calls("run-1")] == ["call-1", "call-3"]


async def test_runs_are_listed_newest_first(storage: Storage) -> None:
    for number, workflow in enumerate(["a", "b", "a", None]):
        await storage.runs.finish(run(number, workflow=workflow))
    assert [info.id for info in storage.runs.runs()] == ["run-3", "run-2", "run-1", "run-0"]
    assert [info.id for info in storage.runs.runs("a")] == ["run-2", "run-0"]
    assert [info.id for info in storage.runs.runs(limit=1)] == ["run-3"]


async def test_the_rows_of_experiments_come_back_and_are_in_no_list(storage: Storage) -> None:
    await storage.runs.finish(run(1, experiment="e-1"))
    await storage.runs.begin(run(2, experiment="e-1", status="running"))
    found = storage.runs.run("run-1")
    assert found is not None
    assert found.experiment == "e-1"
    assert storage.runs.runs() == []
    assert storage.runs.unfinished() == []


async def test_the_list_shows_what_a_run_cost(storage: Storage) -> None:
    await storage.runs.finish(run())
    info = storage.runs.runs()[0]
    assert (info.pipeline_name, info.workflow, info.version) == ("Rivers 漢", "rivers", 4)
    assert (info.calls, info.cost_usd, info.list_cost_usd, info.notional) == (3, 0.1, 0.3, True)
    assert (info.input_tokens, info.output_tokens, info.latency_s) == (11, 2**63 - 1, 2.75)
    assert info.question.startswith("Which river?")
    assert info.answer is not None
    assert info.answer.startswith("The Rhine.")
    assert info.error == "It failed."
    assert info.started_at == STARTED_AT
    assert info.started_at.tzinfo is UTC


async def test_the_list_shows_the_beginning_of_long_texts(storage: Storage) -> None:
    long = "x" * 201
    await storage.runs.finish(run(query=Query(text=long), answer=Answer(text=long), error=long))
    info = storage.runs.runs()[0]
    assert (info.question, info.answer, info.error) == ("x" * 200, "x" * 200, "x" * 200)


async def test_unfinished_runs_are_those_still_running(storage: Storage) -> None:
    await storage.runs.begin(run(1, status="running"))
    await storage.runs.begin(run(2, status="running"))
    await storage.runs.finish(run(1, status="cancelled"))
    assert [info.id for info in storage.runs.unfinished()] == ["run-2"]


async def test_a_run_in_hand_is_not_offered_for_resuming(storage: Storage) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    log = RunLog(storage.database, clock=lambda: moment)
    await log.begin(run(1, status="running"))
    assert log.lease("run-1", "worker a", 60.0)
    assert log.unfinished() == []
    assert [info.id for info in log.unfinished(leased=True)] == ["run-1"]
    log.close()
    later = RunLog(storage.database, clock=lambda: moment + timedelta(seconds=61))
    assert [info.id for info in later.unfinished()] == ["run-1"]


async def test_a_pipeline_that_shares_its_name_with_a_later_one_keeps_its_text(storage: Storage) -> None:
    await storage.runs.finish(run(1, pipeline=pipeline(a=1)))
    await storage.runs.finish(run(2, pipeline=pipeline(a=2)))
    first, second = storage.runs.run("run-1"), storage.runs.run("run-2")
    assert first is not None
    assert second is not None
    assert (first.pipeline.nodes[0].config, second.pipeline.nodes[0].config) == ({"a": 1}, {"a": 2})


async def test_the_log_hands_out_leases(storage: Storage) -> None:
    assert storage.runs.lease("run-1", "a", 60.0)
    assert storage.runs.holder("run-1") == "a"
    assert not storage.runs.renew("run-1", "b", 60.0)
    storage.runs.release("run-1", "a")
    assert storage.runs.holder("run-1") is None


async def test_lookups_that_fail_are_told_to_each_that_asked(storage: Storage) -> None:
    with storage.database.write() as connection:
        connection.execute(text("ALTER TABLE call RENAME TO elsewhere"))
    outcomes = await asyncio.gather(*(storage.runs.cached(key) for key in "ab"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StorageError, StorageError]


async def test_writing_after_close_is_refused(url: str) -> None:
    opened = open_storage(url)
    opened.close()
    with pytest.raises(StorageError, match="is closed"):
        await opened.runs.put(call())


async def test_what_was_handed_over_is_written_before_closing(url: str) -> None:
    with open_storage(url) as first:
        await first.runs.begin(run(spans=(), status="running"))
        await first.runs.add_span("run-1", SPAN)
    with open_storage(url) as second:
        found = second.runs.run("run-1")
        assert found is not None
        assert found.spans == (SPAN,)
