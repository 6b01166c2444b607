"""What is wrong with an endpoint of models, in one sentence, and what to do about it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and what to do."""

    sentence: str
    remedy: str


def address_of(base_url: str | None) -> str:
    """Where an endpoint is, without a password."""
    parts = urlsplit(base_url or OPENAI)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def trouble_of(error: BaseException, *, model: str, setting: str, base_url: str | None) -> Trouble:
    """What an error of an endpoint, or the one that it was raised from, means.

    Args:
        setting: the variable that names the model.
    """
    import openai

    address = address_of(base_url)
    given: BaseException | None = error
    while given is not None and not isinstance(given, openai.OpenAIError | TimeoutError):
        given = given.__cause__
    match given:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return Trouble(f"{address} refuses the key", "set OPENAI_API_KEY to a key of that endpoint")
        case openai.NotFoundError() | openai.BadRequestError() if _is_of_model(given):
            return Trouble(f"{address} has no model {model}", f"set {setting} to one that it has")
        case openai.NotFoundError():
            remedy = "check OPENAI_BASE_URL, which usually ends in /v1"
            return Trouble(f"{address} is no address of an OpenAI-compatible endpoint", remedy)
        case TimeoutError() | openai.APITimeoutError():
            return Trouble(
                f"{address} gave no answer in time", "try again, or raise SMART_MEET_MODEL_TIMEOUT"
            )
        case openai.APIConnectionError():
            return Trouble(f"{address} cannot be reached", "check that it runs, and OPENAI_BASE_URL")
        case openai.RateLimitError():
            return Trouble(f"{address} is busy, or the quota of the key is used up", "try again later")
        case _:
            return Trouble(" ".join(str(error).split()), f"check {setting} and OPENAI_BASE_URL")


def _is_of_model(error: BaseException) -> bool:
    told = f"{getattr(error, 'code', '')} {error}".lower()
    return "model" in told and any(
        words in told for words in ("not_found", "not found", "not exist", "unknown")
    )
