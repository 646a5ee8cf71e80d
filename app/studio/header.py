"""The first row of the studio: name, version, state, problems, versions, save."""

from __future__ import annotations

import streamlit as st

from app.export_dialog import draw_export
from app.figure import age_text
from app.guide import END, reach
from app.plain import plain
from app.redraw import redraw
from app.state import session
from app.studio.compare_dialog import draw_compare
from app.studio.comparing import compare_with_version
from app.studio.open_workflow import OpenWorkflow
from pipelines.graph import Problem
from storage.workflow import VersionInfo, Workflows


def draw_header(opened: OpenWorkflow, problems: tuple[Problem, ...], workflows: Workflows) -> None:
    """Draws the row."""
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        name = st.text_input(
            "Name", value=opened.name, key=f"name:{opened.slug}:{opened.name}", label_visibility="collapsed", width=320
        )
        if name.strip() != opened.name:
            opened.rename(name)
            redraw()
        st.badge(f"Version {opened.version}", color="gray")
        if opened.changed:
            st.badge("Unsaved changes · draft kept", icon=":material/edit:", color="orange")
        else:
            st.badge("Saved", icon=":material/check:", color="green")
        st.space("stretch")
        _draw_problems(opened, problems)
        _draw_versions(opened, workflows)
        _draw_pair(opened)
        _draw_export(opened)
        _draw_save(opened)


def draw_conflict(opened: OpenWorkflow) -> None:
    """Draws the choice between two sides, if there is one to make."""
    if opened.conflict is None:
        return
    with st.container(key="conflict", border=True):
        st.warning(plain(opened.conflict), icon=":material/call_split:")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Keep mine as a new version", icon=":material/save:", type="primary", key="conflict:mine"):
                opened.keep_mine()
                st.rerun()
            if st.button("Take theirs", icon=":material/download:", key="conflict:theirs"):
                opened.take_theirs()
                session().forms.clear()
                st.rerun()
            st.caption("You may also go on: your side is stored apart until you decide.")


def _draw_problems(opened: OpenWorkflow, problems: tuple[Problem, ...]) -> None:
    errors = sum(problem.severity == "error" for problem in problems)
    if not problems:
        st.badge("Ready to run", icon=":material/task_alt:", color="green")
        return
    icon = ":material/error:" if errors else ":material/warning:"
    title = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    with st.popover(title, icon=icon, key="problems"):
        for number, problem in enumerate(problems):
            mark = ":material/error:" if problem.severity == "error" else ":material/warning:"
            colour = "red" if problem.severity == "error" else "orange"
            st.markdown(f":{colour}[{mark}] {plain(str(problem))}")
            known = problem.node is not None and opened.node(problem.node) is not None
            if known and st.button("Show the node", icon=":material/my_location:", key=f"problem:{number}"):
                opened.focus(str(problem.node))
                redraw()


def _draw_versions(opened: OpenWorkflow, workflows: Workflows) -> None:
    with st.popover("Versions", icon=":material/history:", key="versions"):
        st.caption("Bringing one back is a change like any other: it can be undone, and nothing is lost.")
        if st.button("Compare two …", icon=":material/compare_arrows:", key="versions:pair"):
            session().comparing = True
        for version in workflows.versions(opened.slug):
            _draw_version(opened, version)
        for draft in opened.side_drafts():
            st.markdown(f"**Unsaved side** on version {draft.base} · {age_text(draft.updated_at)}")
            with st.container(horizontal=True):
                if st.button("Bring back", key=f"draft:{draft.branch}"):
                    opened.replace(draft.pipeline)
                    opened.write_draft()
                    redraw()
                if st.button("Discard", key=f"draft:{draft.branch}:drop"):
                    workflows.drop_draft(opened.slug, draft.branch)
                    redraw()


def _draw_version(opened: OpenWorkflow, version: VersionInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        side = " (side)" if version.side else ""
        message = f" · {plain(version.message, 60)}" if version.message else ""
        current = " · **open**" if version.number == opened.version else ""
        st.markdown(f"**{version.number}**{side}{message} · {age_text(version.created_at)}{current}")
        st.space("stretch")
        if st.button("Compare", key=f"version:{version.number}:compare", type="tertiary"):
            compare_with_version(opened, version.number)
            redraw()
        if st.button("Bring back", key=f"version:{version.number}", type="tertiary"):
            opened.restore(version.number)
            redraw()


def _draw_pair(opened: OpenWorkflow) -> None:
    state = session()
    wanted, state.comparing = state.comparing, False
    if wanted:
        draw_compare(opened)


def _draw_export(opened: OpenWorkflow) -> None:
    state = session()
    wanted, state.exporting = state.exporting, False
    if st.button("Export", icon=":material/ios_share:", key="export") or wanted:
        draw_export(opened.graph, opened.slug)


def _draw_save(opened: OpenWorkflow) -> None:
    # Another key after each save: the popover closes.
    with st.popover("Save", icon=":material/save:", type="primary", key=f"save:{opened.version}"):
        message = st.text_input("What changed (optional)", key=f"save:message:{opened.version}", max_chars=200)
        title = "Save a new version" if opened.changed else "Nothing to save"
        pressed = st.button(title, type="primary", key="save:now", width="stretch", disabled=not opened.changed)
        if pressed:
            if opened.save(message.strip()):
                reach(END)
                st.toast(f"Saved as version {opened.version}.", icon=":material/check:")
            redraw()
