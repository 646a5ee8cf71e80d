"""The circuit breaker of one model: a model that stays away is not asked for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipelines.error import ModelError, ModelOverloaded, ModelTimedOut, ModelUnreachable


class Breaker:
    """Opens after several failed calls in a row, then lets one probe through to see whether the model is back.

    It counts whole calls, all tries included, that found the model away, broken or mute. A refused key, a bad request
    or a garbled answer come from a model that is there; a provider that names a time to come back is only busy, and
    the limiter slows down for it.
    """

    def __init__(
        self, name: str, *, threshold: int = 5, pause_s: float = 15.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Takes the model's name, the failures in a row that open it, and how long it stays open."""
        self._name = name
        self._threshold = threshold
        self._pause_s = pause_s
        self._clock = clock
        self._failures = 0
        self._open_until_s = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Says whether calls are refused or probed at present."""
        return self._failures >= self._threshold

    def admit(self, *, force: bool = False) -> bool:
        """Lets a call pass and says whether it is the one probe after the pause; `force` always passes.

        Raises:
            ModelUnreachable: if the model is left alone for now.
        """
        if not self.is_open or force:
            return False
        wait_s = self._open_until_s - self._clock()
        if wait_s > 0 or self._probing:
            raise ModelUnreachable(
                f"The model '{self._name}' failed {self._failures} times in a row and is left alone"
                f" for {max(wait_s, 1.0):.0f} s; check that its server runs, or choose another model."
            )
        self._probing = True
        return True

    def succeeded(self) -> None:
        """Closes the breaker."""
        self._failures = 0
        self._probing = False

    def failed(self, error: ModelError) -> None:
        """Counts a failed call, or closes the breaker where the error shows that the model is there."""
        if isinstance(error, ModelOverloaded) and error.retry_after_s is not None:
            self._probing = False
        elif isinstance(error, ModelOverloaded | ModelUnreachable | ModelTimedOut):
            self._failures += 1
            self._probing = False
            self._open_until_s = self._clock() + self._pause_s
        else:
            self.succeeded()

    def abandoned(self) -> None:
        """Ends a probe, also one that told nothing, such as a cancelled call."""
        self._probing = False
