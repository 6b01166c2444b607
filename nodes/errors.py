"""What can be wrong with what a person gives, one class per thing they can act on."""

import re

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class InputError(ValueError):
    """The input cannot be used; the message names the file and the reason. Nothing was stored.

    What it quotes of the file holds nothing that a terminal obeys, and no halves of signs.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_OBEYED.sub(" ", message))


class WorkspaceMismatchError(InputError):
    """A run was resumed, or a conversation gone on with, in another workspace than the one it belongs to."""


class ReviewPendingError(InputError):
    """A run waits for a person's decision; the message says where to give it. It stays as it is."""


class ProfileError(InputError):
    """A profile cannot be used; each line names the file, the key, the reason and the remedy."""
