"""What can be wrong with what a person gives, one class per thing they can act on."""

from stores.errors import shown


class InputError(ValueError):
    """The input cannot be used; the message names the file and the reason. Nothing was stored."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))


class WorkspaceMismatchError(InputError):
    """A run was resumed, or a conversation gone on with, in another workspace than the one it belongs to."""


class ReviewPendingError(InputError):
    """A run waits for a person's decision; the message says where to give it. It stays as it is."""


class ProfileError(InputError):
    """A profile cannot be used; each line names the file, the key, the reason and the remedy."""
