"""Opens the installation that `ROUTELOOM_HOME` names, for commands that run no pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.config import Config
from pipelines.error import ConfigurationError

if TYPE_CHECKING:
    from app.library import Library
    from app.workspace import Workspace
    from storage import Storage


def load_config() -> Config:
    """Returns the settings of the environment.

    Raises:
        ConfigurationError: if one of them cannot be used.
    """
    try:
        return Config()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"ROUTELOOM_{'_'.join(str(part) for part in first['loc'][:1]).upper()}"
        raise ConfigurationError(f"The environment variable {name} is wrong: {first['msg']}.") from None
    except SettingsError as error:
        raise ConfigurationError(f"The environment variables ROUTELOOM_* cannot be read: {error}.") from None


@contextmanager
def open_library() -> Iterator[tuple[Storage, Library]]:
    """Opens the storage and the library on it, without the engine and what it imports."""
    from app.data.shipped import shipped_data_sets
    from app.library import Library
    from storage import open_storage

    storage = open_storage(load_config().storage_url, shipped=shipped_data_sets)
    try:
        yield storage, Library(storage)
    finally:
        storage.close()


@contextmanager
def open_workspace() -> Iterator[Workspace]:
    """Opens everything that a run needs, with the models that other programs serve on this machine."""
    from app.workspace import Workspace

    with Workspace(load_config()) as workspace:
        workspace.refresh_catalogue()
        yield workspace
