"""Says why a pipeline cannot become a program."""

from __future__ import annotations

from pipelines.error import RouteloomError


class ExportRefused(RouteloomError):
    """Says that a pipeline has no exact form as a program, and carries every reason."""

    def __init__(self, reasons: tuple[str, ...], *, lossy_helps: bool = False) -> None:
        """Takes the reasons, sentences that name the nodes, at least one; and whether a lossy export would do."""
        self.reasons = reasons
        self.lossy_helps = lossy_helps
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        super().__init__(f"{reasons[0]}{more}")
