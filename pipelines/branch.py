"""What the branches of every router have in common: their ports and what can be wrong with their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import Field

from pipelines.field import BranchName
from pipelines.node import Port
from pipelines.record import Record
from pipelines.run import Decision, Fired
from pipelines.value import AnyValue, Query


class Branch(Record):
    """Is one way out of a router; its name is the name of an output port."""

    name: BranchName = Field(description="Name of the output port.")
    description: str = Field(default="", max_length=2_000, description="What belongs on this branch, in a few words.")


def branch_names(branches: Sequence[Branch], default: str | None) -> tuple[str, ...]:
    """Returns the names of the branches, each once, and of the default where it is a branch of its own."""
    return tuple(dict.fromkeys((*(branch.name for branch in branches), *((default,) if default else ()))))


def branch_ports(branches: Sequence[Branch], default: str | None) -> tuple[Port, ...]:
    """Returns an output port for each branch, which carries the question on."""
    about = {branch.name: branch.description for branch in branches}
    names = branch_names(branches, default)
    return tuple(Port(name=n, type=Query.type_name(), help=about.get(n, "When nothing else fits.")) for n in names)


def branch_problems(branches: Sequence[Branch], default: str | None) -> Iterator[str]:
    """Yields what is wrong with the names of the branches, and says when there is nothing to choose."""
    names = branch_names(branches, default)
    if not names:
        yield "The router has no branch; add at least two."
    if len(names) == 1:
        yield f"The router has the one branch '{names[0]}'; it needs at least two to choose between."
    for name, count in Counter(branch.name for branch in branches).items():
        if count > 1:
            yield f"The branch name '{name}' occurs {count} times; every branch needs a name of its own."


def fired(query: Query, names: Sequence[str], decision: Decision) -> Fired:
    """Returns the question on each of the named branches."""
    ports: dict[str, AnyValue] = dict.fromkeys(names, query)
    return Fired(ports=ports, decision=decision)
