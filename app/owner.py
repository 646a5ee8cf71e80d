"""Names a process as the owner of its runs, and finds the runs whose owner has died."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from storage import Storage
    from storage.run import RunInfo

LEASE_S = 30.0
"""How long a run stays with a process that no longer renews its lease."""
_PID_SPACE = Path("/proc/self/ns/pid")


def own_name() -> str:
    """Returns a name for this process that no other has: where it runs, its number, and something random."""
    return f"{_place()}|{os.getpid()}|{uuid4().hex[:8]}"


def has_died(owner: str) -> bool:
    """Says whether the process of that name is known to be gone; one that cannot be seen from here counts as alive."""
    place, _, rest = owner.partition("|")
    number = rest.partition("|")[0]
    if os.name != "posix" or place != _place() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def interrupted_runs(storage: Storage) -> list[RunInfo]:
    """Returns the runs that have not ended and that nobody is at work on, oldest first: they may be resumed."""
    unfinished = storage.runs.unfinished(leased=True)
    holders = {info.id: storage.runs.holder(info.id) for info in unfinished}
    return [info for info in unfinished if (holder := holders[info.id]) is None or has_died(holder)]


def _place() -> str:
    """Returns the machine and, since containers may share its name, the space in which process numbers count."""
    space = _PID_SPACE.stat().st_ino if _PID_SPACE.exists() else 0
    return f"{socket.gethostname()}/{space}"
