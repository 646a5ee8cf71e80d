"""Fetches a data set of the Hugging Face hub by name, as the Parquet files that the hub keeps of each."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import orjson

from pipelines.data.text import LARGEST_FILE_BYTES
from pipelines.error import ConfigurationError, DocumentError, NotFound
from pipelines.gateway.address import AddressRule, GuardedResolver

HUB: Final = "https://huggingface.co"
DELIVERY: Final = ("huggingface.co", "hf.co")
"""Hosts, with everything under them, that the hub sends a download on to."""
MOST_REDIRECTS: Final = 5
TIMEOUT_S: Final = 300.0
LARGEST_ANSWER_BYTES: Final = 5_000_000


def fetch_hub(reference: str, allowed_hosts: Iterable[str], *, hub: str = HUB) -> tuple[bytes, str]:
    """Returns the rows of `OWNER/NAME`, `OWNER/NAME:CONFIG` or `OWNER/NAME:CONFIG#SPLIT` as Parquet, and a file name.

    Without a config the first one is taken, without a split `test`, else `validation`, else the first one.

    Raises:
        ConfigurationError: if the host is not allowed, or this machine is offline.
        NotFound: if the hub has no such data set, config or split.
        DocumentError: if the reference cannot be read, or the file is too large.
    """
    name, config, split = _parsed(reference)
    rule = AddressRule(allowed_hosts)
    try:
        rule.check(hub)
    except ConfigurationError:
        host = urlsplit(hub).hostname
        raise ConfigurationError(
            f"This installation may not ask the host '{host}'; set ROUTELOOM_ALLOWED_HOSTS='[\"{host}\"]' and start"
            " again, or download the file elsewhere and import that."
        ) from None
    return asyncio.run(_fetch(hub, rule, name, config, split))


def _parsed(reference: str) -> tuple[str, str | None, str | None]:
    whole, _, split = reference.partition("#")
    name, _, config = whole.partition(":")
    parts = [*name.split("/"), *filter(None, (config, split))]
    if len(name.split("/")) > 2 or not all(re.fullmatch(r"[\w][\w.-]*", part) for part in parts):
        raise DocumentError(
            f"'{reference}' names no data set of the hub; write OWNER/NAME, OWNER/NAME:CONFIG or"
            " OWNER/NAME:CONFIG#SPLIT."
        )
    return name, config or None, split or None


async def _fetch(hub: str, rule: AddressRule, name: str, config: str | None, split: str | None) -> tuple[bytes, str]:
    import aiohttp

    connector = aiohttp.TCPConnector(resolver=GuardedResolver(rule))
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            raw = await _get(session, f"{hub}/api/datasets/{quote(name)}/parquet", hub, name, LARGEST_ANSWER_BYTES)
            url, place = _choose(orjson.loads(raw), name, config, split)
            return await _get(session, url, hub, name, LARGEST_FILE_BYTES), f"{place}.parquet"
    except orjson.JSONDecodeError:
        raise DocumentError(f"The hub did not answer with JSON about '{name}'.") from None
    except (aiohttp.ClientError, TimeoutError, socket.gaierror, OSError) as error:
        reason = str(error) or type(error).__name__
        raise ConfigurationError(
            f"The Hugging Face hub cannot be reached ({reason}); this machine seems to be offline, so download the"
            " Parquet or JSON Lines file elsewhere and import that."
        ) from error


def _choose(answer: Any, name: str, config: str | None, split: str | None) -> tuple[str, str]:
    configs = (
        {key: value for key, value in answer.items() if isinstance(value, Mapping)}
        if isinstance(answer, Mapping)
        else {}
    )
    if not configs or (config is not None and config not in configs):
        raise NotFound(f"The data set '{name}' has no config '{config}'; it has {', '.join(configs) or 'none'}.")
    config = config or next(iter(configs))
    splits = {key: value for key, value in configs[config].items() if isinstance(value, list) and value}
    usual = next((found for found in ("test", "validation", *splits) if found in splits), None)
    chosen = split or usual
    if chosen is None or chosen not in splits:
        raise NotFound(
            f"The config '{config}' of '{name}' has no split '{split}'; it has {', '.join(splits) or 'none'}."
        )
    if len(splits[chosen]) > 1:
        raise DocumentError(
            f"The split '{chosen}' of '{name}' comes in {len(splits[chosen])} files, too large to fetch by name;"
            " download one of them and import it."
        )
    return str(splits[chosen][0]), f"{name.replace('/', '-')}-{config}-{chosen}"


async def _get(session: Any, url: str, hub: str, name: str, most_bytes: int) -> bytes:
    for _ in range(MOST_REDIRECTS):
        _refuse_elsewhere(url, hub)
        async with session.get(url, allow_redirects=False) as answer:
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status in (401, 403, 404):
                raise NotFound(f"The hub has no public data set '{name}' (it answered {answer.status}).")
            if answer.status != 200:
                raise ConfigurationError(f"The hub answered {answer.status} when asked for '{name}'; try again later.")
            return await _body(answer, name, most_bytes)
    raise ConfigurationError(f"The hub sent the request for '{name}' on more than {MOST_REDIRECTS} times.")


async def _body(answer: Any, name: str, most_bytes: int) -> bytes:
    pieces, size = [], 0
    async for piece in answer.content.iter_chunked(1_048_576):
        size += len(piece)
        if size > most_bytes:
            raise DocumentError(f"The file of '{name}' has more than {most_bytes:,} bytes; download and part it.")
        pieces.append(piece)
    return b"".join(pieces)


def _refuse_elsewhere(url: str, hub: str) -> None:
    host = urlsplit(url).hostname or ""
    trusted = host == urlsplit(hub).hostname or any(host == known or host.endswith(f".{known}") for known in DELIVERY)
    if not trusted or urlsplit(url).scheme not in ("https", urlsplit(hub).scheme):
        raise ConfigurationError(f"The hub sent the download on to '{host}', which is not one of its hosts.")
