"""Writes the practice table `practice-ways` of `assets/outcomes/`: one made-up model, asked in four ways."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

import numpy as np

from tests.bench.practice_outcomes import FOLDER, THINGS, TOWNS, WORDS, write_packed

NAME: Final = "practice-ways"
ROWS: Final = 800
NAMES: Final = ("Ann", "Ben", "Cara", "Dan", "Eva", "Finn")
CAPITALS: Final = {
    "Austria": "Vienna", "Belgium": "Brussels", "Canada": "Ottawa", "Chile": "Santiago", "Denmark": "Copenhagen",
    "Egypt": "Cairo", "Finland": "Helsinki", "France": "Paris", "Germany": "Berlin", "Greece": "Athens",
    "Hungary": "Budapest", "Iceland": "Reykjavik", "Ireland": "Dublin", "Italy": "Rome", "Japan": "Tokyo",
    "Kenya": "Nairobi", "Norway": "Oslo", "Peru": "Lima", "Poland": "Warsaw", "Portugal": "Lisbon",
    "Spain": "Madrid", "Sweden": "Stockholm", "Thailand": "Bangkok", "Turkey": "Ankara",
}  # fmt: skip
SYMBOLS: Final = {
    "gold": "Au", "silver": "Ag", "iron": "Fe", "lead": "Pb", "tin": "Sn", "copper": "Cu", "sodium": "Na",
    "potassium": "K", "helium": "He", "neon": "Ne", "carbon": "C", "calcium": "Ca",
}  # fmt: skip
TASKS: Final = ("sums", "problems", "facts", "logic", "sorting")
SKILLS: Final = {
    "direct": (0.55, 0.2, 0.85, 0.45, 0.9),
    "recall": (0.5, 0.25, 0.93, 0.5, 0.86),
    "checking": (0.8, 0.6, 0.86, 0.75, 0.88),
    "reasoning": (0.9, 0.82, 0.78, 0.88, 0.84),
}
"""The chance that each way solves a question, in the order of the tasks."""
TOKENS: Final = {"direct": (4, 20), "recall": (60, 140), "checking": (120, 300), "reasoning": (150, 400)}
PROMPT_TOKENS: Final = {"direct": 15, "recall": 25, "checking": 30, "reasoning": 20}
USD_PER_MTOK: Final = (0.1, 0.4)
TOKENS_PER_S: Final = 60
ABOUT: Final = {
    "title": "Practice: one model, asked in four ways (simulated)",
    "source": "Written for Routeloom. Questions come from patterns; answers, scores, tokens and times are drawn from"
    " stated skills of one made-up model that answers directly, recalls facts first, checks its answer or reasons step"
    " by step. No real model was asked.",
    "licence": "CC0-1.0",
}


def main() -> None:
    """Writes the table; the same files every time."""
    rng = np.random.default_rng(3)
    folder = FOLDER / NAME
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [TASKS[int(number)] for number in rng.integers(len(TASKS), size=ROWS)]
    asked = [_ASKING[task](rng) for task in tasks]
    lines = [
        json.dumps({"qid": f"q{row:03}", "query": query, "task": task})
        for row, (task, (query, _, _)) in enumerate(zip(tasks, asked, strict=True))
    ]
    write_packed(folder / "queries.jsonl.gz", "\n".join(lines) + "\n")
    write_packed(folder / "outcomes.csv.gz", _outcomes(tasks, asked, rng))
    (folder / "about.json").write_text(json.dumps(ABOUT, indent=2) + "\n")


Asked = tuple[str, str, tuple[str, ...]]
"""A question, its answer, and what one may take for the answer."""


def _sum(rng: np.random.Generator) -> Asked:
    a, b, c = (int(number) for number in rng.integers(3, 90, size=3))
    query, right = (
        (f"What is {a} times {b}?", a * b),
        (f"What is {a} times {b}, less {c}?", a * b - c),
        (f"What is {a} plus {b} plus {c}?", a + b + c),
    )[int(rng.integers(3))]
    return query, str(right), tuple(str(right + step) for step in (-10, -1, 1, 2, 10, 100))


def _problem(rng: np.random.Generator) -> Asked:
    a, b, c = (int(number) for number in rng.integers(3, 60, size=3))
    town, thing, name = rng.choice(TOWNS), rng.choice(THINGS), rng.choice(NAMES)
    query, right = (
        (
            f"A shop in {town} sells {a} {thing} a day for {b} days, and {c} are brought back."
            f" How many {thing} did it sell for good?",
            a * b - c,
        ),
        (f"{name} packs {a} boxes with {b} {thing} each and keeps {c} more. How many {thing} are there?", a * b + c),
        (
            f"{name} walks {a} km on each of {b} days from {town}, and then {c} km twice. How many km are that?",
            a * b + 2 * c,
        ),
    )[int(rng.integers(3))]
    return query, str(right), tuple(str(wrong) for wrong in (a * b, a + b + c, right + c, right - 10, right + 1))


def _fact(rng: np.random.Generator) -> Asked:
    known, wordings = (
        (CAPITALS, ("What is the capital of {}?", "Which city is the capital of {}?", "Name the capital of {}.")),
        (SYMBOLS, ("What is the chemical symbol of {}?", "Which chemical symbol stands for {}?")),
    )[int(rng.random() < 0.3)]
    thing = str(rng.choice(list(known)))
    wrong = tuple(answer for answer in known.values() if answer != known[thing])
    return wordings[int(rng.integers(len(wordings)))].format(thing), known[thing], wrong


def _logic(rng: np.random.Generator) -> Asked:
    first, second, third = (str(name) for name in rng.choice(NAMES, size=3, replace=False))
    quality, most = (("older", "oldest"), ("taller", "tallest"), ("faster", "fastest"))[int(rng.integers(3))]
    if rng.random() < 0.5:
        query = f"{first} is {quality} than {second}, and {third} is {quality} than {first}. Who is the {most}?"
        return query, third, (first, second)
    a, b, c = (str(word) for word in rng.choice(WORDS, size=3, replace=False))
    holds = rng.random() < 0.5
    last = f"Is every {a} a {c}" if holds else f"Is every {c} a {a} for certain"
    query = f"Every {a} is a {b}, and every {b} is a {c}. {last}?"
    return query, "yes" if holds else "no", ("no",) if holds else ("yes",)


def _sorted(rng: np.random.Generator) -> Asked:
    thing, word, days = rng.choice(THINGS), rng.choice(WORDS), int(rng.integers(2, 40))
    good = rng.random() < 0.5
    said = (
        (f"The {thing} came early and the {word} shines.", f"After {days} days the {thing} are as good as new.")
        if good
        else (f"The {thing} came {days} days late.", f"The {word} broke after {days} days.")
    )[int(rng.integers(2))]
    return (
        f"Positive or negative: '{said}'",
        "positive" if good else "negative",
        ("negative",) if good else ("positive",),
    )


_ASKING: Final = {"sums": _sum, "problems": _problem, "facts": _fact, "logic": _logic, "sorting": _sorted}


def _outcomes(tasks: list[str], asked: list[Asked], rng: np.random.Generator) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["qid", "model", "score", "cost_usd", "in_tok", "out_tok", "latency_s", "answer"])
    for row, (task, (query, right, wrong)) in enumerate(zip(tasks, asked, strict=True)):
        shared, error = rng.random(), str(rng.choice(wrong))
        for way, by_task in SKILLS.items():
            # It is one model: part of its luck, and the likeliest of its errors, are the same in every way.
            luck = shared if rng.random() < 0.5 else rng.random()
            solved = luck < by_task[TASKS.index(task)]
            answer = right if solved else error if rng.random() < 0.5 else str(rng.choice(wrong))
            inputs, outputs = PROMPT_TOKENS[way] + len(query) // 4, int(rng.integers(*TOKENS[way]))
            cost = (inputs * USD_PER_MTOK[0] + outputs * USD_PER_MTOK[1]) / 1e6
            latency = f"{0.2 + outputs / TOKENS_PER_S:.3f}"
            writer.writerow([f"q{row:03}", way, int(solved), f"{cost:.9f}", inputs, outputs, latency, answer])
    return text.getvalue()


if __name__ == "__main__":
    main()
