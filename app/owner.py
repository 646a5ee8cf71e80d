"""Names a process as the owner of runs, so that another one on the same machine can tell when it has died."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from uuid import uuid4

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


def _place() -> str:
    """Returns the machine and, since containers may share its name, the space in which process numbers count."""
    space = _PID_SPACE.stat().st_ino if _PID_SPACE.exists() else 0
    return f"{socket.gethostname()}/{space}"
