"""Writes the practice outcome tables of `assets/outcomes/`: questions from patterns, scores drawn from skills."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Final

import numpy as np

FOLDER: Final = Path(__file__).parents[2] / "assets" / "outcomes"
TOWNS: Final = ("Brindle", "Harrow Bay", "Stonecote", "Larkhaven", "Wexford Mill", "Otterby", "Pinehurst", "Quarrydale")
THINGS: Final = (
    "lanterns",
    "bicycles",
    "teapots",
    "maps",
    "violins",
    "ropes",
    "telescopes",
    "clocks",
    "kites",
    "drums",
)
WORDS: Final = (
    "harbour",
    "orchard",
    "winter",
    "carpenter",
    "bridge",
    "shadow",
    "market",
    "thunder",
    "blanket",
    "mirror",
)
TONGUES: Final = ("French", "Spanish", "German", "Italian", "Polish")
PATTERNS: Final = {
    "sums": (
        "A shop in {town} sells {a} {thing} a day. How many does it sell in {b} days?",
        "What is {a} times {b}, less {c}?",
        "{a} {thing} are shared among {b} people. How many are left over?",
        "A train leaves {town} at {b} o'clock and needs {c} minutes. When does it arrive?",
    ),
    "code": (
        "Write a Python function that returns the {thing} with more than {a} sales, sorted by name.",
        "Why does `for i in range({a}): items.pop(i)` fail on a list of {b} {thing}?",
        "Write a regular expression for an order number such as {c}-{a}.",
        "Refactor this class so that `{word}` is computed once: class {thing}: ...",
    ),
    "sql": (
        "SELECT the towns with more than {a} orders of {thing} from the table orders.",
        "Write SQL: the {b} best selling {thing} of {town} by month.",
        "Join customers and orders and count the {thing} sold in {town}.",
    ),
    "translation": (
        "Translate into {tongue}: 'The {word} stands behind the {word2}.'",
        "How does one say '{word}' in {tongue}?",
        "Give the {tongue} plural of the word for {word} and use it in a sentence.",
    ),
    "writing": (
        "Write a friendly letter to the people of {town} about the new {word}.",
        "Make this shorter: the {thing} of {town}, which are known to everybody, are sold at the {word}.",
        "Think of a title for a story about a {word} and {a} {thing}.",
    ),
    "facts": (
        "Which river flows through {town}?",
        "Who invented the {word}?",
        "In which year were the first {thing} made in {town}?",
    ),
    "sorting": (
        "Is this a complaint or praise? 'The {thing} came {b} days late.'",
        "Which department should answer: 'Where are my {thing} from {town}?'",
        "Positive or negative: 'The {word} was fine, the {thing} were not.'",
    ),
}
SKILLS: Final[dict[str, dict[str, tuple[float, ...]]]] = {
    "practice-specialists": {
        "small-1": (0.35, 0.3, 0.35, 0.6, 0.8, 0.3, 0.9),
        "coder-1": (0.7, 0.9, 0.93, 0.35, 0.5, 0.35, 0.85),
        "linguist-1": (0.4, 0.35, 0.3, 0.95, 0.92, 0.6, 0.9),
        "large-1": (0.85, 0.76, 0.78, 0.82, 0.88, 0.72, 0.92),
    },
    "practice-one-for-all": {"small-1": (0.55,) * 7, "medium-1": (0.75,) * 7, "large-1": (0.93,) * 7},
}
"""The chance of each model to solve a question, in the order of the patterns."""
USD_PER_MTOK: Final = {
    "small-1": (0.05, 0.2),
    "medium-1": (0.4, 1.2),
    "coder-1": (0.3, 0.9),
    "linguist-1": (0.3, 0.9),
    "large-1": (3.0, 12.0),
}
ABOUT: Final = {
    "practice-specialists": {
        "title": "Practice: specialists and a large model (simulated)",
        "source": "Written for Routeloom. Questions are made from patterns; scores, tokens and times are drawn from"
        " stated skills of four made-up models, so that the page can be tried. No real model was asked.",
        "licence": "CC0-1.0",
    },
    "practice-one-for-all": {
        "title": "Practice: one model is best at everything (simulated)",
        "source": "Written for Routeloom. Three made-up models of which the larger solves whatever the smaller solves:"
        " a table on which no router can be more accurate than one model. No real model was asked.",
        "licence": "CC0-1.0",
    },
}
ROWS: Final = {"practice-specialists": 1200, "practice-one-for-all": 600}
NESTED: Final = "practice-one-for-all"


def main() -> None:
    """Writes both tables; the same files every time."""
    for seed, (name, skills) in enumerate(SKILLS.items(), start=1):
        rng = np.random.default_rng(seed)
        folder = FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        kinds = [list(PATTERNS)[int(number)] for number in rng.integers(len(PATTERNS), size=ROWS[name])]
        questions = [_question(kind, rng) for kind in kinds]
        lines = [
            json.dumps({"qid": f"q{row:04}", "query": query, "task": kind})
            for row, (kind, query) in enumerate(zip(kinds, questions, strict=True))
        ]
        write_packed(folder / "queries.jsonl.gz", "\n".join(lines) + "\n")
        write_packed(folder / "outcomes.csv.gz", _outcomes(name, skills, kinds, questions, rng))
        (folder / "about.json").write_text(json.dumps(ABOUT[name], indent=2) + "\n")


def _question(kind: str, rng: np.random.Generator) -> str:
    pattern = PATTERNS[kind][int(rng.integers(len(PATTERNS[kind])))]
    a, b, c = (int(number) for number in rng.integers(2, 400, size=3))
    return pattern.format(
        a=a, b=b, c=c, town=rng.choice(TOWNS), thing=rng.choice(THINGS), word=rng.choice(WORDS),
        word2=rng.choice(WORDS), tongue=rng.choice(TONGUES),
    )  # fmt: skip


def _outcomes(
    name: str, skills: dict[str, tuple[float, ...]], kinds: list[str], questions: list[str], rng: np.random.Generator
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["qid", "model", "score", "cost_usd", "in_tok", "out_tok", "latency_s"])
    for row, (kind, query) in enumerate(zip(kinds, questions, strict=True)):
        shared = rng.random()
        for model, by_kind in skills.items():
            # The same luck for all makes a larger model solve whatever a smaller one solves.
            luck = shared if name == NESTED or rng.random() < 0.4 else rng.random()
            score = int(luck < by_kind[list(PATTERNS).index(kind)])
            inputs, outputs = 12 + len(query) // 4, int(rng.integers(20, 300))
            price_in, price_out = USD_PER_MTOK[model]
            cost = (inputs * price_in + outputs * price_out) / 1e6
            slow = 3.0 if model == "large-1" else 1.0
            latency = f"{slow * (0.2 + outputs / 150):.3f}"
            writer.writerow([f"q{row:04}", model, score, f"{cost:.9f}", inputs, outputs, latency])
    return text.getvalue()


def write_packed(path: Path, text: str) -> None:
    """Writes a text, packed."""
    # Without a time in it the file is the same whenever it is made.
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
