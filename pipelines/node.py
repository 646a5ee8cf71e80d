"""What a node kind is: one frozen class whose fields are its form and whose `run` signature is its input ports."""

from __future__ import annotations

import inspect
import types
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from pipelines.chat import Sampling
from pipelines.document import JoinRule
from pipelines.expected_calls import ExpectedCalls
from pipelines.record import Record
from pipelines.run import Fired
from pipelines.value import Value

Group = Literal["input", "router", "expert", "retrieval", "check", "aggregator", "output"]
GROUPS: Mapping[Group, str] = {
    "input": "Input",
    "router": "Routers",
    "expert": "Experts",
    "retrieval": "Documents",
    "check": "Checks",
    "aggregator": "Aggregators",
    "output": "Output",
}


class Port(Record):
    """Is one typed socket of a node; `many` takes several edges and hands the node a list in the order of the edges."""

    name: str
    type: str
    required: bool = True
    many: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """Says how one schema version of a node kind became the next.

    Attributes:
        config: turns a configuration of the older version into one of the next.
        inputs: input ports that have a new name, former to present; edges follow.
        outputs: output ports that have a new name, former to present; edges and pinned values follow.
    """

    config: Callable[[dict[str, Any]], dict[str, Any]] = dict
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


class Node(Record):
    """Is the base of every node kind.

    The class docstring is the palette help (its first line) and names the `Source:`. A parameter of `run` whose type is
    a `Value` is an input port: with a default it is optional, typed `list[...]` it takes several edges, its help text
    stands in `Annotated[..., "help"]`. Every other parameter is a service (`pipelines.service`, `random.Random`) and
    arrives by type.

    Attributes:
        kind: name of the file and of the kind in documents.
        outputs: port name to value type; a node whose ports depend on its configuration overrides `output_ports`.
        side_outputs: the outputs that only inform, so that it is no problem when they lead nowhere.
        version: schema version of the configuration.
        changes: for each older version how it became the next one (`pipelines.migration` applies them).
        former_kinds: names under which documents may still know the kind.
        final: what the node fires on `answer` is an answer of the whole pipeline.
        join: what a fan-in port waits for unless the drawn node says otherwise.
        weighs_answers: its trained router knows whose answers arrive, be they models or drawn experts.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[Group]
    icon: ClassVar[str]
    version: ClassVar[int] = 1
    changes: ClassVar[Mapping[int, NodeChange]] = {}
    former_kinds: ClassVar[frozenset[str]] = frozenset()
    final: ClassVar[bool] = False
    join: ClassVar[JoinRule] = JoinRule()
    outputs: ClassVar[Mapping[str, type[Value]]] = {}
    side_outputs: ClassVar[frozenset[str]] = frozenset()
    weighs_answers: ClassVar[bool] = False
    run: ClassVar[Callable[..., Awaitable[Fired]]]

    def __init_subclass__(cls, **options: Any) -> None:
        """Names the kind after its file."""
        super().__init_subclass__(**options)
        cls.kind = cls.__module__.rpartition(".")[2]

    def input_ports(self) -> tuple[Port, ...]:
        """Returns the inputs that `run` declares and those that the configuration adds."""
        return declared_inputs(type(self)) + self.extra_inputs()

    def extra_inputs(self) -> tuple[Port, ...]:
        """Returns the inputs that the configuration adds; they reach `run` in its `Extras`."""
        return ()

    def output_ports(self) -> tuple[Port, ...]:
        """Returns the outputs, one of which or several fire."""
        return tuple(
            Port(name=name, type=value.type_name(), required=name not in self.side_outputs)
            for name, value in self.outputs.items()
        )

    def summary(self) -> str:
        """Returns the one line that the card on the canvas shows under the title."""
        return ""

    def problems(self) -> Iterator[str]:
        """Yields a sentence for each thing in the configuration that would make the node useless."""
        yield from ()

    def model_names(self) -> tuple[str | None, ...]:
        """Returns the models that the configuration names, None for the default model."""
        return tuple(_values_of_widget(self, "model"))

    def expected_calls(self) -> tuple[ExpectedCalls, ...]:
        """Returns what a run of the node asks of models: one call of each that is named, unless the kind says more."""
        sampling = getattr(self, "sampling", None)
        longest = sampling.max_tokens if isinstance(sampling, Sampling) else None
        return tuple(ExpectedCalls(model=name, max_tokens=longest) for name in self.model_names())

    def expected_output_tokens(self) -> int | None:
        """Returns how long what it fires is by its configuration; None where that depends on what comes in."""
        return None

    def pipeline_references(self) -> tuple[str, ...]:
        """Returns the saved pipelines that the configuration names."""
        return tuple(reference for reference in _values_of_widget(self, "pipeline") if reference)

    def router_references(self) -> tuple[str, ...]:
        """Returns the trained routers that the configuration names."""
        return tuple(reference.strip() for reference in _values_of_widget(self, "router") if reference.strip())

    def models_behind(self, known: Sequence[str]) -> tuple[str | None, ...]:
        """Returns the models it may choose where a trained router knows these, None for the default model."""
        return tuple(known)

    def router_problems(self, known: Sequence[str]) -> Iterator[str]:
        """Yields a sentence for each thing that does not fit a trained router which knows these."""
        del known
        yield from ()

    def candidate(self) -> str | None:
        """Returns the name by which trained routers know who answers here, where that is not a model."""
        return None


@cache
def declared_inputs(cls: type[Node]) -> tuple[Port, ...]:
    """Returns the input ports that the signature of `run` declares."""
    found = []
    for name, hint, required in _parameters(cls):
        hint, help_text = _unwrapped(hint)
        many = get_origin(hint) is list
        value = get_args(hint)[0] if many else hint
        if isinstance(value, type) and issubclass(value, Value):
            found.append(Port(name=name, type=value.type_name(), required=required, many=many, help=help_text))
    return tuple(found)


@cache
def declared_services(cls: type[Node]) -> tuple[tuple[str, type], ...]:
    """Returns the parameters of `run` that are services, with their types."""
    ports = {port.name for port in declared_inputs(cls)}
    return tuple((name, _unwrapped(hint)[0]) for name, hint, _ in _parameters(cls) if name not in ports)


def _parameters(cls: type[Node]) -> Iterator[tuple[str, Any, bool]]:
    hints = get_type_hints(cls.run, include_extras=True)
    for name, parameter in list(inspect.signature(cls.run).parameters.items())[1:]:
        yield name, hints[name], parameter.default is inspect.Parameter.empty


def _unwrapped(hint: Any) -> tuple[Any, str]:
    """Returns the type without `Annotated` and `| None`, and the help text of the annotation."""
    help_text = ""
    if get_origin(hint) is Annotated:
        hint, help_text = get_args(hint)[:2]
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    return hint, help_text


def _values_of_widget(record: BaseModel, widget: str) -> Iterator[Any]:
    for name, declared in type(record).model_fields.items():
        value = getattr(record, name)
        extra = declared.json_schema_extra
        if isinstance(extra, dict) and extra.get("widget") == widget:
            yield value
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from _values_of_widget(part, widget)
