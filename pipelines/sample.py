"""Several answers of one model to the same question, asked at the same time."""

from __future__ import annotations

import asyncio

from pipelines.chat import ChatRequest, Completion
from pipelines.service import Models


async def complete_samples(models: Models, request: ChatRequest, count: int) -> tuple[Completion, ...]:
    """Returns `count` answers to a request, in a fixed order; the first failure stops the others.

    Raises:
        ModelError: if a call failed.
    """
    try:
        async with asyncio.TaskGroup() as group:
            # Not `answer`: the streams of several samples would run into each other.
            tasks = [
                group.create_task(models.complete(request.model_copy(update={"sample": number, "purpose": "draft"})))
                for number in range(count)
            ]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tuple(task.result() for task in tasks)
