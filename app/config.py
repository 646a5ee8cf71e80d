"""The settings of an installation: where data lives and who may be reached, from the environment."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Reads `ROUTELOOM_*` from the environment.

    Attributes:
        home: folder of all data: the database and the weights of embedded models.
        database_url: SQLAlchemy URL of another database than the SQLite file in `home`.
        models_home: folder of the weights, if not `home/models`.
        allowed_hosts: hosts besides loopback that an OpenAI-compatible model may be reached at.
        host: address that the studio binds to; anything but loopback opens it to others.
        port: port of the studio.
        default_model: model of every node that names none, if not the one set in the studio.
    """

    model_config = SettingsConfigDict(env_prefix="ROUTELOOM_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("routeloom"))
    database_url: str | None = None
    models_home: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = Field(default=8520, ge=1, le=65_535)
    default_model: str | None = None

    @property
    def weights_folder(self) -> Path:
        """Returns the folder of the weights of embedded models."""
        return self.models_home or self.home / "models"

    @property
    def vectors_folder(self) -> Path:
        """Returns the folder of the vectors of texts that are embedded once."""
        return self.home / "cache" / "vectors"

    @property
    def storage_url(self) -> str | Path:
        """Returns the URL or the file of the database."""
        return self.database_url or self.home / "routeloom.db"
