"""`routeloom router`: routers that learn from recorded outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.home import open_library
from app.cli.output import cell, console, print_json, print_text, tell
from pipelines.error import ConfigurationError

if TYPE_CHECKING:
    from pipelines.routing.figures import RouterComparison
    from pipelines.trained import RouterCard, TrainedRouter

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A trained router: its name, or name@version.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="What to call it; a known name gets a new version.")]
Seed = Annotated[int, typer.Option(min=0, max=2_147_483_647, help="The same seed gives the same router.")]
Models = Annotated[
    list[str] | None, typer.Option("--model", help="Only this model; repeatable.", show_default="all in common")
]
TABLE = "A folder with queries.jsonl[.gz] and outcomes.csv[.gz], FOLDER:PART, or a stored outcome table."
STRATEGY = "Such as knn, or knn:neighbours=100,featurizer.dims=64"

app = typer.Typer(help="Train routers on recorded outcomes, and see what they are worth.", invoke_without_command=True)


@app.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Train routers on recorded outcomes, and see what they are worth."""
    if ctx.invoked_subcommand is None:
        list_routers(as_json=as_json)


@app.command()
def compare(
    train: Annotated[str, typer.Option(help=f"What they learn from. {TABLE}")],
    test: Annotated[str, typer.Option(help="What they are judged on: other rows. Given in the same way.")],
    strategy: Annotated[
        list[str] | None,
        typer.Option(help=f"{STRATEGY}; repeatable.", show_default="all that learn in reasonable time"),
    ] = None,
    model: Models = None,
    priced: Annotated[
        bool | None,
        typer.Option(
            "--priced/--all-models",
            help="Leave out models without known costs.",
            show_default="where half of the models have costs",
        ),
    ] = None,
    seed: Seed = 0,
    limit_s: Annotated[
        float, typer.Option(min=0.0, help="Without --strategy, leave out what would learn longer than this.")
    ] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Train strategies on one table, judge them on another, beside oracle, best single, cheapest and random."""
    from rich.progress import Progress

    from app.cli.router_answer import comparison_answer, comparison_table
    from app.cli.router_option import affordable, default_strategies, space_for, strategies_of, tables_of
    from pipelines.outcome.coverage import comparable
    from pipelines.outcome.split import refuse_leak, seen_hashes
    from pipelines.routing.evaluation import compare_routers

    wanted = strategies_of(strategy or [])
    train_rows, test_rows = tables_of(train, test)
    # Before anything is embedded or timed.
    refuse_leak(seen_hashes(train_rows), test_rows)
    skipped: dict[str, str] = {}
    if not wanted:
        columns, _, _ = comparable(train_rows, test_rows, models=model or (), priced=priced)
        wanted, skipped = affordable(default_strategies(), columns, seed=seed, limit_s=limit_s)
    space, _ = space_for(wanted.values(), lambda: (*train_rows.queries, *test_rows.queries))
    with Progress(console=console(), transient=True, disable=as_json) as bars:
        bar = bars.add_task("Routers", total=len(wanted))
        comparison = compare_routers(
            *(wanted, train_rows, test_rows),
            models=model or (),
            priced=priced,
            space=space,
            seed=seed,
            on_done=lambda _: bars.advance(bar),
            on_skip=None if strategy else lambda name, error: skipped.update({name: str(error)}),
        )
    if as_json:
        print_json(comparison_answer(comparison, skipped))
    else:
        console(stderr=False).print(comparison_table(comparison))
    for name, reason in skipped.items():
        tell(f"Left out '{name}': {reason}")
    _tell_verdict(comparison, as_json=as_json)


@app.command()
def train(
    name: NewName,
    table: Annotated[str, typer.Option(help=f"What it learns from. {TABLE}")],
    strategy: Annotated[str, typer.Option(help=STRATEGY)] = "ridge",
    test: Annotated[str | None, typer.Option(help="Other rows to judge it on, instead of a holdout.")] = None,
    holdout: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of the rows, whole groups, that is kept back to judge it.")
    ] = 0.3,
    model: Models = None,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Train a router, judge it on rows it has not seen, and keep it under a name."""
    from app.cli.router_option import space_for, strategies_of, tables_of
    from app.router_training import train_router

    [wanted] = strategies_of([strategy]).values()
    rows, *others = tables_of(table, *([test] if test else []))
    rows = rows.columns(model) if model else rows
    texts = [query for each in (rows, *others) for query in each.queries]
    space, embedder = space_for([wanted], lambda: texts)
    router, comparison = train_router(
        *(name, wanted, rows, others[0] if others else None),
        holdout=holdout,
        space=space,
        embedder=embedder,
        seed=seed,
        title=title,
    )
    with open_library() as (storage, _):
        version = storage.routers.put(router)
    if as_json:
        print_json({"version": version, **_described(router.card)})
    tell(f"Trained '{name}' (version {version}) on {router.card.n_train:,} rows of {router.card.table}.")
    if comparison is not None:
        _tell_verdict(comparison)
    tell(
        f"Put it on the canvas with the node 'Learned router', or ask it: routeloom router explain {name} --query TEXT"
    )


@app.command()
def evaluate(
    name: Name,
    test: Annotated[str, typer.Option(help=f"Rows that it was not trained on. {TABLE}")],
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Judge a trained router on rows that it has not seen."""
    from app.cli.router_answer import comparison_answer, comparison_table
    from app.cli.router_option import space_for, tables_of
    from pipelines.routing.evaluation import evaluate_router

    router = _load(name)
    [rows] = tables_of(test)
    space, embedder = space_for([router.strategy], lambda: rows.queries)
    _require_embedder(router, embedder)
    comparison = evaluate_router(router, rows, space=space, seed=seed)
    if as_json:
        print_json({"router": name, **comparison_answer(comparison, {})})
    else:
        console(stderr=False).print(comparison_table(comparison))
    _tell_verdict(comparison, as_json=as_json)


@app.command()
def explain(
    name: Name,
    query: Annotated[str, typer.Option("--query", "-q", help="The question.")],
    as_json: AsJson = False,
) -> None:
    """Say where a question would go, and why."""
    import numpy as np

    from app.cli.router_option import space_for

    router = _load(name)
    space, embedder = space_for([router.strategy], lambda: [query])
    _require_embedder(router, embedder)
    scores, costs = router.predict([query], space=space)
    order = [int(number) for number in np.argsort(-scores[0], kind="stable")]
    rows = [
        {
            "model": router.card.models[number],
            "score": float(scores[0][number]),
            "cost": None if np.isnan(costs[0][number]) else float(costs[0][number]),
        }
        for number in order
    ]
    why = router.strategy.explain(query, space=space)
    if as_json:
        strategy = {"strategy": router.card.strategy["kind"], "title": router.strategy.title}
        print_json({"router": name, "choice": rows[0]["model"], "scores": rows, **strategy, "why": why})
        return
    _print_scores(rows)
    tell(f"'{router.strategy.title}' sends it to {rows[0]['model']}.")
    for reason, detail in why.items():
        tell(f"{reason}: {detail}")


@app.command("list")
def list_routers(as_json: AsJson = False) -> None:
    """List the trained routers."""
    from rich.table import Table

    with open_library() as (storage, _):
        found = storage.routers.list()
    if as_json:
        print_json([{"version": number, **_described(card)} for number, card in found])
        return
    table = Table(
        *("name", "strategy", "models", "trained on", "rows", "accuracy", "version"),
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for number, card in found:
        accuracy = card.figures.accuracy.value if card.figures else None
        told = (f"{len(card.models)}", card.table, f"{card.n_train:,}", "-" if accuracy is None else f"{accuracy:.3f}")
        table.add_row(*map(cell, (card.name, str(card.strategy["kind"]), *told, str(number))))
    console(stderr=False).print(table)
    if not found:
        tell("There is no trained router yet. Train one with: routeloom router train NAME --table FOLDER")


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a trained router is, what it learned from, and how it did."""
    with open_library() as (storage, _):
        _, number = storage.routers.version(name)
        card = storage.routers.get(name).card
    if as_json:
        print_json({"version": number, **_described(card)})
        return
    tell(f"{card.title or card.name}, version {number}: {card.strategy}")
    tell(f"Trained on {card.n_train:,} rows of '{card.table}' ({card.split}), seed {card.seed}.")
    tell(f"Models: {', '.join(card.models)}")
    if card.figures is not None:
        figures = card.figures
        tell(f"On rows it had not seen: accuracy {figures.accuracy.value:.4f}, regret {figures.regret:.4f}.")


@app.command()
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained router.")], as_json: AsJson = False
) -> None:
    """Delete a trained router with all its versions."""
    with open_library() as (storage, _):
        storage.routers.version(name)
        storage.routers.delete(name)
    if as_json:
        print_json({"deleted": name})
    tell(f"Deleted '{name}' with all its versions.")


def _load(name: str) -> TrainedRouter:
    with open_library() as (storage, _):
        return storage.routers.get(name)


def _require_embedder(router: TrainedRouter, embedder: str | None) -> None:
    """Does nothing where the vectors of this installation are those that the router was trained on.

    Raises:
        ConfigurationError: if they are others.
    """
    if router.card.embedder not in (None, embedder):
        raise ConfigurationError(
            f"The router '{router.card.name}' was trained on vectors of '{router.card.embedder}', and this installation"
            f" has '{embedder}'; pull the same weights or train it anew."
        )


def _described(card: RouterCard) -> dict[str, Any]:
    """Returns a card as JSON, its figures with the names that `compare` gives them."""
    from app.cli.router_answer import figures_answer

    told = card.model_dump(mode="json", exclude={"figures"})
    return {**told, "figures": None if card.figures is None else figures_answer(card.figures)}


def _print_scores(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("model", "expected score", "expected USD", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(
            *map(cell, (row["model"], f"{row['score']:.3f}", "?" if row["cost"] is None else f"{row['cost']:.4g}"))
        )
    console(stderr=False).print(table)


def _tell_verdict(comparison: RouterComparison, *, as_json: bool = True) -> None:
    """Says what the comparison means: it is the answer of a command, unless that is JSON."""
    from pipelines.routing.headroom import verdict

    for warning in comparison.warnings:
        tell(f"Note: {warning}")
    tell(f"{comparison.n_test:,} test rows of '{comparison.table}', {len(comparison.models)} models.")
    say = tell if as_json else print_text
    say(verdict(comparison).sentence)
