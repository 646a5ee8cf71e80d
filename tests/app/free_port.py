"""A port for a server of a test."""

from __future__ import annotations

import random
import socket

# Below the ports that the system itself gives to sockets, which could get this one before the server has it.
PLACES = range(20_000, 32_000)


def free_port() -> int:
    """Returns a port that nothing on this machine listens at."""
    with socket.socket() as probe:
        while True:
            port = random.choice(PLACES)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
