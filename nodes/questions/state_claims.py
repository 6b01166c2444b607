"""What a model's own words say of states, held against the transitions that they cite and the states."""

import re
from collections.abc import Iterator, Sequence

from nodes.profiles.profile import FieldSpec
from nodes.questions.cited import Cited, as_day, bare_value, value_of
from nodes.questions.wording_read import (
    Day,
    Named,
    clauses_in,
    denies,
    denies_more,
    is_past,
    masked,
    percents_in,
    role_of,
    speaks,
)
from nodes.values import values_placed
from nodes.wording import plain_words

_OWNS = re.compile(
    r"\b(?:own\w*|responsib\w+|in charge|lead(?:s|ing)?|led|belongs|look(?:s|ing)? after|takes? care"
    r"|took over|taken over|tak(?:es|ing) over|hand(?:s|ed)|accountable|runs|inherit\w+|replac\w+"
    r"|succeed\w+|lies with)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:by|from)\s+(?:the\s+)?$", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|were|had been|used to be)(?: \w+){0,2}$")
_EARLIER = frozenset(("before", "earlier", "previously", "formerly", "until"))


class StateClaims:
    """What a sentence says of states, clause by clause.

    Attributes:
        is_verified: whether one of its claims was borne out.
        denials: how many clauses deny something that is none of these claims.
    """

    def __init__(
        self, text: str, names: Sequence[Named], days: Sequence[Day], cited: Cited, *, is_placed: bool
    ) -> None:
        self._text, self._names, self._days, self._cited = text, names, days, cited
        self.is_verified = False
        self.denials = 0
        self._is_placed = is_placed
        self._has_judged_denial = False

    def problems(self) -> list[str]:
        """What is not so."""
        found: list[str] = []
        subject: Named | None = next((name for name in self._names if not name.is_person), None)
        for start, clause in _placed_clauses(self._text):
            inside = [name for name in self._names if start <= name.start < start + len(clause)]
            things = [name for name in inside if not name.is_person]
            subject = things[0] if things else subject
            if subject is None:
                continue
            entity = subject.entity["id"]
            self._has_judged_denial = False
            found += self._values(clause, start, entity)
            found += self._percents(clause, start, entity)
            found += self._due(clause, start, entity)
            found += self._owner(clause, start, entity, [name for name in inside if name.is_person])
            is_stuck = self._cited.readings_of(entity, "blockers") or self._cited.readings_of(
                entity, "status"
            )
            if denies_more(clause) if is_stuck else denies(clause):
                self.denials += not self._has_judged_denial
        return found

    def _values(self, clause: str, start: int, entity: str) -> Iterator[str]:
        """Values of enumerations: of fields that the citations moved, else of those on record."""
        hidden = masked(clause, self._hidden(start, len(clause)))
        has_number = bool(percents_in(clause)) or any(self._cited.readings_of(entity, "due") and self._days)
        for field, spec in self._cited.profile.fields.items():
            if spec.kind != "enumeration":
                continue
            made = self._cited.readings_of(entity, field)
            if not made and (has_number or not self._cited.history(entity, field)):
                continue
            for before, value, words, after in _values_with_words(spec, hidden):
                idiom = (*before.split()[-1:], *words)
                if (
                    len(idiom) > len(words)
                    and idiom[0] in ("as", "than")
                    and _holds(self._cited.words, idiom)
                ):
                    continue
                if not made and field != "status" and _holds(self._cited.words, words):
                    continue
                yield from self._judge(field, value, before, after, entity)

    def _judge(self, field: str, value: str, before: str, after: str, entity: str) -> Iterator[str]:
        """Hold one value against the field; `before` are the words before it, `after` the next one."""
        made = self._cited.readings_of(entity, field)
        current = {bare_value(value_of(one)) for one in self._cited.current(entity, field)}
        history = {bare_value(value_of(one)) for one in self._cited.history(entity, field)}
        news = {bare_value(value_of(one)) for one in made} or current
        olds = {bare_value(one["before"]) for one in made if one["before"]} or history
        said = bare_value(value)
        was = bool(_WAS.search(before))
        if denies(before):
            # denied is only what does not hold; "no longer" what held
            self._has_judged_denial = True
            if said in news or (was and made and said in olds and not before.endswith("longer")):
                yield f"{field} {value} is denied, and so"
            else:
                self.is_verified = self.is_verified or bool(news)
            return
        role = "old" if after in _EARLIER else role_of(before)
        is_told_as_past = is_past(self._text) or self._is_placed
        both = self._tells_change(field, news, olds) and made
        if both or role == "old":
            wrong_way = (role == "old" and said in news - olds) or (
                said in olds - news and _is_present(before, role)
            )
            allowed = olds | (news if both else history if is_told_as_past else set[str]())
            is_so = said in allowed and not (both and wrong_way)
        elif role == "new" or not is_told_as_past:
            is_so = said in news
        else:
            is_so = said in news or (was and said in olds)
        if not is_so:
            yield f"{field} is not {value}"
        elif not is_told_as_past and current and role != "old" and not both and said not in current:
            yield f"{field} was {value}, and is no longer"
        else:
            self.is_verified = True

    def _tells_change(self, field: str, news: set[str], olds: set[str]) -> bool:
        """Whether the sentence says the value before and the one after."""
        spec = self._cited.profile.spec_of(field)
        hidden = masked(self._text, self._hidden(0, len(self._text), with_days=spec.kind == "enumeration"))
        if spec.kind == "enumeration":
            said = {value for _, value, _, _ in _values_with_words(spec, hidden)}
        else:
            said = {f"{number:g}" for _, number in percents_in(hidden)}
        return bool(said & news) and bool(said & (olds - news))

    def _percents(self, clause: str, start: int, entity: str) -> Iterator[str]:
        made = self._cited.readings_of(entity, "progress")
        if not made and not self._cited.history(entity, "progress"):
            return
        hidden = masked(clause, self._hidden(start, len(clause), with_days=False))
        for place, number in percents_in(hidden):
            words = " ".join(plain_words(hidden[:place]))
            yield from self._judge("progress", f"{number:g}", words, "", entity)

    def _due(self, clause: str, start: int, entity: str) -> Iterator[str]:
        made = self._cited.readings_of(entity, "due")
        days = [day for day in self._days if start <= day.start < start + len(clause)] if made else []
        old = [at for one in made if (at := as_day(one["before"]))]
        new = [at for one in made if (at := as_day(one["after"]))]
        both = any(day.is_one_of(old) for day in self._days) and any(day.is_one_of(new) for day in self._days)
        for day in days:
            before = clause[: day.start - start]
            if not day.is_one_of([*old, *new]):
                # the day on which it was said
                if not (is_past(clause) or any(other.is_one_of([*old, *new]) for other in self._days)):
                    yield f"{day.said} is not the date"
                continue
            role = role_of(before)
            is_new, is_old = day.is_one_of(new), day.is_one_of(old)
            if denies(before):
                self._has_judged_denial = True
                if is_new and role != "old":
                    yield f"{day.said} is denied, and so"
            elif (
                (role == "old" and not is_old)
                or (role == "new" and not is_new)
                or (not role and not is_new and not both and not is_past(clause))
            ):
                yield f"{day.said} is the other date"
            else:
                self.is_verified = True

    def _owner(self, clause: str, start: int, entity: str, people: Sequence[Named]) -> Iterator[str]:
        """People who are not quoted, where the citations moved an owner or the clause speaks of owning."""
        made = self._cited.readings_of(entity, "owner")
        current = self._cited.current(entity, "owner")
        if not made and not (current and _OWNS.search(clause)):
            return
        speakers = {piece["speaker"] for piece in self._cited.pieces}
        agents = [name for name in people if not speaks(self._text, name)]
        new = {value_of(one) for one in made} or {value_of(one) for one in current}
        old = {one["before"] for one in made if one["before"]}
        owners = [name for name in self._names if {name.entity["id"], name.entity["name"]} & new]
        for name in agents:
            if name.entity["name"] in speakers and owners and name not in owners:
                continue  # who said it, beside whom it is about
            before, after = clause[: name.start - start], clause[name.end - start :]
            bearer = {name.entity["id"], name.entity["name"]}
            role = _owner_role(before, after)
            if denies(before) or denies(" ".join(after.split()[:4])):
                self._has_judged_denial = True
                if bearer & new and role != "old":
                    yield f"{name.entity['name']} is denied, and so"
                continue
            is_new, is_old = bool(bearer & new), bool(bearer & old)
            if owners and is_old and role != "new":
                continue  # beside the one who has it now
            if role == "old":
                is_right = is_old or (is_past(clause) and self._owned_before(entity, bearer))
            elif role == "new" or not is_past(clause):
                is_right = is_new
            else:
                is_right = is_new or is_old or self._owned_before(entity, bearer)
            if not is_right:
                yield f"the owner is not {name.entity['name']}"
            elif (
                role != "old"
                and not is_past(clause)
                and not self._is_placed
                and current
                and not bearer & {value_of(one) for one in current}
            ):
                yield f"{name.entity['name']} owns it no longer"
            else:
                self.is_verified = True

    def _owned_before(self, entity: str, bearer: set[str]) -> bool:
        history = self._cited.history(entity, "owner")
        current = {value_of(one) for one in self._cited.current(entity, "owner")}
        return not bearer & current and any(
            bearer & {value_of(one), bare_value(one["before"])} for one in history
        )

    def _hidden(self, start: int, length: int, *, with_days: bool = True) -> list[tuple[int, int]]:
        """The names and days of a clause, as places in it."""
        every: list[Named | Day] = [*self._names, *(self._days if with_days else [])]
        return [
            (one.start - start, one.end - start)
            for one in every
            if start <= one.start and one.end <= start + length
        ]


def _is_present(before: str, role: str) -> bool:
    """Whether what follows is said to be so now."""
    return role == "new" or (not role and bool(re.search(r"\b(?:is|are|now)$", before)))


def _owner_role(before: str, after: str) -> str:
    """Whether a person is who had it, who has it now, or either, by the words beside the name."""
    follows = " ".join(plain_words(after)[:3])
    if re.match(
        r"(?:hand\w*|gave|gives|pass\w*|transfer\w*|left|leaves|steps|stepped|turned over|relinquish\w*)\b",
        follows,
    ):
        return "old"
    if re.match(
        r"(?:took|takes|taking|has taken|is taking|replac\w+|succeed\w+|inherit\w+|picked|picks|got|owns"
        r"|now|is)\b",
        follows,
    ):
        return "new"
    role = role_of(before)
    if role:
        return role
    return "new" if re.search(r"\b(?:with|to)\s+$", before) else ""


def _values_with_words(spec: FieldSpec, clause: str) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Each value said: the words before it in its clause, the value, the words for it, the next word."""
    words = plain_words(clause)
    for at, value, phrase in values_placed(spec, words):
        end = at + len(phrase)
        yield " ".join(words[:at]), value, phrase, " ".join(words[end : end + 1])


def _placed_clauses(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for clause in clauses_in(text):
        start = text.index(clause, at)
        at = start + len(clause)
        yield start, clause


def _holds(words: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(words)} "
