"""The errors of the place where Routeloom remembers things."""

from __future__ import annotations

from pipelines.error import RouteloomError, StaleWrite, StoreUnavailable


class StorageError(RouteloomError):
    """Says that the database cannot be opened, read or written."""


class DatabaseUnavailable(StorageError, StoreUnavailable):
    """Says that nothing can be stored now, whatever it is: the disk is full, the lock is held, the server is away."""


class NameTaken(RouteloomError):
    """Says that something else is already stored under that name."""


class VersionConflict(StaleWrite):
    """Says that a workflow has a newer version than the one the change was made on; both sides are kept.

    Attributes:
        head: the version that stays current.
        kept: the version, on a side branch, that holds the refused side.
    """

    def __init__(self, message: str, *, head: int, kept: int) -> None:
        """Takes the sentence for the person and both versions."""
        super().__init__(message)
        self.head = head
        self.kept = kept


class DraftConflict(StaleWrite):
    """Says that another tab wrote the draft in the meantime; both sides are kept.

    Attributes:
        branch: name of the draft that holds the refused side; writing may go on there.
        revision: revision of that draft.
    """

    def __init__(self, message: str, *, branch: str, revision: int) -> None:
        """Takes the sentence for the person and where the refused side is."""
        super().__init__(message)
        self.branch = branch
        self.revision = revision
