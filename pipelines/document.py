"""The pipeline as a versioned JSON document: strict on load, migrated forward, stable under round trip."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import Field, ValidationError, model_validator

from pipelines.error import DocumentError
from pipelines.record import Record
from pipelines.value import AnyValue

SCHEMA_VERSION: Final = 1
MAX_BYTES = 5_000_000
MAX_NODES = 1_000
MAX_EDGES = 10 * MAX_NODES
MAX_DEPTH = 40
_SURROGATE = re.compile("[\ud800-\udfff]")

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,63}$")]
PortName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_\-]{0,63}$")]
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]


class Position(Record):
    """Is a place on the canvas, in pixels at zoom 1."""

    x: Coordinate
    y: Coordinate


class JoinRule(Record):
    """Says what a node with several incoming edges on one port waits for.

    `all_taken` waits until every edge has settled and takes what came; `any` takes the first arrival and lets the
    others finish unseen; `first` takes the first arrival and stops the others where nobody else needs them; `k_of_n`
    takes the first `k` arrivals and stays silent when fewer can come.
    """

    rule: Literal["all_taken", "any", "first", "k_of_n"] = "all_taken"
    k: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def _k_belongs_to_k_of_n(self) -> JoinRule:
        if (self.rule == "k_of_n") != (self.k is not None):
            raise ValueError(f"a join rule '{self.rule}' has k={self.k}: k belongs to k_of_n, and only there")
        return self


class NodeSpec(Record):
    """Is one drawn node: what kind it is, how it is configured, where it stands.

    `version` is the schema version of the node kind; a disabled node stays silent, a bypassed one passes on what comes
    in (`pipelines.bypass`); `pinned` holds fixed outputs by port; `on_error` says whether a failure blocks what is
    behind the node or only silences it.
    """

    id: Identifier
    kind: str = Field(min_length=1, max_length=64)
    version: int = Field(default=1, ge=1)
    title: str = Field(default="", max_length=200)
    config: dict[str, Any] = Field(default_factory=dict)
    position: Position | None = None
    disabled: bool = False
    bypassed: bool = False
    pinned: dict[PortName, AnyValue] | None = None
    join: JoinRule | None = None
    on_error: Literal["fail", "silent"] = "fail"

    @model_validator(mode="after")
    def _is_disabled_or_bypassed(self) -> NodeSpec:
        if self.disabled and self.bypassed:
            raise ValueError(f"the node '{self.id}' is both disabled and bypassed; it can be one of them")
        return self

    @property
    def executes(self) -> bool:
        """Says whether the node does its own work in a run, or gives what is pinned to it."""
        return not (self.disabled or self.bypassed)


class Edge(Record):
    """Joins an output port to an input port; the four names are its identity."""

    source: Identifier
    source_port: PortName
    target: Identifier
    target_port: PortName

    def __str__(self) -> str:
        """Returns the edge as the canvas and the event stream name it."""
        return f"{self.source}.{self.source_port}->{self.target}.{self.target_port}"


class Note(Record):
    """Is a comment on the canvas."""

    id: Identifier
    text: str = Field(default="", max_length=20_000)
    position: Position
    width: float = Field(default=220, ge=40, le=5_000)
    height: float = Field(default=120, ge=40, le=5_000)


class Pipeline(Record):
    """Is the drawn directed acyclic graph, as it is saved, shared and run."""

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str = Field(default="Untitled", min_length=1, max_length=200)
    description: str = Field(default="", max_length=5_000)
    nodes: tuple[NodeSpec, ...] = Field(default=(), max_length=MAX_NODES)
    edges: tuple[Edge, ...] = Field(default=(), max_length=MAX_EDGES)
    notes: tuple[Note, ...] = Field(default=(), max_length=MAX_NODES)

    @model_validator(mode="after")
    def _identifiers_are_unique(self) -> Pipeline:
        for what, names in (
            ("node id", [n.id for n in self.nodes]),
            ("note id", [n.id for n in self.notes]),
            ("edge", [str(e) for e in self.edges]),
        ):
            name, count = Counter(names).most_common(1)[0] if names else ("", 0)
            if count > 1:
                raise ValueError(f"the {what} '{name}' occurs {count} times")
        return self

    def node(self, node_id: str) -> NodeSpec:
        """Returns the node with that id.

        Raises:
            DocumentError: if there is none.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        known = ", ".join(n.id for n in self.nodes) or "none"
        raise DocumentError(f"The pipeline '{self.name}' has no node '{node_id}'; it has {known}.")

    def to_json(self) -> str:
        """Returns the document as indented JSON with sorted configuration, the same text for the same pipeline."""
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
        return orjson.dumps(self.model_dump(mode="json"), option=options).decode() + "\n"

    def content_hash(self) -> str:
        """Returns the SHA-256 of everything that can change an answer: not names, positions or notes."""
        essence = self.model_dump(mode="json", include={"nodes", "edges"})
        for node in essence["nodes"]:
            node.pop("position")
            node.pop("title")
            # Without a bypass the hash is what it was before there were any.
            if not node["bypassed"]:
                node.pop("bypassed")
        return hashlib.sha256(orjson.dumps(essence, option=orjson.OPT_SORT_KEYS)).hexdigest()


Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: dict[int, Migration] = {}
"""For each old schema version the function that lifts a document by one version."""


def load_pipeline(text: str | bytes) -> Pipeline:
    """Reads a pipeline from JSON; nothing in it is executed, fetched or opened.

    Raises:
        DocumentError: with the place and what is allowed there, if it is not a pipeline this version can read.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise DocumentError(f"The file has {len(raw):,} bytes; a pipeline may have at most {MAX_BYTES:,}.")
    try:
        content = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise DocumentError(f"The file is not UTF-8 text (byte {error.start}).") from error
    except RecursionError as error:
        raise DocumentError("The file is not JSON: it is nested too deeply.") from error
    except ValueError as error:
        raise DocumentError(f"The file is not JSON: {error}.") from error
    return pipeline_from(content)


def pipeline_from(content: object) -> Pipeline:
    """Builds a pipeline from parsed JSON, lifting older schema versions of the document and of its nodes.

    Raises:
        DocumentError: as `load_pipeline`.
    """
    # The node kinds are made of documents, so they are known only once this module is.
    from pipelines.migration import migrated

    if not isinstance(content, dict):
        raise DocumentError(f"A pipeline is a JSON object; found {_kind_of(content)}.")
    _refuse_crowd(content)
    _refuse_depth(content)
    try:
        pipeline = Pipeline.model_validate(_lifted(content))
    except ValidationError as error:
        raise DocumentError(_sentence(error)) from error
    except RecursionError as error:
        raise DocumentError("The file is nested too deeply to be a pipeline.") from error
    _refuse_foreign(content, "")
    return migrated(pipeline)


def _lifted(content: dict[str, Any]) -> dict[str, Any]:
    version = content.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(f"The file has schema_version {version!r}; readable are 1 to {SCHEMA_VERSION}.")
    if version > SCHEMA_VERSION:
        raise DocumentError(
            f"The file has schema_version {version} of a newer Routeloom; this one reads up to {SCHEMA_VERSION}."
        )
    for step in range(version, SCHEMA_VERSION):
        content = MIGRATIONS[step](content)
    return content


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name, count = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key '{name}' occurs {count} times in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _refuse_crowd(content: dict[str, Any]) -> None:
    """Refuses what is far too much at once, before a sentence is made for each thing wrong in it."""
    for name, most in (("nodes", MAX_NODES), ("edges", MAX_EDGES), ("notes", MAX_NODES)):
        found = content.get(name)
        if isinstance(found, list) and len(found) > most:
            raise DocumentError(f"The file has {len(found):,} {name}; a pipeline may have at most {most:,}.")


def _refuse_depth(content: object) -> None:
    level: list[object] = [content]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
        if not level:
            return
    raise DocumentError(f"The file is nested deeper than {MAX_DEPTH} levels.")


def _refuse_foreign(item: object, place: str) -> None:
    """Refuses what Python reads from JSON and could not write again; `item` is not nested deeply."""
    if isinstance(item, dict):
        for name, part in item.items():
            _refuse_foreign(name, place)
            _refuse_foreign(part, f"{place}.{name}" if place else name)
    elif isinstance(item, list):
        for number, part in enumerate(item):
            _refuse_foreign(part, f"{place}.{number}")
    elif isinstance(item, str) and not item.isascii() and _SURROGATE.search(item):
        raise DocumentError(f"At {place}: the text holds half a character, which is not valid Unicode.")
    elif isinstance(item, int) and not -(2**63) <= item < 2**63:
        raise DocumentError(f"At {place}: the whole number has more than 64 bits.")
    elif isinstance(item, float) and not math.isfinite(item):
        raise DocumentError(f"At {place}: the number is too large.")


def _kind_of(content: object) -> str:
    kinds = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
    return "nothing" if content is None else kinds.get(type(content), "something else")


def _sentence(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    first = problems[0]
    place = ".".join(str(step) for step in first["loc"]) or "the file"
    more = f" ({len(problems) - 1} more problems)" if len(problems) > 1 else ""
    return f"At {place}: {first['msg'][0].lower()}{first['msg'][1:]}{more}."
