"""What codes are called in words, where a meeting writes it: "PAY-142: New checkout flow"."""

import re
from collections.abc import Sequence

from nodes.names import code_of
from nodes.schemas import ExtractedEntity, MeetingExtraction
from nodes.wording import listed, plain_words
from stores.records import Utterance

_WORDS = range(2, 11)
_TITLED = re.compile(
    r"(?<![\w-])(?P<code>[A-Z][A-Za-z]{1,9}-\d{2,6})\)?: (?=(?P<rest>[A-Z\d]\S*(?: \S+){0,11}))"
)
# A heading or another code begins here, or the title is over.
_OVER = re.compile(r"[A-Za-z]*-?\d*:|[A-Z]{2,10}-\d+\S*|\(?https?:\S*|[-–—•*|]+|\S*[;!?]|PR|#\S*")
# Whoever says something of a code after its colon says a sentence, and no title has these.
_SPOKEN = frozenset(
    listed(
        "i im ill we well you it its is are was were be been should will would could can cant has have had "
        "do does did lets not no yes this that these there they he she my our your please think if when why "
        "how what who agree thanks"
    )
)


def with_titles(
    extraction: MeetingExtraction, utterances: Sequence[Utterance], first: int, last: int
) -> MeetingExtraction:
    """The extraction, each code in it with the titles that utterances write after it.

    Args:
        first: ordinal of the first utterance that is looked through; `last` is included.
    """
    titles: dict[tuple[str, str], dict[str, None]] = {}
    for utterance in utterances[first : last + 1]:
        for found in _TITLED.finditer(utterance.text):
            code, title = code_of(found["code"]), _title(found["rest"])
            if code is not None and title is not None:
                titles.setdefault(code, {})[title] = None
    if not titles:
        return extraction
    return extraction.model_copy(
        update={"entities": [_named(entity, titles) for entity in extraction.entities]}
    )


def _named(entity: ExtractedEntity, titles: dict[tuple[str, str], dict[str, None]]) -> ExtractedEntity:
    code = code_of(entity.name)
    more = [title for title in titles.get(code, ()) if title not in entity.aliases] if code else []
    return entity.model_copy(update={"aliases": [*entity.aliases, *more]}) if more else entity


def _title(rest: str) -> str | None:
    """The title that these words begin with; None where they are a sentence, or too few or many."""
    words: list[str] = []
    for word in rest.split():
        if _OVER.fullmatch(word):
            break
        words.append(word.rstrip(".,)"))
        if word != words[-1]:
            break
    said = " ".join(words)
    if len(words) not in _WORDS or not _SPOKEN.isdisjoint(plain_words(said)):
        return None
    return said
