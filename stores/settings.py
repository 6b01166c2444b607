"""Settings, all optional, read from the environment and from a `.env` file in the working folder."""

from functools import lru_cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from stores.errors import SettingError


class Settings(BaseSettings):
    """Where the servers and models are. Without any setting everything runs from this computer.

    Attributes:
        database_url: PostgreSQL with pgvector; None starts the embedded one.
        redis_url: Redis 8, or one with the JSON module; None starts the embedded one.
        openai_api_key: key of an OpenAI-compatible endpoint.
        openai_base_url: address of that endpoint; None is OpenAI's own.
        model: name of the endpoint's chat model; None leaves everything to the rules.
        model_calls_at_once: most calls of the endpoint, chat and embeddings, in work at the same time.
        model_timeout: seconds that one call may take.
        model_first_wait: seconds before a failed call is tried again; it doubles with every further try.
        embedding_model: name of an endpoint's embedding model; None is the bundled one.
        cache_seconds: how long answers and verdicts are kept to be given again; 0 keeps none.
        home: data folder of the embedded servers.
    """

    # not populate_by_name: the variable HOME would then be read as `home`
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    model: str | None = Field(default=None, validation_alias="SMART_MEET_MODEL")
    model_calls_at_once: int = Field(default=8, ge=1, validation_alias="SMART_MEET_MODEL_CALLS_AT_ONCE")
    model_timeout: float = Field(default=60.0, gt=0, validation_alias="SMART_MEET_MODEL_TIMEOUT")
    model_first_wait: float = Field(default=1.0, ge=0, validation_alias="SMART_MEET_MODEL_FIRST_WAIT")
    embedding_model: str | None = Field(default=None, validation_alias="SMART_MEET_EMBEDDING_MODEL")
    cache_seconds: int = Field(default=3_600, ge=0, validation_alias="SMART_MEET_CACHE_SECONDS")
    home: Path = Field(
        default_factory=lambda: user_data_path("smart-meet", appauthor=False),
        validation_alias="SMART_MEET_HOME",
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once.

    Raises:
        SettingError: a variable has a value that cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingError(f"{first['loc'][0]}: {first['msg']} (got {first['input']!r})") from error
