"""What pipelines may refer to by name: saved workflows, shipped templates, document sets, trained routers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import orjson

from app.shipped_router import recipes, shipped_router
from app.template import ASSETS, templates
from pipelines.document import Pipeline, load_pipeline
from pipelines.error import ConfigurationError, DocumentError, NotFound
from pipelines.value import Document
from storage import Storage
from storage.reference import parse_reference

if TYPE_CHECKING:
    from pipelines.catalogue import ModelEntry
    from pipelines.exchange.intake.report import Imported
    from pipelines.outcome.archive import TableCard
    from pipelines.outcome.table import OutcomeTable
    from pipelines.trained import TrainedRouter

LONGEST_LIST = 20
ROUTERS_KEPT = 8


class Source(NamedTuple):
    """Is where a pipeline comes from; a file has neither slug nor version."""

    kind: Literal["file", "workflow", "template"]
    slug: str | None = None
    version: int | None = None


class Library:
    """Finds pipelines among the saved workflows and then the templates, documents among the stored and shipped sets."""

    def __init__(self, storage: Storage) -> None:
        """Takes the storage of the installation."""
        self._storage = storage
        self._routers: dict[tuple[str, int], TrainedRouter] = {}

    def pipeline(self, reference: str) -> Pipeline:
        """Returns the pipeline of `slug` or `slug@version`.

        Raises:
            NotFound: if there is neither a workflow nor a template of that name.
        """
        try:
            return self._storage.workflows.pipeline(reference)
        except NotFound as error:
            # A template is its own first and only version.
            slug, version = reference.partition("@")[0], reference.partition("@")[2] or "1"
            if slug in templates() and version == "1":
                return templates()[slug]
            saved = [info.slug for info in self._storage.workflows.list()]
            if slug in saved:
                raise
            known = ", ".join(dict.fromkeys([*saved[:LONGEST_LIST], *templates()]))
            raise NotFound(f"There is no pipeline '{reference}'; there are {known}.") from error

    def pipelines(self) -> tuple[str, ...]:
        """Returns the slugs of the saved workflows and of the templates."""
        return tuple(dict.fromkeys([*(info.slug for info in self._storage.workflows.list()), *templates()]))

    def load(self, reference: str) -> Pipeline:
        """Returns the pipeline of a reference, or of a file if there is one at that path.

        Raises:
            NotFound: if it is neither.
            DocumentError: if the file is not a pipeline.
        """
        return load_file(Path(reference)) if _is_file(reference) else self.pipeline(reference)

    def source(self, reference: str) -> Source:
        """Returns where `load` finds the pipeline of a reference that leads to one.

        Raises:
            NotFound: if it is neither a file nor written like a slug with or without a version.
        """
        if _is_file(reference):
            return Source("file")
        slug, number = parse_reference(reference)
        saved = {info.slug: info.version for info in self._storage.workflows.list()}
        return Source("workflow" if slug in saved else "template", slug, number or saved.get(slug, 1))

    def router(self, reference: str) -> TrainedRouter:
        """Returns the trained router of `name` or `name@version`; the last ones are kept ready.

        A router that ships with the product is trained when it is first asked for, and then stored as any other.

        Raises:
            NotFound: if there is none.
        """
        try:
            version = self._storage.routers.version(reference)
        except NotFound:
            if reference not in recipes():
                raise
            version = (reference, self._storage.routers.put(shipped_router(reference)))
        found = self._routers.get(version)
        if found is None:
            found = self._storage.routers.get(reference)
            while len(self._routers) >= ROUTERS_KEPT:
                self._routers.pop(next(iter(self._routers)), None)
            self._routers[version] = found
        return found

    def routers(self) -> tuple[str, ...]:
        """Returns the names of all trained routers, and of those that ship with the product."""
        return tuple(dict.fromkeys([*(card.name for _, card in self._storage.routers.list()), *recipes()]))

    def outcome_table(self, reference: str) -> OutcomeTable:
        """Returns the outcome table of `name` or `name@version`, or one that ships with the product.

        Raises:
            NotFound: if there is none.
        """
        from pipelines.outcome.folder import read_folder

        try:
            return self._storage.outcome_tables.get(reference)
        except (NotFound, DocumentError) as error:
            shipped = {folder.name: folder for folder in (ASSETS / "outcomes").iterdir() if folder.is_dir()}
            if reference in shipped:
                return read_folder(shipped[reference])
            raise NotFound(
                f"There is no outcome table '{reference}', and no such folder or file; there is"
                f" {', '.join(dict.fromkeys([*self.outcome_tables(), *shipped]))}."
            ) from error

    def outcome_card(self, reference: str) -> TableCard:
        """Returns what an outcome table is, also of one that ships with the product.

        Raises:
            NotFound: if there is none.
        """
        from pipelines.outcome.archive import card_of

        try:
            return self._storage.outcome_tables.card(reference)
        except (NotFound, DocumentError):
            about = ASSETS / "outcomes" / Path(reference).name / "about.json"
            if not about.is_file():
                raise
            return card_of(self.outcome_table(reference), reference, **orjson.loads(about.read_bytes()))

    def outcome_tables(self) -> tuple[str, ...]:
        """Returns the names of the stored outcome tables."""
        return tuple(card.name for _, card in self._storage.outcome_tables.list())

    def documents(self, name: str) -> tuple[Document, ...]:
        """Returns the documents of a stored or shipped set.

        Raises:
            ConfigurationError: if there is no such set.
        """
        try:
            return self._storage.documents.documents(name)
        except ConfigurationError:
            if name in shipped_documents():
                return shipped_documents()[name]
            raise

    def document_sets(self) -> tuple[str, ...]:
        """Returns the names of all sets, the shipped ones last."""
        stored = [info.name for info in self._storage.documents.list()]
        return tuple(dict.fromkeys([*stored, *shipped_documents()]))


def load_file(path: Path) -> Pipeline:
    """Reads a pipeline from a file.

    Raises:
        NotFound: if there is no such file.
        DocumentError: if it is not a pipeline.
    """
    return load_pipeline(_content(path))


def import_any(path: Path, models: Iterable[ModelEntry]) -> Imported:
    """Reads a pipeline from a file of this or another studio; its models become those given, where they are the same.

    Raises:
        NotFound: if there is no such file.
        DocumentError: if it is of no known form.
    """
    from pipelines.exchange.foreign import read_any

    return read_any(_content(path), models, name=path.stem)


def _is_file(reference: str) -> bool:
    path = Path(reference)
    return path.suffix == ".json" or path.is_file()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file '{path}'.") from None
    except OSError as error:
        raise DocumentError(f"The file '{path}' cannot be read: {error.strerror}.") from error


@cache
def shipped_documents() -> dict[str, tuple[Document, ...]]:
    """Returns the document sets that ship with the product, by name."""
    folders = sorted(path for path in (ASSETS / "documents").iterdir() if path.is_dir())
    return {folder.name: tuple(_document(path) for path in sorted(folder.glob("*.md"))) for folder in folders}


def _document(path: Path) -> Document:
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    return Document(title=title.lstrip("# ").strip(), text=text.strip())
