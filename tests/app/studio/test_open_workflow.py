"""A workflow as a tab has it open, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.canvas.protocol import CanvasDoc, CanvasOut, PatchNode, read_out
from app.studio.open_workflow import OpenWorkflow
from pipelines.document import Pipeline, Position
from storage import Storage, open_storage
from tests.app.drawn import forked


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with open_storage(tmp_path / "routeloom.db") as opened:
        opened.workflows.create(forked())
        yield opened


def tab(storage: Storage) -> OpenWorkflow:
    return OpenWorkflow(storage, "forked")


def without(pipeline: Pipeline, node_id: str) -> Pipeline:
    nodes = tuple(spec for spec in pipeline.nodes if spec.id != node_id)
    edges = tuple(edge for edge in pipeline.edges if node_id not in (edge.source, edge.target))
    return pipeline.model_copy(update={"nodes": nodes, "edges": edges})


def edited(opened: OpenWorkflow, graph: Pipeline) -> CanvasOut:
    """What the canvas says after an edit."""
    doc = opened.doc
    return CanvasOut(instance="i", doc=CanvasDoc(id=doc.id, rev=doc.rev, seq=doc.seq + 1, graph=graph))


def wishing(*types: str) -> CanvasOut:
    return read_out({"instance": "i", "doc": None, "intents": [{"n": n, "type": t} for n, t in enumerate(types, 1)]})


def test_an_edit_is_taken_once_and_kept_as_a_draft(storage: Storage) -> None:
    opened = tab(storage)
    out = edited(opened, without(opened.graph, "expert_1"))
    assert opened.receive(out, live=True)
    assert not opened.receive(out, live=False)
    assert opened.changed
    assert tab(storage).node("expert_1") is None


def test_an_older_state_and_another_document_change_nothing(storage: Storage) -> None:
    opened = tab(storage)
    older = CanvasDoc(id=opened.doc.id, rev=opened.doc.rev - 1, seq=9, graph=Pipeline())
    other = CanvasDoc(id="w/other", rev=opened.doc.rev + 1, seq=1, graph=Pipeline())
    assert not opened.receive(CanvasOut(instance="i", doc=older), live=True)
    assert not opened.receive(CanvasOut(instance="i", doc=other), live=True)
    assert not opened.changed


def test_places_that_the_canvas_fills_in_are_no_change(storage: Storage) -> None:
    opened = tab(storage)
    nodes = tuple(spec.model_copy(update={"position": Position(x=1, y=2)}) for spec in opened.graph.nodes)
    placed = opened.graph.model_copy(update={"nodes": nodes})
    assert opened.receive(edited(opened, placed), live=True)
    assert not opened.changed


def test_a_wish_is_heard_once_and_not_from_a_restored_message(storage: Storage) -> None:
    opened = tab(storage)
    opened.receive(wishing("run"), live=True)
    opened.receive(wishing("run", "save"), live=True)
    assert [wish.type for wish in opened.wishes] == ["run", "save"]
    fresh = tab(storage)
    fresh.receive(wishing("run", "save"), live=False)
    fresh.receive(wishing("run", "save"), live=True)
    assert fresh.wishes == []


def test_an_edit_made_while_the_server_was_down_is_taken_by_the_next_one(storage: Storage) -> None:
    before = tab(storage)
    before.receive(edited(before, without(before.graph, "expert_1")), live=True)
    meanwhile = edited(before, without(before.graph, "expert_2"))
    after = tab(storage)
    assert (after.doc.rev, after.doc.seq) == (before.doc.rev, before.doc.seq)
    assert after.receive(meanwhile, live=False)
    assert [spec.id for spec in tab(storage).graph.nodes] == ["question", "router", "answer"]
    assert after.conflict is None


def test_an_edit_made_while_somebody_else_wrote_does_not_replace_what_they_wrote(storage: Storage) -> None:
    before = tab(storage)
    before.receive(edited(before, without(before.graph, "expert_1")), live=True)
    meanwhile = edited(before, without(before.graph, "expert_2"))
    storage.workflows.save("forked", forked().model_copy(update={"description": "Theirs"}), parent=1)
    after = tab(storage)
    assert not after.receive(meanwhile, live=False)
    assert after.graph.description == "Theirs"


def selecting(number: int, *nodes: str) -> CanvasOut:
    return read_out({"instance": "i", "doc": None, "intents": [{"n": number, "type": "select", "nodes": list(nodes)}]})


def test_a_selected_node_opens_its_drawer_unless_it_was_just_added(storage: Storage) -> None:
    opened = tab(storage)
    opened.receive(selecting(1, "router"), live=True)
    assert opened.inspected == "router"
    opened.receive(selecting(2, "expert_3"), live=True)
    assert (opened.selected, opened.inspected) == (("expert_3",), None)
    opened.receive(selecting(3), live=True)
    opened.receive(selecting(4, "expert_3"), live=True)
    assert opened.inspected == "expert_3"
    opened.receive(selecting(5, "expert_1", "expert_2"), live=True)
    assert opened.inspected is None


def test_a_change_of_a_form_is_a_command_and_holds_until_the_canvas_confirms_it(storage: Storage) -> None:
    opened = tab(storage)
    opened.patch("expert_1", config={"model": "large"})
    (command,) = opened.commands
    assert isinstance(command, PatchNode)
    assert (command.id, command.set.config) == ("expert_1", {"model": "large"})
    assert opened.graph.node("expert_1").config == {"model": "large"}
    opened.receive(edited(opened, without(opened.doc.graph, "answer")), live=True)
    assert opened.graph.node("expert_1").config == {"model": "large"}
    opened.receive(edited(opened, opened.graph), live=True)
    undone = without(forked(), "answer")
    opened.receive(edited(opened, undone), live=True)
    assert opened.graph.node("expert_1").config == {}


def test_a_change_to_what_is_there_already_is_no_command(storage: Storage) -> None:
    opened = tab(storage)
    opened.patch("router", title="By length", disabled=False)
    opened.patch("nobody", title="x")
    assert opened.commands == ()


def test_saving_makes_the_next_version_and_ends_the_draft(storage: Storage) -> None:
    opened = tab(storage)
    opened.receive(edited(opened, without(opened.graph, "expert_1")), live=True)
    assert opened.save("One expert is enough")
    assert (opened.version, opened.changed) == (2, False)
    assert storage.workflows.drafts("forked") == ()
    assert storage.workflows.versions("forked")[0].message == "One expert is enough"


def test_an_edit_after_a_save_is_a_draft_on_the_new_version(storage: Storage) -> None:
    opened = tab(storage)
    opened.receive(edited(opened, without(opened.graph, "expert_1")), live=True)
    opened.save()
    opened.receive(edited(opened, without(opened.graph, "expert_2")), live=True)
    draft = storage.workflows.draft("forked")
    assert draft is not None
    assert (draft.base, [spec.id for spec in draft.pipeline.nodes]) == (2, ["question", "router", "answer"])
    assert opened.conflict is None


def test_two_tabs_that_edit_keep_both_sides(storage: Storage) -> None:
    first, second = tab(storage), tab(storage)
    first.receive(edited(first, without(first.graph, "expert_1")), live=True)
    second.receive(edited(second, without(second.graph, "expert_2")), live=True)
    assert first.conflict is None
    assert second.conflict is not None
    kept = [{spec.id for spec in draft.pipeline.nodes} for draft in storage.workflows.drafts("forked")]
    assert sorted(map(sorted, kept)) == [
        ["answer", "expert_1", "question", "router"],
        ["answer", "expert_2", "question", "router"],
    ]


def test_the_late_tab_may_keep_its_side_as_a_new_version(storage: Storage) -> None:
    first, second = tab(storage), tab(storage)
    first.receive(edited(first, without(first.graph, "expert_1")), live=True)
    assert first.save()
    second.receive(edited(second, without(second.graph, "expert_2")), live=True)
    assert not second.save()
    assert second.conflict is not None
    second.keep_mine()
    assert (second.conflict, second.version, second.changed) == (None, 4, False)
    assert storage.workflows.pipeline("forked").node("expert_1")
    assert storage.workflows.pipeline("forked@2").node("expert_2")


def test_the_late_tab_may_take_the_other_side_and_the_canvas_is_told(storage: Storage) -> None:
    first, second = tab(storage), tab(storage)
    first.receive(edited(first, without(first.graph, "expert_1")), live=True)
    second.receive(edited(second, without(second.graph, "expert_2")), live=True)
    before = second.doc
    second.take_theirs()
    assert second.conflict is None
    assert second.doc.is_newer_than(before)
    assert [spec.id for spec in second.graph.nodes] == ["question", "router", "expert_2", "answer"]


def test_an_old_version_comes_back_as_unsaved_work(storage: Storage) -> None:
    opened = tab(storage)
    opened.receive(edited(opened, without(opened.graph, "expert_1")), live=True)
    opened.save()
    before = opened.doc
    opened.restore(1)
    assert opened.doc.is_newer_than(before)
    assert opened.changed
    assert opened.node("expert_1") is not None


def test_a_new_name_holds_for_the_workflow_and_the_document(storage: Storage) -> None:
    opened = tab(storage)
    opened.rename("  By length  ")
    assert (opened.name, opened.doc.graph.name) == ("By length", "By length")
    assert storage.workflows.info("forked").name == "By length"
    assert not opened.changed
