"""What a person can rely on: budgets, stopping, time-outs, pins, joins, re-runs, resumption, nesting."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.chat import Attempt, Call, ChatRequest, Message, Usage
from pipelines.document import Pipeline
from pipelines.engine import reusable_outputs
from pipelines.error import ModelAnsweredGarbage, PipelineInvalid
from pipelines.event import NodeFinished, RunFinished, RunStarted, TokenArrived
from pipelines.gateway.scripted import ScriptedProvider
from pipelines.run import Budget, Run
from pipelines.store import MemoryStore
from pipelines.value import Answer, Query
from tests.pipelines.drawing import draw, node, single_expert
from tests.pipelines.engine.stage import Stage, play, statuses

CASCADE = draw(
    [
        node("q", "query_input"),
        node("cheap", "cascade", {"rule": "mean_logprob", "threshold": 0.5, "system_prompt": "logprob=-3"}),
        node("strong", "expert", {"system_prompt": "say=strong"}),
        node("out", "answer_output"),
    ],
    "q.query > cheap.query",
    "cheap.accepted > out.answers",
    "cheap.escalate > strong.query",
    "strong.answer > out.answers",
)


def racing(join: dict[str, object], *behaviours: str, aggregator: str = "merge") -> Pipeline:
    """Returns experts of these behaviours side by side, all into one join."""
    names = [f"e{number}" for number in range(len(behaviours))]
    port = "values" if aggregator == "merge" else "answers"
    return draw(
        [
            node("q", "query_input"),
            *(node(n, "expert", {"system_prompt": f"node={n} {b}"}) for n, b in zip(names, behaviours, strict=True)),
            node("join", aggregator, join=join),
            node("out", "answer_output"),
        ],
        *(f"q.query > {n}.query" for n in names),
        *(f"{n}.answer > join.{port}" for n in names),
        "join.answer > out.answers",
    )


def played(pipeline: Pipeline, **settings: object) -> Run:
    async def work() -> Run:
        return await Stage().run(pipeline, **settings)

    return play(work())


def test_an_expert_answers_and_its_cost_is_counted() -> None:
    run = played(single_expert(system_prompt="say=Paris latency=2"))
    assert run.status == "done"
    assert run.answer == Answer(text="Paris", model="small")
    assert (run.totals.calls, run.totals.input_tokens, run.totals.output_tokens) == (1, 10, 5)
    assert run.totals.cost_usd == pytest.approx((10 * 1.0 + 5 * 2.0) / 1e6)
    assert run.latency_s == 2.0


def test_the_branch_not_taken_is_skipped_with_the_reason() -> None:
    sure = CASCADE.nodes[1].model_copy(update={"config": {**CASCADE.nodes[1].config, "system_prompt": "logprob=-0.1"}})
    run = played(CASCADE.model_copy(update={"nodes": (CASCADE.nodes[0], sure, *CASCADE.nodes[2:])}))
    assert statuses(run) == {"q": "done", "cheap": "done", "strong": "skipped", "out": "done"}
    skipped = next(s for s in run.spans if s.node_id == "strong")
    assert skipped.reason == "cheap did not take 'escalate'".replace("cheap", "Cascade")
    taken = next(s for s in run.spans if s.node_id == "cheap")
    assert taken.fired is not None
    assert taken.fired.decision is not None
    assert taken.fired.decision.scores["accepted"] == pytest.approx(0.9048, abs=1e-4)


def test_a_slow_branch_does_not_hold_back_a_quick_one() -> None:
    pipeline = draw(
        [
            node("q", "query_input"),
            node("slow", "expert", {"system_prompt": "node=slow latency=4"}),
            node("quick", "expert", {"system_prompt": "node=quick latency=1"}),
            node("next", "expert", {"system_prompt": "node=next latency=3"}),
            node("vote", "majority_vote"),
            node("out", "answer_output"),
        ],
        "q.query > slow.query",
        "q.query > quick.query",
        "quick.answer > next.query",
        "slow.answer > vote.answers",
        "next.answer > vote.answers",
        "vote.answer > out.answers",
    )
    assert played(pipeline).latency_s == 4.0


def test_a_failure_blocks_what_needs_it_and_says_why() -> None:
    run = played(single_expert(system_prompt="fail"))
    assert run.status == "failed"
    assert statuses(run) == {"question": "done", "expert": "failed", "answer": "blocked"}
    assert run.error == "Expert: The script says no."


def test_a_silenced_failure_lets_the_others_answer() -> None:
    pipeline = racing({"rule": "all_taken"}, "fail", "say=yes", aggregator="majority_vote")
    silenced = pipeline.nodes[1].model_copy(update={"on_error": "silent"})
    run = played(pipeline.model_copy(update={"nodes": (pipeline.nodes[0], silenced, *pipeline.nodes[2:])}))
    assert run.status == "done"
    assert statuses(run)["e0"] == "failed"
    assert run.answer is not None
    assert run.answer.text == "yes"


def test_any_takes_the_first_and_lets_the_others_finish() -> None:
    run = played(racing({"rule": "any"}, "say=slow latency=5", "say=quick latency=1"))
    assert run.answer is not None
    assert run.answer.text == "quick"
    assert statuses(run)["e0"] == "done"
    assert next(s for s in run.spans if s.node_id == "out").start_s == 1.0
    assert run.totals.calls == 2


def test_first_stops_the_others() -> None:
    run = played(racing({"rule": "first"}, "say=slow latency=5", "say=quick latency=1"))
    assert statuses(run) == {"q": "done", "e0": "cancelled", "e1": "done", "join": "done", "out": "done"}
    assert next(s for s in run.spans if s.node_id == "e0").reason == "another branch came first"
    assert run.latency_s == 1.0


def test_k_of_n_waits_for_k() -> None:
    join = {"rule": "k_of_n", "k": 2}
    run = played(racing(join, "say=a latency=1", "say=b latency=3", "say=b latency=2", aggregator="majority_vote"))
    span = next(s for s in run.spans if s.node_id == "join")
    assert span.start_s == 2.0
    assert span.inputs == {"answers": ("e0.answer", "e2.answer")}


def test_k_of_n_stays_silent_when_fewer_can_come() -> None:
    pipeline = racing({"rule": "k_of_n", "k": 2}, "say=a", "say=b", aggregator="majority_vote")
    disabled = pipeline.nodes[1].model_copy(update={"disabled": True})
    run = played(pipeline.model_copy(update={"nodes": (pipeline.nodes[0], disabled, *pipeline.nodes[2:])}))
    assert run.status == "no_answer"
    assert next(s for s in run.spans if s.node_id == "join").reason == "1 of the 2 answers it waits for came"


def test_a_pinned_node_returns_its_value_without_a_call() -> None:
    pipeline = single_expert(system_prompt="say=asked")
    pinned = pipeline.nodes[1].model_copy(update={"pinned": {"answer": Answer(text="pinned")}})
    run = played(pipeline.model_copy(update={"nodes": (pipeline.nodes[0], pinned, pipeline.nodes[2])}))
    assert run.answer == Answer(text="pinned")
    assert run.totals.calls == 0


def test_a_pinned_node_on_a_branch_not_taken_stays_silent() -> None:
    sure = CASCADE.nodes[1].model_copy(update={"config": {**CASCADE.nodes[1].config, "system_prompt": "logprob=-0.1"}})
    pinned = CASCADE.nodes[2].model_copy(update={"pinned": {"answer": Answer(text="pinned")}})
    run = played(CASCADE.model_copy(update={"nodes": (CASCADE.nodes[0], sure, pinned, CASCADE.nodes[3])}))
    assert statuses(run)["strong"] == "skipped"


def test_the_call_that_would_exceed_the_call_budget_is_not_made() -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        return await stage.run(CASCADE, budget=Budget(calls=1)), stage

    run, stage = play(work())
    assert run.status == "budget"
    assert statuses(run) == {"q": "done", "cheap": "done", "strong": "budget", "out": "blocked"}
    assert len(stage.provider.asked) == 1
    assert run.error == "Expert: The budget of 1 calls is used up."


def test_parallel_calls_cannot_exceed_a_money_budget_together() -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        behaviours = [f"say=a latency=1 n={n}" for n in range(8)]
        pipeline = racing({"rule": "all_taken"}, *behaviours, aggregator="majority_vote")
        cautious = tuple(
            n.model_copy(update={"config": {**n.config, "sampling": {"max_tokens": 5}}, "on_error": "silent"})
            if n.kind == "expert"
            else n
            for n in pipeline.nodes
        )
        return await stage.run(pipeline.model_copy(update={"nodes": cautious}), budget=Budget(usd=0.0003)), stage

    run, stage = play(work())
    assert 0 < len(stage.provider.asked) < 8
    assert run.totals.cost_usd <= 0.0003
    assert "budget" in statuses(run).values()


def test_a_time_budget_ends_a_node_that_runs_too_long() -> None:
    run = played(single_expert(system_prompt="latency=100"), budget=Budget(seconds=2.5))
    assert run.status == "budget"
    assert run.latency_s == 2.5


def test_a_node_that_takes_too_long_fails() -> None:
    run = played(single_expert(system_prompt="latency=100"), node_timeout_s=3.0)
    assert run.status == "failed"
    assert run.error == "Expert: The node took longer than 3 s and was stopped."


def test_a_stopped_run_keeps_what_was_finished() -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        slow = CASCADE.nodes[2].model_copy(update={"config": {"system_prompt": "latency=50"}})
        pipeline = CASCADE.model_copy(update={"nodes": (*CASCADE.nodes[:2], slow, CASCADE.nodes[3])})
        run = Run(pipeline=pipeline, query=Query(text="?"))
        handle = stage.engine.start(run, on_event=stage.events.append)
        await asyncio.sleep(1)
        handle.stop()
        return await handle.result(), stage

    run, stage = play(work())
    assert run.status == "cancelled"
    assert statuses(run) == {"q": "done", "cheap": "done", "strong": "cancelled", "out": "cancelled"}
    assert stage.store.runs[run.id].status == "cancelled"
    assert run.latency_s == 1.0


def test_the_stream_tells_the_run_from_start_to_end() -> None:
    async def work() -> list[object]:
        stage = Stage()
        run = Run(pipeline=single_expert(system_prompt="say=yes"), query=Query(text="?"))
        return [event async for event in stage.engine.stream(run)]

    events = play(work())
    assert isinstance(events[0], RunStarted)
    assert [e.text for e in events if isinstance(e, TokenArrived)] == ["yes"]
    assert [e.span.node_id for e in events if isinstance(e, NodeFinished)] == ["question", "expert", "answer"]
    assert isinstance(events[-1], RunFinished)


def test_leaving_the_stream_stops_the_run() -> None:
    async def work() -> Run:
        stage = Stage()
        run = Run(pipeline=single_expert(system_prompt="latency=500"), query=Query(text="?"))
        stream = stage.engine.stream(run)
        async for _ in stream:
            break
        await stream.aclose()
        return stage.store.runs[run.id]

    assert play(work()).status == "cancelled"


def test_an_invalid_pipeline_is_refused_before_anything_is_stored() -> None:
    async def work() -> Stage:
        stage = Stage()
        with pytest.raises(PipelineInvalid):
            await stage.run(Pipeline())
        return stage

    assert play(work()).store.runs == {}


def test_a_re_run_from_a_node_reuses_what_is_upstream() -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        first = await stage.run(CASCADE, cache=False)
        again = await stage.run(CASCADE, cache=False, reuse=reusable_outputs(first, CASCADE, start="strong"))
        return again, stage

    run, stage = play(work())
    assert {s.node_id: s.reused for s in run.spans} == {"q": True, "cheap": True, "strong": False, "out": False}
    assert [r.messages[0].content for r in stage.provider.asked] == ["logprob=-3", "say=strong", "say=strong"]
    assert run.totals.calls == 1


def test_a_changed_node_and_all_behind_it_are_done_again() -> None:
    async def work() -> set[str]:
        first = await Stage().run(CASCADE)
        changed = CASCADE.nodes[1].model_copy(update={"config": {**CASCADE.nodes[1].config, "threshold": 0.01}})
        nodes = (CASCADE.nodes[0], changed, *CASCADE.nodes[2:])
        return set(reusable_outputs(first, CASCADE.model_copy(update={"nodes": nodes})))

    assert play(work()) == {"q"}


def test_a_re_run_does_not_ask_a_branch_again_that_was_overtaken() -> None:
    pipeline = racing({"rule": "first"}, "say=quick latency=1", "say=slow latency=9")

    async def work() -> tuple[Run, int]:
        stage = Stage()
        first = await stage.run(pipeline, cache=False)
        asked = len(stage.provider.asked)
        again = await stage.run(pipeline, cache=False, reuse=reusable_outputs(first, pipeline, start="out"))
        return again, len(stage.provider.asked) - asked

    run, asked = play(work())
    assert asked == 0
    assert run.answer == Answer(text="quick", model="small")
    assert {s.node_id for s in run.spans if s.reused} == {"q", "e0", "e1", "join"}


class Interrupted(MemoryStore):
    """Is a store whose process dies once it holds a number of calls."""

    def __init__(self, survives: int) -> None:
        super().__init__()
        self.survives = survives
        self.revived = asyncio.Event()

    async def put(self, call: Call) -> None:
        await super().put(call)
        if len(self.calls) == self.survives:
            await self.revived.wait()


def test_a_resumed_run_never_pays_twice() -> None:
    async def work() -> tuple[Run, Stage]:
        store = Interrupted(survives=1)
        stage = Stage(store=store)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stage.run(CASCADE, run_id="r", cache=False), 5)
        store.revived.set()
        return await stage.run(CASCADE, run_id="r", cache=False, resume=True), stage

    run, stage = play(work())
    assert run.status == "done"
    assert [r.messages[0].content for r in stage.provider.asked] == ["logprob=-3", "say=strong"]
    assert run.totals.calls == 2
    assert run.totals.cost_usd == pytest.approx(2 * 20 / 1e6)


def test_a_resumed_run_keeps_to_the_call_budget_of_the_whole_run() -> None:
    async def work() -> tuple[Run, Stage]:
        store = Interrupted(survives=1)
        stage = Stage(store=store)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stage.run(CASCADE, run_id="r", budget=Budget(calls=1)), 5)
        store.revived.set()
        return await stage.run(CASCADE, run_id="r", budget=Budget(calls=1), resume=True), stage

    run, stage = play(work())
    assert run.status == "budget"
    assert len(stage.provider.asked) == 1


def test_what_failed_calls_cost_before_a_crash_counts_after_it() -> None:
    pipeline = single_expert(system_prompt="say=yes")

    async def work(**limits: float) -> Run:
        stage = Stage()
        lost = Call(
            run_id="r",
            node_id="expert",
            model="small",
            provider="scripted",
            key="k",
            request=ChatRequest(messages=(Message(role="user", content="question"),)),
            attempts=(Attempt(latency_s=1.0, cost_usd=0.5), Attempt(latency_s=1.0, cost_usd=0.25)),
            cost_usd=0.75,
            error_kind="ModelAnsweredGarbage",
        )
        await stage.store.put(lost)
        return await stage.run(pipeline, run_id="r", resume=True, budget=Budget.model_validate(limits))

    run = play(work())
    assert (run.status, run.totals.calls) == ("done", 2)
    assert run.totals.cost_usd == pytest.approx(0.75 + 20 / 1e6)
    assert {span.node_id: span.totals.calls for span in run.spans} == {"question": 0, "expert": 2, "answer": 0}
    assert play(work(usd=0.75)).status == "budget"
    assert play(work(calls=2)).status == "budget"


def test_a_resumed_run_still_says_what_came_from_the_cache() -> None:
    async def work() -> Run:
        store = Interrupted(survives=3)
        stage = Stage(store=store)
        await stage.run(CASCADE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stage.run(CASCADE, run_id="r"), 5)
        store.revived.set()
        return await stage.run(CASCADE, run_id="r", resume=True)

    assert play(work()).totals.cached_calls == 2


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8])
def test_a_run_can_be_stopped_at_any_moment(turns: int) -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        run = Run(pipeline=CASCADE, query=Query(text="?"))
        handle = stage.engine.start(run)
        for _ in range(turns):
            await asyncio.sleep(0)
        handle.stop()
        return await handle.result(), stage

    run, stage = play(work())
    assert run.status == "cancelled"
    assert stage.store.runs[run.id].status == "cancelled"


def test_what_a_stopped_node_had_paid_is_in_its_span() -> None:
    garbage = ModelAnsweredGarbage("no", usage=Usage(input_tokens=10, output_tokens=5), retry_after_s=60)

    async def work() -> Run:
        stage = Stage(provider=ScriptedProvider(lambda *_: garbage))
        handle = stage.engine.start(Run(pipeline=single_expert(), query=Query(text="?")))
        await asyncio.sleep(1)
        handle.stop()
        return await handle.result()

    run = play(work())
    assert run.status == "cancelled"
    assert run.totals.cost_usd == pytest.approx(20 / 1e6)
    assert {span.node_id: span.totals.calls for span in run.spans} == {"question": 0, "expert": 1, "answer": 0}


def test_a_listener_that_fails_leaves_nothing_running() -> None:
    def listen(event: object) -> None:
        if isinstance(event, NodeFinished) and event.span.node_id == "q":
            raise ValueError("the listener fell over")

    async def work() -> Stage:
        stage = Stage()
        pipeline = racing({"rule": "any"}, "say=slow latency=5", "say=slower latency=50")
        with pytest.raises(ValueError, match="fell over"):
            await stage.engine.run(Run(pipeline=pipeline, query=Query(text="?")), on_event=listen)
        assert len(asyncio.all_tasks()) == 2, "this one and the one that limits it"
        return stage

    assert play(work()).store.calls == []


def test_a_second_run_takes_its_answers_from_the_cache() -> None:
    async def work() -> tuple[Run, Stage]:
        stage = Stage()
        await stage.run(CASCADE)
        return await stage.run(CASCADE), stage

    run, stage = play(work())
    assert len(stage.provider.asked) == 2
    assert (run.totals.calls, run.totals.cached_calls, run.totals.cost_usd) == (2, 2, 0.0)
    assert run.totals.list_cost_usd == pytest.approx(2 * 20 / 1e6)


def nested(reference: str) -> Pipeline:
    return draw(
        [
            node("q", "query_input"),
            node("inner", "sub_pipeline", {"reference": reference}),
            node("out", "answer_output"),
        ],
        "q.query > inner.query",
        "inner.answer > out.answers",
    )


def test_a_sub_pipeline_runs_on_the_budget_of_the_outer_run() -> None:
    async def work() -> Run:
        return await Stage(pipelines={"cascade": CASCADE}).run(nested("cascade"))

    run = play(work())
    assert run.answer is not None
    assert run.answer.text == "strong"
    assert statuses(run)["inner/cheap"] == "done"
    assert run.totals.calls == 2
    assert next(s for s in run.spans if s.node_id == "inner").status == "done"


def test_a_failure_inside_a_sub_pipeline_is_its_failure() -> None:
    async def work() -> Run:
        return await Stage(pipelines={"bad": single_expert(system_prompt="fail")}).run(nested("bad"))

    run = play(work())
    assert run.status == "failed"
    assert next(s for s in run.spans if s.node_id == "inner").error == "Expert: The script says no."


def test_a_budget_that_ends_inside_a_sub_pipeline_is_a_budget_stop() -> None:
    async def work() -> Run:
        return await Stage(pipelines={"cascade": CASCADE}).run(nested("cascade"), budget=Budget(calls=1))

    assert play(work()).status == "budget"


def test_the_seed_of_a_call_follows_the_seed_of_the_run() -> None:
    async def work(seed: int) -> int | None:
        stage = Stage()
        await stage.run(single_expert(sampling={"temperature": 1.0}), seed=seed)
        return stage.provider.asked[0].seed

    first, again, other = play(work(1)), play(work(1)), play(work(2))
    assert first is not None
    assert first == again
    assert first != other


def test_a_run_to_a_node_does_what_leads_there_and_no_more() -> None:
    run = played(CASCADE, to_node="cheap")
    assert (run.status, run.answer, run.pipeline) == ("done", None, CASCADE)
    assert statuses(run) == {"q": "done", "cheap": "done"}
    assert run.totals.calls == 1


def test_a_run_to_a_node_that_nothing_reaches_gives_no_answer() -> None:
    sure = CASCADE.nodes[1].model_copy(update={"config": {**CASCADE.nodes[1].config, "system_prompt": "logprob=-0.1"}})
    run = played(CASCADE.model_copy(update={"nodes": (CASCADE.nodes[0], sure, *CASCADE.nodes[2:])}), to_node="strong")
    assert (run.status, statuses(run)["strong"]) == ("no_answer", "skipped")
