"""The waterfall of a run."""

from __future__ import annotations

from app.charts.waterfall import LOOKS, waterfall
from pipelines.run import Run
from tests.app.drawn import QUESTION, finished, forked


def test_each_node_has_a_row_in_the_order_of_the_starts() -> None:
    rows = waterfall(finished()).layout.yaxis.categoryarray
    assert rows == ("query_input", "By length", "expert", "Short", "answer_output")


def test_nodes_of_one_title_are_told_apart_by_their_ids() -> None:
    spans = tuple(span.model_copy(update={"title": "Same"}) for span in finished().spans[:2])
    figure = waterfall(finished().model_copy(update={"spans": spans}))
    assert figure.layout.yaxis.categoryarray == ("Same · question", "Same · router")


def test_bars_begin_and_last_as_the_spans_did() -> None:
    done = next(trace for trace in waterfall(finished()).data if trace.name == "✓ done")
    assert list(done.base) == [0.0, 0.0, 0.01, 0.51]
    assert done.x[2] == 0.5


def test_a_long_bar_that_ends_late_holds_its_words() -> None:
    done = next(trace for trace in waterfall(finished()).data if trace.name == "✓ done")
    assert list(done.textposition) == ["outside", "outside", "inside", "outside"]


def test_a_skipped_node_is_named_as_such_and_takes_no_time() -> None:
    skipped = next(trace for trace in waterfall(finished()).data if trace.name == "∅ skipped")
    assert list(skipped.text) == ["skipped"]
    assert "By length did not take it" in skipped.customdata[0][0]


def test_the_hover_text_tells_calls_tokens_and_cost() -> None:
    done = next(trace for trace in waterfall(finished()).data if trace.name == "✓ done")
    assert "1 calls · 30 tokens in, 4 out<br>paid $0.002 · list $0.002" in done.customdata[2][0]


def test_markup_in_a_title_is_shown_as_text() -> None:
    spans = (finished().spans[0].model_copy(update={"title": "<b>bold</b><a href='x'>"}),)
    figure = waterfall(finished().model_copy(update={"spans": spans}))
    assert figure.layout.yaxis.categoryarray[0].startswith("&lt;b&gt;bold&lt;/b&gt;&lt;a href=")


def test_light_and_dark_have_colours_of_their_own() -> None:
    light, dark = waterfall(finished()).data[0], waterfall(finished(), dark=True).data[0]
    assert (light.marker.color, dark.marker.color) == LOOKS["done"][1:]


def test_a_run_without_spans_is_an_empty_chart() -> None:
    assert len(waterfall(Run(pipeline=forked(), query=QUESTION)).data) == 0
