"""Turns the domain records into tables and back."""

from storage.run import RunLog
from storage.storage import Storage, open_storage

__all__ = ["RunLog", "Storage", "open_storage"]
