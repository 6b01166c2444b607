"""What a workspace tracks: the kinds of things, their state fields, and the values that these may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nodes.names import normalised_name

FieldKind = Literal["enumeration", "person", "percent", "date", "text", "set"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One state field.

    Attributes:
        kind: how its values are read.
        values: of an enumeration, each allowed value with its synonyms.
        keyed_by: what each of its values holds for, such as "upgrade", and other words for that; empty for a
            field that has one value.
        words: other names of the field, in speech and in questions.
    """

    kind: FieldKind
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keyed_by: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


_SIGNS = " .,;:!?\"'“”()[]"
_ARTICLES = frozenset({"the", "a", "an", "our"})
_FREE_TEXT = FieldSpec("text")


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile; `nodes.profiles.reading` makes it from a file.

    Attributes:
        name: as the file gives it.
        version: the name and a hash of what the profile means; verdicts are kept per version.
        types: the kinds of things, built-in and own.
        fields: by name, built-in and own.
        own_fields: the names of those that the default profile does not have, or not so.
    """

    name: str
    version: str
    types: tuple[str, ...]
    fields: Mapping[str, FieldSpec]
    own_fields: tuple[str, ...] = ()

    def spec_of(self, field: str) -> FieldSpec:
        """The entry of a field; a field that the profile does not know is free text."""
        return self.fields.get(field, _FREE_TEXT)

    def field_called(self, name: str) -> str:
        """The field that a name in snake_case means: its own, or one of a field's other names."""
        if name in self.fields:
            return name
        said = name.replace("_", " ")
        return next((field for field, spec in self.fields.items() if said in spec.words), name)

    def key_of(self, field: str, key: str) -> str:
        """The key of a keyed field as a person reads it: "the Fusaka upgrade" and "fusaka" are "Fusaka"."""
        return _key_of(key, self.spec_of(field).keyed_by) if key.strip() else ""


def same_key(key: str) -> str:
    """The form in which keys are compared."""
    return normalised_name(key) if key else ""


@cache
def _key_of(key: str, kinds: tuple[str, ...]) -> str:
    """A key without an article before it and the words of its kind after it; small letters are raised."""
    words = [bare for word in key.split() if (bare := word.strip(_SIGNS))]
    if len(words) > 1 and words[0].lower() in _ARTICLES:
        words = words[1:]
    while (length := _words_of_kind(words, kinds)) and len(words) > length:
        words = words[:-length]
    shown = " ".join(words)
    return " ".join(word[:1].upper() + word[1:] for word in words) if shown.islower() else shown


def _words_of_kind(words: list[str], kinds: tuple[str, ...]) -> int:
    """How many words at the end say of which kind a key is."""
    said = " ".join(words).lower()
    return max((len(kind.split()) for kind in kinds if said.endswith(f" {kind}")), default=0)
