"""Settings come back as JSON knows them."""

from __future__ import annotations

import pytest

from storage import Storage
from storage.error import StorageError


@pytest.mark.parametrize("value", [None, True, 3, 0.1, "漢 \x00 \ud800", ["a", 1], {"a": {"b": [None]}}, 2**70])
def test_a_value_comes_back_as_it_was(storage: Storage, value: object) -> None:
    storage.settings.put("key", value)
    assert storage.settings.get("key", "default") == value


def test_a_missing_setting_is_the_default(storage: Storage) -> None:
    assert storage.settings.get("key") is None
    assert storage.settings.get("key", 3) == 3


def test_a_setting_is_replaced_and_removed(storage: Storage) -> None:
    storage.settings.put("key", 1)
    storage.settings.put("key", 2)
    assert storage.settings.get("key") == 2
    storage.settings.remove("key")
    storage.settings.remove("key")
    assert storage.settings.get("key") is None


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
def test_what_is_not_json_is_refused(storage: Storage, value: object) -> None:
    with pytest.raises(StorageError, match="The setting 'key' is not a JSON value"):
        storage.settings.put("key", value)
