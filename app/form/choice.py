"""What the widgets of a form may offer: the models, document sets and pipelines of the installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipelines.value import Document

AddDocuments = Callable[[str, tuple[Document, ...]], str]
"""Stores documents as a new set of that name and returns the name it got; raises `RouteloomError`."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Is the value of a field that something else than its widget changed, so that the widget must be drawn anew."""

    value: Any


@dataclass(frozen=True, slots=True)
class Choices:
    """Holds what can be chosen.

    Attributes:
        default_model: catalogue name of the model that an empty model field means.
        branches: names of the branches of the record that is being drawn.
        add_documents: None where new sets cannot be made.
    """

    models: tuple[str, ...] = ()
    default_model: str | None = None
    document_sets: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    add_documents: AddDocuments | None = None

    def with_branches(self, names: tuple[str, ...]) -> Choices:
        """Returns the same choices with other branches."""
        return replace(self, branches=names)
