"""`routeloom router use`: a trained router is drawn into a pipeline."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.home import open_workspace
from app.cli.output import print_json, tell

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def register(routers: typer.Typer) -> None:
    """Adds the command to those of routers."""
    routers.command("use")(use)


def use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained router: its name, or name@version.")],
    score_per_usd: Annotated[
        float, typer.Option(min=0.0, max=1e6, help="How much score one USD is worth; 0 looks at the score alone.")
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Save a pipeline in which a trained router chooses who answers, with an expert for each of its candidates."""
    from app.routing.use import drawn_pipelines
    from app.shelf import add_pipeline
    from pipelines.outcome.way import routed_experts

    with open_workspace() as space:
        card = space.library.router(name).card
        _, version = space.storage.routers.version(name)
        pipelines = drawn_pipelines(card, space.catalogue, space.library.pipelines()) or frozenset()
        drawn = routed_experts(
            f"{card.name}@{version}",
            card.models,
            title=card.title or card.name,
            score_per_usd=score_per_usd,
            pipelines=pipelines,
        )
        slug = add_pipeline(space, drawn, message=f"Made for the router '{card.name}'")
        problems = [str(problem) for problem in space.find_problems(drawn)]
    if as_json:
        print_json({"pipeline": slug, "router": card.name, "version": version, "problems": problems})
    for problem in problems:
        tell(f"To mend before it runs: {problem}")
    tell(f"Saved '{slug}'; run it with: routeloom run {slug} --query TEXT")
