"""`routeloom models`: the catalogue of models, their prices and keys, and a test call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from app.cli.home import load_config, open_library, open_workspace
from app.cli.output import FAILED, cell, console, print_json, print_text, tell
from app.cli.trace import duration
from pipelines.catalogue import ModelEntry, Price, Provider
from pipelines.error import ConfigurationError, DocumentError
from pipelines.trait import TEXT

if TYPE_CHECKING:
    from app.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(help="What pipelines call the model.")]

OPENAI_PREFIXES = frozenset({"openai", "hosted_vllm", "lm_studio", "llamafile", "litellm_proxy", "custom_openai"})
"""LiteLLM prefixes of servers that speak the OpenAI chat format; the server itself knows the model without them."""

app = typer.Typer(help="List, add, test and fetch models.", invoke_without_command=True)


@app.callback()
def overview(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List, add, test and fetch models."""
    if ctx.invoked_subcommand is None:
        list_models(as_json=as_json)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that pipelines may ask, with price and key."""
    from rich.table import Table

    with open_workspace() as workspace:
        catalogue = workspace.catalogue
        rows = [_described(workspace, entry) for entry in catalogue]
    if as_json:
        print_json({"default": catalogue.default, "models": rows})
        return
    table = Table("", "name", "provider", "USD/Mtok in", "out", "window", "key", box=None, pad_edge=False)
    for row in rows:
        price = row["price"] or {}
        sign = "≈" if price.get("notional") else ""
        prices = [f"{sign}{price[side]:g}" if price else "?" for side in ("input_usd_per_mtok", "output_usd_per_mtok")]
        default = "*" if row["name"] == catalogue.default else ""
        cells = (default, row["name"], row["provider"], *prices, str(row["context_window"] or "?"), _key_words(row))
        table.add_row(*map(cell, cells))
    console(stderr=False).print(table)
    tell("* is the default model; ≈ marks a price that nobody charges.")


@app.command()
def add(
    name: Name,
    model: Annotated[str, typer.Option(help="What the provider calls it: a LiteLLM name such as openai/gpt-4o-mini.")],
    base_url: Annotated[
        str | None, typer.Option(help="Address of an OpenAI-compatible server, such as http://127.0.0.1:8080/v1.")
    ] = None,
    key_env: Annotated[
        str | None, typer.Option(help="NAME of the environment variable that holds the key, never the key.")
    ] = None,
    price_in: Annotated[float | None, typer.Option(min=0.0, help="USD per million input tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0.0, help="USD per million output tokens.")] = None,
    max_concurrency: Annotated[int, typer.Option(min=1, max=4_096, help="Most calls at a time.")] = 64,
    context_window: Annotated[int | None, typer.Option(min=1, help="Tokens of input and output together.")] = None,
    size_b: Annotated[
        float | None, typer.Option(help="Billions of parameters.", show_default="what the name tells")
    ] = None,
    released: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of release.", show_default="what the name tells")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Of the weights, such as apache-2.0, or proprietary.")] = None,
    region: Annotated[str | None, typer.Option(help="Where answers are made, such as eu.")] = None,
    reads: Annotated[list[str] | None, typer.Option(help="What it reads beside text (image); repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a model to the catalogue, or replace the one of that name."""
    if (price_in is None) != (price_out is None):
        raise typer.BadParameter("--price-in and --price-out belong together: give both, or neither")
    if base_url is not None:
        _refuse_forbidden(base_url)
    provider, target = place_of(model, has_base_url=base_url is not None)
    entry = build_entry(
        name=name,
        provider=provider,
        target=target,
        base_url=base_url,
        key_env=key_env,
        price=_price(price_in, price_out),
        max_concurrency=max_concurrency,
        context_window=context_window,
        traits={
            "parameters_b": size_b,
            "released_on": released.date() if released else None,
            "licence": licence,
            "region": region,
            "modalities": tuple(dict.fromkeys((TEXT, *(reads or ())))),
        },
    )
    save(entry, as_json=as_json)


@app.command()
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget a model that was added; one that ships with Routeloom comes back as it was."""
    with open_library() as (storage, _):
        storage.models.remove(name)
    if as_json:
        print_json({"removed": name})
    tell(f"Removed '{name}'.")


@app.command("default")
def set_default(name: Name, as_json: AsJson = False) -> None:
    """Make a model the one that is asked where a pipeline names none."""
    with open_workspace() as workspace:
        workspace.set_default_model(name)
        default = workspace.catalogue.default
    if default != name:
        raise ConfigurationError(
            f"The environment variable ROUTELOOM_DEFAULT_MODEL makes '{default}' the default model; unset it first."
        )
    if as_json:
        print_json({"default": name})
    tell(f"The default model is '{name}'.")


@app.command("test")
def test_call(name: Name, as_json: AsJson = False) -> None:
    """Ask a model one short question; exit code 1 if it does not answer."""
    with open_workspace() as workspace:
        workspace.catalogue.entry(name)
        call = workspace.probe(name)
    reply = call.reply
    if as_json:
        print_json(
            {
                "model": name,
                "ok": reply is not None,
                "answer": reply.text if reply else None,
                "latency_s": call.latency_s,
                "cost_usd": call.cost_usd,
                "notional": call.notional,
                "input_tokens": reply.usage.input_tokens if reply else 0,
                "output_tokens": reply.usage.output_tokens if reply else 0,
                "error_kind": call.error_kind,
                "error": call.error,
            }
        )
    if reply is None:
        tell(f"'{name}' did not answer: {call.error}")
        raise typer.Exit(FAILED)
    if not as_json:
        print_text(reply.text)
    tell(f"'{name}' answered in {duration(call.latency_s)}.")


def place_of(model: str, *, has_base_url: bool) -> tuple[Provider, str]:
    """Returns the provider of a LiteLLM name, and the name by which that provider knows the model."""
    from pipelines.gateway.litellm_price import is_provider

    prefix, slash, rest = model.partition("/")
    if not has_base_url:
        return "litellm", model
    if slash and rest and prefix in OPENAI_PREFIXES:
        return "openai_compatible", rest
    if slash and is_provider(prefix):
        return "litellm", model
    return "openai_compatible", model


def build_entry(**fields: Any) -> ModelEntry:
    """Returns a catalogue entry.

    Raises:
        DocumentError: if a field is wrong; the sentence does not repeat its value, which may be a key by mistake.
    """
    try:
        return ModelEntry(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][-1 if first["loc"][0] == "traits" else 0])
        if field == "key_env":
            raise DocumentError(
                "--key-env takes the name of an environment variable (A-Z, 0-9, _), such as MY_API_KEY, not the key."
            ) from None
        raise DocumentError(f"The {field.replace('_', ' ')} of the model is wrong: {first['msg']}.") from None


def save(entry: ModelEntry, *, as_json: bool) -> None:
    """Stores an entry and says what it still needs."""
    from app.model_list import known_entries
    from pipelines.gateway.key import key_name, key_state

    with open_library() as (storage, _):
        shipped = known_entries(load_config().weights_folder)
        replaced = any(known.name == entry.name for known in [*shipped, *storage.models.list()])
        storage.models.put(entry)
    state = key_state(entry)
    if as_json:
        print_json({**entry.model_dump(mode="json"), "key": state, "key_name": key_name(entry)})
    tell(f"{'Replaced' if replaced else 'Added'} '{entry.name}'. Test it with: routeloom models test {entry.name}")
    if state == "missing":
        tell(f"Its key is missing; put it into the environment variable {key_name(entry)}.")


def _described(workspace: Workspace, entry: ModelEntry) -> dict[str, Any]:
    from pipelines.gateway.key import key_name

    row = entry.model_dump(mode="json")
    if entry.price is None and entry.provider == "litellm":
        from pipelines.gateway.litellm_price import price_of

        found = price_of(entry.target)
        row["price"] = found.model_dump(mode="json") if found else None
    return {**row, "key": workspace.key_state(entry), "key_name": key_name(entry)}


def _key_words(row: dict[str, Any]) -> str:
    words = {"not_needed": "not needed", "present": "present", "missing": "missing"}
    return f"{words[row['key']]} ({row['key_name']})" if row["key_name"] else words[row["key"]]


def _price(price_in: float | None, price_out: float | None) -> Price | None:
    if price_in is None or price_out is None:
        return None
    today = datetime.now(UTC).date()
    try:
        return Price(input_usd_per_mtok=price_in, output_usd_per_mtok=price_out, as_of=today, source="entered by hand")
    except ValidationError:
        raise DocumentError("A price is 0 to 1,000,000 USD per million tokens.") from None


def _refuse_forbidden(base_url: str) -> None:
    """Refuses an address that this installation may not ask.

    Raises:
        ConfigurationError: with the setting that would allow it.
    """
    from urllib.parse import urlsplit

    from pipelines.gateway.address import AddressRule

    config = load_config()
    try:
        AddressRule(config.allowed_hosts).check(base_url)
    except ConfigurationError as error:
        host = urlsplit(base_url).hostname
        try:
            AddressRule((*config.allowed_hosts, host or "")).check(base_url)
        except ConfigurationError:
            raise error from None
        hosts = ",".join(f'"{allowed}"' for allowed in (*config.allowed_hosts, host))
        raise ConfigurationError(
            f"The host '{host}' is neither this machine nor allowed; allow it with:"
            f" export ROUTELOOM_ALLOWED_HOSTS='[{hosts}]'"
        ) from None
