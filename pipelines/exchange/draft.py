"""What is being written while a pipeline becomes a program: names, constants, models, and what cannot be exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.chat import Sampling
from pipelines.document import Pipeline
from pipelines.exchange.literal import comment, identifier, literal
from pipelines.plan import Step
from pipelines.store import DocumentLibrary, PipelineLibrary
from pipelines.value import Document


@dataclass(frozen=True)
class Surroundings:
    """Is what a pipeline refers to by name, and which embedder its routers had."""

    catalogue: Catalogue
    library: PipelineLibrary
    documents: DocumentLibrary
    embedder_name: str


@dataclass
class Draft:
    """Holds the program as far as it is written.

    Attributes:
        refused: sentences on what cannot be exported at all.
        inexact: sentences on what can be exported, though not so that it always gives the same answers.
        notes: sentences on what a person has to see to.
    """

    around: Surroundings
    refused: list[str] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    models: dict[str, ModelEntry] = field(default_factory=dict)
    document_sets: dict[str, str] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str:
        """Returns a name that nothing else has, and keeps it."""
        found, number = wanted, 1
        while found in self.taken:
            number += 1
            found = f"{wanted}_{number}"
        self.taken.add(found)
        return found

    def documents(self, name: str) -> str:
        """Returns the constant that holds a document set.

        Raises:
            ConfigurationError: if there is no such set.
        """
        if name not in self.document_sets:
            self.document_sets[name] = self.name(f"{identifier(name).upper()}_DOCUMENTS")
        return self.document_sets[name]


class NodeDraft:
    """Is the program as the writer of one node kind sees it."""

    def __init__(self, draft: Draft, step: Step, pipeline: Pipeline, prefix: str) -> None:
        """Takes the node, its pipeline, and the path of the sub-pipeline node that it is in."""
        self.draft = draft
        self.step = step
        self.pipeline = pipeline
        self.path = prefix + step.spec.id
        self._stem = identifier(self.path)
        self.function = draft.name(f"{self._stem}_node")
        self.constants: list[str] = []

    @property
    def place(self) -> str:
        """Returns how a sentence names the node."""
        return f"The node '{comment(self.step.title)}' ({self.path})"

    @property
    def node(self) -> str:
        """Returns the literal of the node's path, which its seeds hang on."""
        return literal(self.path)

    def constant(self, suffix: str, value: Any) -> str:
        """Writes a constant above the function of the node and returns its name."""
        name = self.draft.name(f"{self._stem}_{suffix}".upper())
        self.constants.append(f"{name} = {literal(value)}")
        return name

    def sampling(self, sampling: Sampling, suffix: str = "sampling") -> str:
        """Writes the sampling as a constant and returns its name."""
        return self.constant(suffix, settings_of(sampling))

    def entry(self, name: str | None) -> ModelEntry:
        """Returns the entry of a model.

        Raises:
            ConfigurationError: if there is no such model.
        """
        return self.draft.around.catalogue.entry(name)

    def model(self, name: str | None) -> str:
        """Returns the expression for a model, which becomes part of the program."""
        entry = self.entry(name)
        self.draft.models[entry.name] = entry
        return f"MODELS[{literal(entry.name)}]"

    def document_set(self, name: str | None) -> tuple[str, tuple[Document, ...]]:
        """Returns the constant of a document set with the documents that have a text; none where no set is named."""
        if not name:
            self.refuse("reads the documents that a question brings, and an exported program takes only a text")
            return "()", ()
        documents = tuple(d for d in self.draft.around.documents.documents(name) if d.text.strip())
        if not documents:
            self.refuse(f"reads the document set '{comment(name)}', which holds no text")
        return self.draft.documents(name), documents

    def refuse(self, why: str) -> None:
        """Says that the node cannot be exported."""
        self.draft.refused.append(f"{self.place} {why}.")

    def approximate(self, why: str) -> None:
        """Says that the program may answer differently here."""
        self.draft.inexact.append(f"{self.place} {why}.")


@dataclass(frozen=True)
class Body:
    """Is the function of a node: its parameters behind each other, its lines, and what its docstring says."""

    says: str
    parameters: str
    lines: tuple[str, ...]
    is_task: bool = True


def settings_of(sampling: Sampling) -> Mapping[str, Any]:
    """Returns the sampling as the parameters of a call; what is left to the model is left out."""
    found = {name: getattr(sampling, name) for name in ("temperature", "top_p", "max_tokens")}
    given: dict[str, Any] = {name: value for name, value in found.items() if value is not None}
    return given | ({"stop": list(sampling.stop)} if sampling.stop else {})
