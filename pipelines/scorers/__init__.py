"""The scorers: the folder is the registry, a file is a scorer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.registry import classes_in
from pipelines.scorer import Scorer


@cache
def scorer_kinds() -> Mapping[str, type[Scorer]]:
    """Returns every scorer class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, Scorer)]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyScorer = Scorer
else:
    AnyScorer = Annotated[reduce(or_, scorer_kinds().values()), Field(discriminator="kind")]
    """Any scorer of this folder, told apart by its `kind`."""
