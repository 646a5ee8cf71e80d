"""The commands of the page in the command palette of the canvas: open, new, export, compare, bring back."""

from __future__ import annotations

from app.canvas.overlay import PaletteCommand
from app.figure import age_text
from app.guide import READ, restart_guide
from app.shelf import add_pipeline
from app.state import session, workspace
from app.studio.comparing import compare_with_version
from app.studio.open_workflow import OpenWorkflow
from app.studio.scope import VERB, choose_scope
from pipelines.document import Pipeline

WORKFLOWS_LISTED = 100
VERSIONS_LISTED = 10


def commands(opened: OpenWorkflow) -> tuple[PaletteCommand, ...]:
    """Returns what may be chosen now."""
    workflows = workspace().storage.workflows
    others = [info for info in workflows.list() if info.slug != opened.slug][:WORKFLOWS_LISTED]
    versions = workflows.versions(opened.slug)[:VERSIONS_LISTED]
    return (
        PaletteCommand(id="new", title="New pipeline", group="Workflow"),
        PaletteCommand(id="guide", title="Show me around", hint="The first steps", group="Workflow"),
        PaletteCommand(id="export", title="Export this pipeline", hint="Document, program, picture", group="Workflow"),
        *(
            PaletteCommand(id=f"open:{info.slug}", title=f"Open {info.name}", hint=info.slug, group="Workflow")
            for info in others
        ),
        PaletteCommand(id="pair", title="Compare two versions or runs", group="Versions"),
        *(
            PaletteCommand(
                id=f"{verb}:{version.number}",
                title=f"{title} version {version.number}",
                hint=version.message or age_text(version.created_at),
                group="Versions",
            )
            for version in versions
            for verb, title in (("compare", "Compare with"), ("restore", "Bring back"))
        ),
    )


def choose(opened: OpenWorkflow, command: str) -> None:
    """Does what was chosen in the palette or beside the past runs; what is not offered (any more) does nothing.

    Raises:
        NotFound: if what it names is gone.
    """
    verb, _, name = command.partition(":")
    if verb != VERB and command not in {known.id for known in commands(opened)}:
        return
    match verb:
        case "runs":
            choose_scope(opened, name)
        case "pair":
            session().comparing = True
        case "new":
            session().leave_for = add_pipeline(workspace(), Pipeline(name="Untitled"), message="New")
        case "guide":
            restart_guide(READ)
        case "export":
            session().exporting = True
        case "open":
            session().leave_for = name
        case "compare":
            compare_with_version(opened, int(name))
        case "restore":
            opened.restore(int(name))
