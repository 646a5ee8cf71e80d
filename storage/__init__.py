"""Turns the domain records into tables and back."""

from storage.storage import Storage, open_storage

__all__ = ["Storage", "open_storage"]
