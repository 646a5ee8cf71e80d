"""`routeloom outcomes record`, `finetune`, `thoughts`: many models' answers become routers, a training set, prompts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_library, open_workspace
from app.cli.outcome_option import card_answer
from app.cli.output import AlreadyThere, print_json, print_text, tell

if TYPE_CHECKING:
    from pipelines.outcome.table import OutcomeTable

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="An outcome table, or name@version.")]
Models = Annotated[list[str] | None, typer.Option("--model", help="Only this model; repeatable.", show_default="all")]
LeastScore = Annotated[float, typer.Option(min=0.0, max=1.0, help="That an answer must have.")]
Holdout = Annotated[
    float, typer.Option(min=0.0, max=0.9, help="Share of the rows to leave out, as `router train` does with this seed.")
]
Seed = Annotated[int, typer.Option(min=0, max=2_147_483_647, help="Of the holdout.")]
Against = Annotated[
    list[str] | None, typer.Option("--except", help="A table whose questions are left out; repeatable.")
]
TOLD_PROBLEMS = 20


def register(outcomes: typer.Typer) -> None:
    """Adds the commands to those of outcome tables."""
    outcomes.command("record")(record)
    outcomes.command("finetune")(finetune)
    outcomes.command("thoughts")(thoughts)


def record(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The table to store; a known name gets a new version.")],
    data: Annotated[str, typer.Option(help="The data set (or a file) with the questions and their right answers.")],
    model: Annotated[list[str], typer.Option("--model", help="A model to ask; repeatable.")],
    way: Annotated[
        list[str] | None,
        typer.Option("--way", help="direct or reasoning: each is a column of its own.", show_default="as it stands"),
    ] = None,
    scorer: Annotated[
        list[str] | None,
        typer.Option(help="Such as exact_match or llm_judge; the first counts.", show_default="what suits the data"),
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many rows, drawn by the seed.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Most that all calls may cost.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2_147_483_647, help="Of the sample and the runs.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Ask models every question of a data set, directly or with reasoning, and keep the scored answers as a table."""
    from app.cli.eval_watch import carry
    from app.experiment.request import ExperimentRequest
    from app.outcome.experiment_table import from_experiment
    from app.outcome.recording import prepare_recording

    wanted = {"data": data, "scorers": scorer, "sample": sample, "seed": seed, "budget_usd": budget_usd}
    request = ExperimentRequest().with_changes({key: value for key, value in wanted.items() if value is not None})
    with open_workspace() as space:
        experiment = space.experiments.create(prepare_recording(space, request, model, way or ()).experiment)
        carried = carry(space, experiment.id, space.experiments.start(experiment.id), watch=not as_json)
        if carried.progress.status != "done":
            tell(f"Not finished; go on with: routeloom eval --resume {experiment.id}")
            tell(f"and then: routeloom outcomes import experiment:{experiment.id} --name {name}")
            raise typer.Exit(1)
        table = from_experiment(space.storage, experiment.id, columns="pipelines", name=name)
        about = {"title": experiment.title, "source": f"experiment:{experiment.id}"}
        version = space.storage.outcome_tables.put(table, name, **about)
        card = space.storage.outcome_tables.card(name)
    if as_json:
        paid = {"cost_usd": carried.progress.paid_usd, "experiment": experiment.id}
        print_json({**card_answer(version, card), **paid})
    tell(f"Stored '{name}' (version {version}): {table.n_queries:,} questions x {len(table.models)} candidates.")
    tell(f"Train a router on it with: routeloom router train ROUTER --table {name}")


def finetune(
    name: Name,
    to: Annotated[Path | None, typer.Option("--to", "-o", help="The file.", show_default="standard output")] = None,
    least_score: LeastScore = 1.0,
    model: Models = None,
    system: Annotated[str, typer.Option(help="A system prompt to put before every question.")] = "",
    holdout: Holdout = 0.0,
    seed: Seed = 0,
    against: Against = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the best recorded answers as chat JSON Lines, to fine-tune a model on, with a note of where they come from.

    Rows of test and validation parts are never written. The note lies beside the file, as NAME.about.json.
    """
    from pipelines.outcome.finetune import chat_lines, provenance

    note = None if to is None else to.with_name(f"{to.stem}.about.json")
    for path in filter(None, (to, note)):
        if path.exists() and not force:
            raise AlreadyThere(
                f"The file '{path}' is there already; choose another one, or write over it with --force."
            )
    if to is None and as_json:
        raise typer.BadParameter("--json tells where the set came from; name a file for the set with --to.")
    rows = _learnable(name, holdout, seed, against or ())
    with open_library() as (_, library):
        card = library.outcome_card(name)
    lines = list(chat_lines(rows, least_score=least_score, models=model or (), system=system))
    made = provenance(card, rows, least_score=least_score, models=model or ())
    if to is None or note is None:
        print_text(b"".join(lines).decode().rstrip("\n"))
    else:
        to.write_bytes(b"".join(lines))
        note.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json({**made.model_dump(mode="json"), "files": [str(to), str(note)]})
    tell(f"{len(lines):,} of {rows.n_queries:,} questions have an answer with a score of {least_score:g} or more.")
    if made.left_out:
        tell(f"{made.left_out:,} rows are there to judge on and were left out.")
    tell(f"Licence of the table: {made.licence or 'not known'}. {made.terms}")


def thoughts(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="The document set to keep the templates in.")],
    by: Annotated[str | None, typer.Option("--by", help="Who writes them.", show_default="the default model")] = None,
    count: Annotated[int, typer.Option(min=1, max=1_000, help="How many templates.")] = 20,
    near: Annotated[int, typer.Option(min=1, max=50, help="How many similar questions each comes from.")] = 4,
    least_score: LeastScore = 1.0,
    model: Models = None,
    holdout: Holdout = 0.0,
    seed: Seed = 0,
    against: Against = None,
    as_json: AsJson = False,
) -> None:
    """Distil thought templates from the best answers to similar questions, and save a pipeline that uses them.

    Rows of test and validation parts are never used.
    """
    from app.outcome.distilling import distil_thoughts
    from pipelines.outcome.thought import thinking_pipeline

    rows = _learnable(name, holdout, seed, against or ())
    with open_workspace() as space:
        found = distil_thoughts(
            *(space, rows, to), model=by, count=count, near=near, least_score=least_score, models=model or ()
        )
        slug = space.storage.workflows.create(thinking_pipeline(to, None), message=f"Made from '{name}'").slug
    if as_json:
        told = {"document_set": to, "templates": len(found.documents), "failed": list(found.failed)}
        print_json({**told, "cost_usd": found.paid_usd, "pipeline": slug})
    for why in found.failed[:TOLD_PROBLEMS]:
        tell(why)
    tell(f"Kept {len(found.documents):,} templates in '{to}'; run them with: routeloom run {slug} --query TEXT")


def _learnable(name: str, holdout: float, seed: int, against: list[str] | tuple[()]) -> OutcomeTable:
    """Returns the rows of a stored or shipped table that something may be learned from."""
    from app.cli.router_option import tables_of
    from pipelines.outcome.finetune import for_training

    with open_library() as (_, library):
        table = library.outcome_table(name)
    return for_training(table, holdout=holdout, seed=seed, against=tables_of(*against) if against else ())
