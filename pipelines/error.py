"""The tree of errors that Routeloom raises.

RouteloomError
├── DocumentError          a file or a value is not what it claims to be
│   └── FormatUnknown          a file is of no known format, so a person has to say what its columns mean
├── PipelineInvalid        a pipeline has problems; carries all of them
├── ConfigurationError     something outside the pipeline is missing or wrong: a model, a key, a document set
├── NotFound               nothing is stored under that name
├── StoreUnavailable       nothing can be stored now, whatever it is: the disk is full, the lock is held
├── StaleWrite             somebody else saved in the meantime
├── BudgetExceeded         the next call would exceed the budget, so it was not made
│   └── BudgetPromised         what is left of it is promised to calls in flight, so it may be enough later
├── RunCancelled           the person stopped the run
└── ModelError             a call to a model failed
    ├── ModelRefusedKey        401, 403: the key is missing, wrong or not allowed to use the model
    ├── ModelRejectedRequest   400, 404, 413, 422: the request itself is at fault, so asking again is useless
    ├── ModelOverloaded        408, 409, 429, 5xx: worth another try later
    ├── ModelUnreachable       the connection failed or broke
    ├── ModelTimedOut          the deadline passed
    └── ModelAnsweredGarbage   the provider said yes and sent nothing usable
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pipelines.chat import Usage


class RouteloomError(Exception):
    """Is the root of every error that Routeloom raises on purpose; its text is one sentence for a person."""


class DocumentError(RouteloomError):
    """Says that a file or value is not what it claims to be."""


class FormatUnknown(DocumentError):
    """Says that a file is of no known format, so a person has to say what its columns mean."""


class PipelineInvalid(RouteloomError):
    """Says that a pipeline cannot run, and carries every problem found in it."""

    def __init__(self, problems: tuple[object, ...]) -> None:
        """Takes the problems (`pipelines.graph.Problem`), at least one."""
        self.problems = problems
        first = str(problems[0])
        rest = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first}{rest}")


class ConfigurationError(RouteloomError):
    """Says that something outside the pipeline is missing or wrong: a model, a key, a document set."""


class NotFound(RouteloomError):
    """Says that nothing is stored under that name."""


class StoreUnavailable(RouteloomError):
    """Says that nothing can be stored now, whatever it is: the disk is full, the lock is held, the server is away."""


class StaleWrite(RouteloomError):
    """Says that somebody else saved in the meantime, so nothing was overwritten."""


class BudgetExceeded(RouteloomError):
    """Says that the next call would exceed the budget, so it was not made."""


class BudgetPromised(BudgetExceeded):
    """Says that what is left is promised to calls in flight: once they are paid it may be enough after all."""


class RunCancelled(RouteloomError):
    """Says that the person stopped the run."""


class ModelError(RouteloomError):
    """Says that a call to a model failed.

    Attributes:
        retry_after_s: what the provider asked for, in seconds, or None.
        usage: the tokens that the failed attempt used all the same, where that is known: they were paid.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after_s: float | None = None, usage: Usage | None = None) -> None:
        """Takes the sentence for the person, what the provider said about asking again, and what it counted."""
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.usage = usage


class ModelRefusedKey(ModelError):
    """Says that the key is missing, wrong or not allowed to use the model (401, 403)."""


class ModelRejectedRequest(ModelError):
    """Says that the request itself is at fault, so asking again is useless (400, 404, 413, 422)."""


class ModelOverloaded(ModelError):
    """Says that the provider is busy or broken and another try later may succeed (408, 409, 429, 5xx)."""

    retryable = True


class ModelUnreachable(ModelError):
    """Says that the connection to the provider failed or broke."""

    retryable = True


class ModelTimedOut(ModelError):
    """Says that the deadline of the call passed."""

    retryable = True


class ModelAnsweredGarbage(ModelError):
    """Says that the provider answered with success and sent nothing usable; such an answer may have been paid."""

    retryable = True
