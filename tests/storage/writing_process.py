"""A program that writes calls and tells each one that was acknowledged: `python -m tests.storage.writing_process`."""

from __future__ import annotations

import asyncio
import os
import sys

from pipelines.error import StaleWrite
from storage import Storage, open_storage
from tests.storage.changed import call, pipeline, run

WRITERS = 8


async def write(storage: Storage, name: str, count: int) -> None:
    """Writes `count` calls by several coroutines and prints the id of each once it is stored."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            call_id = f"{name}-{number}"
            await storage.runs.put(call().model_copy(update={"id": call_id, "run_id": name, "key": call_id}))
            os.write(1, f"{call_id}\n".encode())

    await storage.runs.begin(run().model_copy(update={"id": name, "status": "running"}))
    await asyncio.gather(*(work() for _ in range(WRITERS)))


def save_versions(storage: Storage, name: str, count: int) -> None:
    """Reads and saves one workflow over and over, which others do too."""
    for number in range(count):
        info = storage.workflows.info("shared")
        try:
            storage.workflows.save("shared", pipeline(name=name, number=number), parent=info.version)
        except StaleWrite:
            continue


if __name__ == "__main__":
    with open_storage(sys.argv[1]) as opened:
        save_versions(opened, sys.argv[2], int(sys.argv[4]))
        asyncio.run(write(opened, sys.argv[2], int(sys.argv[3])))
