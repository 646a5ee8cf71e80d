"""The rows of an experiment as JSON lines, each complete by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import orjson

from pipelines.data.example import Example
from pipelines.experiment.experiment import Experiment, Row


def row_lines(experiment: Experiment, examples: Sequence[Example], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yields a line for each row, with its line end: the example, the name of the pipeline, and all of the row.

    Args:
        experiment: what was run.
        examples: in the order of the experiment.
        rows: any iterable; read one at a time, so that any number of rows takes the same memory.
    """
    for row in rows:
        example = examples[row.example]
        line = {
            "experiment": experiment.id,
            "pipeline": experiment.contenders[row.contender].label,
            "example_id": example.id,
            "query": example.query,
            "references": example.references,
            "tags": example.tags,
            "group": example.group,
            "difficulty": example.difficulty,
            **row.model_dump(mode="json", exclude={"contender", "example"}),
        }
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
