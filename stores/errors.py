"""What can go wrong outside the process, one class per thing a caller can act on."""

import re

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_LONGEST = (50, 1_000)  # lines, and characters of each


def shown(message: str) -> str:
    """A message as a person can be shown it, whatever it quotes.

    It holds nothing that a terminal obeys, and no halves of signs. Of a line that is long by what it quotes,
    the ends stay: what it is about, and the remedy.
    """
    lines, longest = _LONGEST
    said = _OBEYED.sub(" ", message).split("\n")
    if len(said) > lines:
        said[lines:] = [f"… and {len(said) - lines} more"]
    return "\n".join(_shortened(line, longest) for line in said)


def _shortened(line: str, longest: int) -> str:
    half = longest // 2
    return line if len(line) <= longest else f"{line[:half]} … {line[-half:]}"


class StoreError(RuntimeError):
    """A store could not do what was asked; the message names the setting or id and the next step.

    A RuntimeError, since the graph server passes on the messages of a few built-in kinds and hides the rest.
    """

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))


class SettingError(StoreError):
    """A setting is missing or wrong; the message names the variable and what to set."""


class ServerUnavailableError(StoreError):
    """PostgreSQL or Redis does not answer; the message says which, where, and how to start it."""


class EmbeddingMismatchError(StoreError):
    """The database was filled with another embedding model; vectors of two models do not compare."""


class NotFoundError(StoreError):
    """Nothing with that id or name in this workspace."""


class ModelUnavailableError(StoreError):
    """No model is configured, or the endpoint failed for good; the rule-based path takes over."""


class StateTypeError(StoreError):
    """A graph wrote a value that its checkpoint could not give back as it was."""


class ArchiveError(StoreError):
    """Rows of an archive are none of this database's: it was damaged, or changed by hand."""


class BackupError(StoreError):
    """A backup cannot be made, or does not fit the server that it is to be restored into."""


class DocumentError(StoreError):
    """A document is damaged, protected, or takes more time or memory to read than any minutes would."""


class ModelFailedError(ModelUnavailableError):
    """A model is configured and was asked, and the endpoint failed for good; the message says where and why.

    Attributes:
        model: its name.
        calls: how often the endpoint was asked, with what was paid for answers that could not be used.
    """

    def __init__(
        self, message: str, *, model: str, calls: int = 0, prompt_tokens: int = 0, completion_tokens: int = 0
    ) -> None:
        super().__init__(message)
        self.model = model
        self.calls = calls
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = completion_tokens
