"""The options that `eval` and `experiments` share, and what an experiment file looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

Junit = Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML, a case a row.", show_default=False)]
Html = Annotated[Path | None, typer.Option("--html", help="Write one self-contained HTML report.", show_default=False)]
Rows = Annotated[Path | None, typer.Option("--out", help="Write every row as JSON Lines.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Budget = Annotated[
    float | None, typer.Option(min=0.0, help="Most USD for all rows together, judges included.", show_default=False)
]
Concurrency = Annotated[int | None, typer.Option(min=1, max=1_024, help="How many rows at a time.", show_default="16")]
FailIf = Annotated[
    str | None,
    typer.Option(
        help="Exit with 3 if this holds for a pipeline, such as 'accuracy < 0.8 or cost_usd_per_1k > 2'; difference and"
        " p_value compare with the first pipeline.",
        show_default=False,
    ),
]


EXAMPLE: Final = """\
title: Nightly check
pipelines:
  - single-expert                # a template or a workflow: slug, slug@version
  - pipeline: flows/cascade.json # a file, from the folder of this one
    label: cascade
data: questions.csv              # a file, or a data set such as everyday-mix
columns: {query: question, references: answer} # guessed if left out
sample: 200
scorers:
  - normalised_match             # the first one counts
model: gpt-4o-mini               # of every expert that names none
concurrency: 32
budget_usd: 2.00
fail_if: accuracy < 0.8 or cost_usd_per_1k > 2
"""
"""An experiment file; every setting of an experiment may stand in it."""
