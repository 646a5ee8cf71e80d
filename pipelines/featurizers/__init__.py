"""The featurizers: the folder is the registry, a file is a way to turn questions into numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pipelines.featurizer import Featurizer
from pipelines.registry import classes_in


@cache
def featurizer_kinds() -> Mapping[str, type[Featurizer]]:
    """Returns every featurizer class by its kind, in the order of their titles."""
    found = [(kind, cls) for kind, cls in classes_in(__name__, __path__) if issubclass(cls, Featurizer)]
    return dict(sorted(found, key=lambda item: item[1].title))


if TYPE_CHECKING:
    AnyFeaturizer = Featurizer
else:
    AnyFeaturizer = Annotated[reduce(or_, featurizer_kinds().values()), Field(discriminator="kind")]
    """Any featurizer of this folder, told apart by its `kind`."""
