"""The dialog that adds a model to the catalogue or changes one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import streamlit as st
from pydantic import ValidationError

from app.plain import plain
from app.state import session, workspace
from pipelines.catalogue import ModelEntry
from pipelines.error import ConfigurationError
from pipelines.gateway.address import AddressRule
from pipelines.trait import ModelTraits

PROVIDERS = {
    "litellm": "Hosted provider (a LiteLLM name)",
    "openai_compatible": "OpenAI-compatible server (an address)",
    "embedded": "Weights on this machine (a GGUF file)",
}


TARGETS = {"litellm": "openai/gpt-4o-mini", "openai_compatible": "llama3.2", "embedded": "/path/to/model.gguf"}


@st.dialog("Model", width="medium")
def draw_editor(entry: ModelEntry | None) -> None:
    """Draws the form of an entry, or of a new one for None; what is wrong is told and nothing is lost."""
    key = f"model:{entry.name if entry else 'new'}"
    known = list(PROVIDERS) if entry is None or entry.provider in PROVIDERS else [entry.provider, *PROVIDERS]
    provider = st.selectbox(
        "Kind",
        known,
        known.index(entry.provider) if entry else 0,
        lambda name: PROVIDERS.get(name, name),
        key=f"{key}:kind",
    )
    values = _draw_fields(entry, provider, key)
    if not st.button("Save the model", type="primary", key=f"{key}:save"):
        return
    try:
        made = build_entry(entry, provider, values, workspace().config.allowed_hosts)
    except ConfigurationError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    space = workspace()
    space.storage.models.put(made)
    space.refresh_catalogue(look_around=False)
    session().notice = f"'{made.name}' is saved."
    st.rerun()


def build_entry(
    old: ModelEntry | None, provider: str, values: dict[str, Any], allowed_hosts: Iterable[str] = ()
) -> ModelEntry:
    """Returns the entry that was filled in; fields without a widget stay as they were.

    Raises:
        ConfigurationError: with every fault, if it is not an entry or its address is not allowed.
    """
    price_in, price_out = values["price_in"], values["price_out"]
    told = {name: value for name, value in values.items() if name not in ("price_in", "price_out")}
    if (price_in is None) != (price_out is None):
        raise ConfigurationError("Give both prices, or neither: a call costs tokens in and tokens out.")
    if values["base_url"]:
        AddressRule(allowed_hosts).check(values["base_url"])
    elif provider == "openai_compatible":
        raise ConfigurationError("An OpenAI-compatible server needs its address, such as http://127.0.0.1:8080/v1.")
    kept = old.model_dump() if old else {}
    try:
        return ModelEntry.model_validate(
            {**kept, **told, "provider": provider, "price": _price(old, price_in, price_out)}
        )
    except ValidationError as error:
        faults = [f"{found['loc'][-1]}: {found['msg']}" for found in error.errors(include_url=False)]
        raise ConfigurationError("; ".join(faults) + ".") from error


def _price(old: ModelEntry | None, price_in: float | None, price_out: float | None) -> dict[str, Any] | None:
    """Returns the price, dated today and without its old source where a number changed."""
    if price_in is None or price_out is None:
        return None
    if old and old.price and (old.price.input_usd_per_mtok, old.price.output_usd_per_mtok) == (price_in, price_out):
        return old.price.model_dump()
    notional = bool(old and old.price and old.price.notional)
    noted = {"as_of": datetime.now(UTC).date(), "source": "typed in by hand", "notional": notional}
    return {"input_usd_per_mtok": price_in, "output_usd_per_mtok": price_out, **noted}


def _draw_fields(entry: ModelEntry | None, provider: str, key: str) -> dict[str, Any]:
    old = entry.model_dump() if entry else {}
    name = st.text_input("Name in pipelines", old.get("name", ""), 120, f"{key}:name", disabled=entry is not None)
    target = st.text_input(
        "Name at the provider", old.get("target", ""), 500, f"{key}:target", placeholder=TARGETS.get(provider, "")
    )
    base_url = st.text_input(
        "Address", old.get("base_url") or "", 500, f"{key}:url", placeholder="http://127.0.0.1:11434/v1"
    )
    key_env = st.text_input(
        "Environment variable of the key",
        old.get("key_env") or "",
        100,
        f"{key}:key",
        help="The NAME of the variable, never the key: keys are not stored here.",
        placeholder="OPENAI_API_KEY",
    )
    texts = {"name": name, "target": target, "base_url": base_url, "key_env": key_env}
    told = {field: text.strip() or None for field, text in texts.items()}
    named = {"name": name.strip(), "target": target.strip()}
    return {**told, **named, **_draw_numbers(entry, key), "traits": _draw_traits(entry, key)}


def _draw_traits(entry: ModelEntry | None, key: str) -> dict[str, Any]:
    """Draws what routers look at that are asked for small, recent or open models."""
    old = entry.traits if entry else ModelTraits()
    with st.expander("Size, age and licence", icon=":material/tune:", key=f"{key}:traits"):
        st.caption("Routers that are asked for small, recent or open models look at these; empty is not known.")
        size, day, licence, region = st.columns(4)
        size_b = size.number_input(
            "Billions of parameters", 0.0, 1e5, old.parameters_b, 1.0, "%g", f"{key}:size", help="Of a mixture all."
        )
        return {
            "parameters_b": size_b or None,
            "released_on": day.date_input("Released", old.released_on, key=f"{key}:day"),
            "licence": licence.text_input("Licence", old.licence or "", 100, f"{key}:licence").strip() or None,
            "region": region.text_input("Region", old.region or "", 60, f"{key}:region").strip() or None,
            "modalities": old.modalities,
        }


def _draw_numbers(entry: ModelEntry | None, key: str) -> dict[str, Any]:
    price = entry.price if entry else None
    price_in, price_out = (price.input_usd_per_mtok, price.output_usd_per_mtok) if price else (None, None)
    left, right, window, lanes = st.columns(4)
    lanes_now = entry.max_concurrency if entry else 64
    window_now = entry.context_window if entry else None
    return {
        "price_in": left.number_input("USD / Mtok in", 0.0, 1e6, price_in, 0.1, "%g", f"{key}:in"),
        "price_out": right.number_input("USD / Mtok out", 0.0, 1e6, price_out, 0.1, "%g", f"{key}:out"),
        "context_window": window.number_input("Window", 1, None, window_now, 1024, key=f"{key}:window"),
        "max_concurrency": lanes.number_input("Calls at a time", 1, 4096, lanes_now, 1, key=f"{key}:lanes"),
    }
