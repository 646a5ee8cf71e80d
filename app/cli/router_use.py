"""`routeloom router use`: a trained router is drawn into a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_workspace
from app.cli.outcome_option import pairs
from app.cli.output import print_json, tell
from pipelines.error import ConfigurationError

if TYPE_CHECKING:
    from app.workspace import Workspace
    from pipelines.document import Pipeline
    from pipelines.trained import RouterCard

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def register(routers: typer.Typer) -> None:
    """Adds the command to those of routers."""
    routers.command("use")(use)


def use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained router: its name, or name@version.")],
    stands_for: Annotated[
        list[str] | None,
        typer.Option(
            "--as",
            help="TABLE=CATALOGUE: which model stands for one of the outcome table; repeatable.",
        ),
    ] = None,
    score_per_usd: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1e6,
            help="How much score one USD is worth; 0 looks at the score alone.",
            show_default="as the router was trained for",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Save a pipeline in which a trained router chooses who answers."""
    from app.shelf import add_pipeline

    with open_workspace() as space:
        card = space.library.router(name).card
        _, version = space.storage.routers.version(name)
        drawn = _drawn(space, card, version, pairs(stands_for or [], "--as"), score_per_usd)
        slug = add_pipeline(space, drawn, message=f"Made for the router '{card.name}'")
        problems = [str(problem) for problem in space.find_problems(drawn)]
    if as_json:
        print_json({"pipeline": slug, "router": card.name, "version": version, "problems": problems})
    for problem in problems:
        tell(f"To mend before it runs: {problem}")
    tell(f"Saved '{slug}'; run it with: routeloom run {slug} --query TEXT")


def _drawn(
    space: Workspace, card: RouterCard, version: int, stands_for: Mapping[str, str], score_per_usd: float | None
) -> Pipeline:
    """Returns an expert for each candidate where some are ways of asking or pipelines, else one for all models.

    Raises:
        ConfigurationError: if a model of the router is not in the catalogue and nothing stands for it.
    """
    from app.routing.use import drawn_pipelines, likely_aliases, routed_pipeline
    from pipelines.outcome.way import routed_experts

    pipelines = drawn_pipelines(card, space.catalogue, space.library.pipelines())
    if pipelines is not None and not stands_for:
        aim = card.objective
        kept = aim.score_per_usd if aim is not None and aim.rule == "trade_off" else 0.0
        return routed_experts(
            f"{card.name}@{version}",
            card.models,
            title=card.title or card.name,
            score_per_usd=kept if score_per_usd is None else score_per_usd,
            pipelines=pipelines,
        )
    strange = sorted(set(stands_for) - set(card.models))
    if strange:
        raise ConfigurationError(f"The router '{card.name}' knows no {', '.join(strange)}; {_known(card)}.")
    aliases = likely_aliases(card, space.catalogue) | {
        known: space.catalogue.entry(model).name for known, model in stands_for.items()
    }
    open_names = [known for known, model in aliases.items() if model is None]
    if open_names:
        raise ConfigurationError(
            f"The catalogue has no model called {', '.join(open_names)}; say who answers for"
            f" {'it' if len(open_names) == 1 else 'each'}, such as --as {open_names[0]}=MODEL."
        )
    return routed_pipeline(card, version, aliases, score_per_usd=score_per_usd)


def _known(card: RouterCard) -> str:
    return f"it knows {', '.join(card.models)}"
