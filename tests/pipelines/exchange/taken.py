"""Reads the files of other studios that the tests hold, and shows what became of them."""

from __future__ import annotations

from pathlib import Path

from pipelines.catalogue import ModelEntry
from pipelines.exchange.foreign import read_any
from pipelines.exchange.intake.report import Imported

FILES = Path(__file__).parent / "files"
CANARY = "canary-7f3e-do-not-carry"
TARGETS = {
    "gpt-4o-mini": "openai/gpt-4o-mini",
    "gpt-5": "openai/gpt-5",
    "gpt-5-mini": "openai/gpt-5-mini",
    "big": "openai/gpt-4.1",
    "sonnet": "anthropic/claude-sonnet-4-5",
    "haiku": "anthropic/claude-haiku-4-5",
    "seek": "deepseek/deepseek-chat",
}
MODELS = [ModelEntry(name=name, provider="litellm", target=target) for name, target in TARGETS.items()]


def taken(name: str) -> Imported:
    return read_any((FILES / name).read_bytes(), MODELS, name="From a file")


def kinds(found: Imported) -> dict[str, str]:
    return {node.id: node.kind for node in found.pipeline.nodes}


def edges(found: Imported) -> set[str]:
    return {str(edge) for edge in found.pipeline.edges}


def left_out(found: Imported) -> dict[str, str]:
    return {node.node: node.reason for node in found.report.left_out}


def lost(found: Imported) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in found.report.edges_left_out]


def remarks(found: Imported) -> dict[str, tuple[str, ...]]:
    return {node.node: node.remarks for node in found.report.partly}
