"""Puts pipelines on the shelf of workflows: a copy of a template, an imported file, an empty one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from app.template import templates
from pipelines.document import Pipeline
from storage.error import NameTaken
from storage.reference import slug_of

if TYPE_CHECKING:
    from app.workspace import Workspace
    from storage.workflow import WorkflowInfo, Workflows


def open_template(workspace: Workspace, template: str) -> str:
    """Returns the slug of a workflow with the content of a template; a copy that nobody touched is used again."""
    pipeline = templates()[template]
    essence = pipeline.content_hash()
    for info in workspace.storage.workflows.list():
        untouched = info.version == 1 and not info.drafted
        if untouched and info.name == pipeline.name and info.content_hash == essence:
            return info.slug
    return add_pipeline(workspace, pipeline, message=f"From the template {template}")


def add_pipeline(workspace: Workspace, pipeline: Pipeline, *, message: str = "") -> str:
    """Saves a pipeline as a new workflow of the workspace and returns its slug; see `shelve`."""
    return shelve(workspace.storage.workflows, pipeline, message=message).slug


def shelve(workflows: Workflows, pipeline: Pipeline, *, message: str = "") -> WorkflowInfo:
    """Saves a pipeline as a new workflow under a slug made of its name, which is never that of a template."""
    wanted = slug_of(pipeline.name)
    if wanted not in templates():
        return workflows.create(pipeline, message=message)
    for number in count(2):
        try:
            return workflows.create(pipeline, slug=f"{wanted}-{number}", message=message)
        except NameTaken:
            continue
    raise AssertionError("the numbers never end")
