"""How many rows at a time are of use: more than the models can answer only wait, and that looks like latency."""

from __future__ import annotations

from pipelines.catalogue import Catalogue
from pipelines.error import ConfigurationError
from pipelines.experiment.experiment import Experiment
from pipelines.plan import build_node


def useful_width(experiment: Experiment, catalogue: Catalogue) -> int:
    """Returns the wanted number of rows at a time, or fewer where the pipelines' models take fewer calls together.

    Where a pipeline may ask models that it does not name (inside a saved pipeline or chosen by a trained router), the
    wanted number stays.
    """
    settings = experiment.settings
    known = catalogue if settings.model is None else catalogue.with_default(settings.model)
    names: set[str] = set()
    for contender in experiment.contenders:
        for spec in contender.pipeline.nodes:
            if not spec.executes:
                continue
            try:
                node = build_node(spec)
                if node.pipeline_references() or node.router_references():
                    return settings.concurrency
                names |= {known.entry(name).name for name in node.model_names()}
            except (KeyError, ValueError, ConfigurationError):
                return settings.concurrency
    places = sum(known.entry(name).max_concurrency for name in names)
    return min(settings.concurrency, places) if names else settings.concurrency
