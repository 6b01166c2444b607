"""What can be wrong with what a person gives, one class per thing they can act on."""

import re

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_LONGEST = (50, 1_000)  # lines, and characters of each


class InputError(ValueError):
    """The input cannot be used; the message names the file and the reason. Nothing was stored.

    What it quotes of the file holds nothing that a terminal obeys, and no halves of signs. Of a line that is
    long by what it quotes, the file's name and the remedy stay: they stand at its ends.
    """

    def __init__(self, message: str) -> None:
        lines, longest = _LONGEST
        said = _OBEYED.sub(" ", message).split("\n")
        if len(said) > lines:
            said[lines:] = [f"… and {len(said) - lines} more"]
        super().__init__("\n".join(_shortened(line, longest) for line in said))


def _shortened(line: str, longest: int) -> str:
    half = longest // 2
    return line if len(line) <= longest else f"{line[:half]} … {line[-half:]}"


class WorkspaceMismatchError(InputError):
    """A run was resumed, or a conversation gone on with, in another workspace than the one it belongs to."""


class ReviewPendingError(InputError):
    """A run waits for a person's decision; the message says where to give it. It stays as it is."""


class ProfileError(InputError):
    """A profile cannot be used; each line names the file, the key, the reason and the remedy."""
