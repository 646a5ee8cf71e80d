"""`routeloom router`: routers that learn from recorded outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import open_library
from app.cli.outcome_option import without_version
from app.cli.output import console, print_json, print_text, tell

if TYPE_CHECKING:
    from pipelines.routing.figures import RouterComparison
    from pipelines.trained import TrainedRouter

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A trained router: its name, or name@version.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="What to call it; a known name gets a new version.")]
Seed = Annotated[int, typer.Option(min=0, max=2_147_483_647, help="The same seed gives the same router.")]
Models = Annotated[
    list[str] | None, typer.Option("--model", help="Only this model; repeatable.", show_default="all in common")
]
TABLE = "A folder with queries.jsonl[.gz] and outcomes.csv[.gz], FOLDER:PART, or a stored outcome table."
Embedding = Annotated[
    str | None,
    typer.Option(
        "--embedding-model",
        help="For strategies that look at vectors: a model of the catalogue that makes them.",
        show_default="the embedder of this installation",
    ),
]
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
    test: Annotated[
        str | None,
        typer.Option(
            help="What they are judged on: other rows. Given in the same way.",
            show_default="a part of the first table that is kept back",
        ),
    ] = None,
    holdout: Annotated[
        float,
        typer.Option(min=0.05, max=0.9, help="Without --test: share of the rows, whole groups, that is kept back."),
    ] = 0.3,
    strategy: Annotated[
        list[str] | None,
        typer.Option(help=f"{STRATEGY}; repeatable.", show_default="all that learn in reasonable time"),
    ] = None,
    model: Models = None,
    embedding_model: Embedding = None,
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
    from app.cli.router_option import affordable, default_strategies, parts_of, space_for, strategies_of, tables_of
    from pipelines.outcome.coverage import comparable
    from pipelines.outcome.split import refuse_leak, seen_hashes
    from pipelines.routing.evaluation import compare_routers

    wanted = strategies_of(strategy or [])
    train_rows, test_rows = tables_of(train, test) if test else parts_of(train, holdout, seed)
    # Before anything is embedded or timed.
    refuse_leak(seen_hashes(train_rows), test_rows)
    skipped: dict[str, str] = {}
    if not wanted:
        columns, _, _ = comparable(train_rows, test_rows, models=model or (), priced=priced)
        wanted, skipped = affordable(default_strategies(), columns, seed=seed, limit_s=limit_s)
    texts = (*train_rows.queries, *test_rows.queries)
    space, _ = space_for(wanted.values(), lambda: texts, embedding_model)
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
        console(stderr=False).print(comparison_table(comparison, skipped))
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
    embedding_model: Embedding = None,
    title: Annotated[str, typer.Option(help="What people read.")] = "",
    objective: Annotated[
        str | None,
        typer.Option(help="What its choices want: score, trade_off, cheapest_above or within.", show_default="score"),
    ] = None,
    score_per_usd: Annotated[
        float | None, typer.Option(min=0.0, max=1e6, help="For trade_off: how much score one USD is worth.")
    ] = None,
    enough: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="For cheapest_above: the expected score that is enough.")
    ] = None,
    budget_usd: Annotated[
        float | None, typer.Option(min=0.0, max=1e6, help="For within: what one question may cost.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Train a router, judge it on rows it has not seen, and keep it under a name."""
    from app.cli.router_answer import described
    from app.cli.router_option import objective_of, space_for, strategies_of, tables_of
    from app.router_training import train_router

    [wanted] = strategies_of([strategy]).values()
    aim = objective_of(objective, score_per_usd, enough, budget_usd)
    rows, *others = tables_of(table, *([test] if test else []))
    rows = rows.columns(model) if model else rows
    texts = [query for each in (rows, *others) for query in each.queries]
    space, embedder = space_for([wanted], lambda: texts, embedding_model)
    router, comparison = train_router(
        *(name, wanted, rows, others[0] if others else None),
        holdout=holdout,
        space=space,
        embedder=embedder,
        embedding_model=embedding_model,
        objective=aim,
        seed=seed,
        title=title,
    )
    with open_library() as (storage, _):
        version = storage.routers.put(router)
    if as_json:
        print_json({"version": version, **described(router.card)})
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
    from app.cli.router_option import space_of, tables_of
    from pipelines.routing.evaluation import evaluate_router

    router = _load(name)
    [rows] = tables_of(test)
    comparison = evaluate_router(router, rows, space=space_of(router, lambda: rows.queries), seed=seed)
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
    from app.cli.router_answer import decision_answer, scores_table
    from app.cli.router_option import space_of
    from app.reason import in_words, reason_title

    if not query.strip():
        raise typer.BadParameter("the question is empty", param_hint="--query")
    router = _load(name)
    answer = decision_answer(router, query, space_of(router, lambda: [query]))
    if as_json:
        print_json({"router": name, **answer})
        return
    console(stderr=False).print(scores_table(answer["scores"]))
    aim = router.card.objective
    told = "" if aim is None or aim.rule == "score" else f" ({aim.told})"
    tell(f"'{router.strategy.title}' sends it to {answer['choice'] or 'nobody'}{told}.")
    for reason, detail in answer["why"].items():
        tell(f"{reason_title(reason)}: {in_words(detail)}")


@app.command("list")
def list_routers(as_json: AsJson = False) -> None:
    """List the trained routers."""
    from app.cli.router_answer import cards_table, described

    with open_library() as (storage, _):
        found = storage.routers.list()
    if as_json:
        print_json([{"version": number, **described(card)} for number, card in found])
        return
    console(stderr=False).print(cards_table(found))
    if not found:
        tell("There is no trained router yet. Train one with: routeloom router train NAME --table FOLDER")


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show what a trained router is, what it learned from, and how it did."""
    from app.cli.router_answer import described
    from app.reason import in_words

    with open_library() as (storage, _):
        _, number = storage.routers.version(name)
        card = storage.routers.get(name).card
    if as_json:
        print_json({"version": number, **described(card)})
        return
    tell(f"{card.title or card.name}, version {number}: {in_words(card.strategy)}")
    tell(f"Trained on {card.n_train:,} rows of '{card.table}' ({card.split}), seed {card.seed}.")
    tell(f"Models: {', '.join(card.models)}")
    if card.embedder is not None:
        tell(f"Looks at vectors of: {card.embedder}")
    if card.objective is not None:
        tell(f"Wants: {card.objective.told}")
    if card.figures is not None:
        figures = card.figures
        rows = f"{card.n_test:,} rows" if card.n_test else "rows"
        tell(f"On {rows} it had not seen: accuracy {figures.accuracy.value:.4f}, regret {figures.regret:.4f}.")


@app.command()
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A trained router.")], as_json: AsJson = False
) -> None:
    """Delete a trained router with all its versions."""
    with open_library() as (storage, _):
        storage.routers.version(without_version(name))
        storage.routers.delete(name)
    if as_json:
        print_json({"deleted": name})
    tell(f"Deleted '{name}' with all its versions.")


def _load(name: str) -> TrainedRouter:
    with open_library() as (_, library):
        return library.router(name)


def _tell_verdict(comparison: RouterComparison, *, as_json: bool = True) -> None:
    """Says what the comparison means: it is the answer of a command, unless that is JSON."""
    from app.figure import count_text
    from pipelines.routing.headroom import verdict

    for warning in comparison.warnings:
        tell(f"Note: {warning}")
    tell(f"{count_text(comparison.n_test, 'test row')} of '{comparison.table}', {len(comparison.models)} models.")
    say = tell if as_json else print_text
    say(verdict(comparison).sentence)
