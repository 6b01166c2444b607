"""Text that was never meant well, or never meant as text, ends as what it says or as a clear refusal."""

from typing import Any

import pytest

from app.ingestion import Ingestions
from nodes.errors import InputError
from tests.ingest.knowing import ingest, known
from tests.ingest.meetings import meeting

NAMES = (
    "Robert'); drop table meetings; --",
    "**Bold** [link](http://x.test) `code`",
    "../../etc/passwd",
    "C:\\Windows\\System32",
    "<script>alert(1)</script>",
    "%s %(name)s {name} $1",
    "שלום עולם",
    "مشروع البوابة",
    "Z̷͛a̶̎l̵g̸o",
    "e\u0301lan",
    "\u202eevil\u202c",
    "🚢 Harbour 🚢",
    "select",
    "NULL",
)


async def test_a_name_that_means_something_elsewhere_is_only_a_name(ingestions: Ingestions) -> None:
    meetings = [
        meeting(
            number,
            "Ada Nilsson: Tide Gauge is owned by Ada Nilsson.",
            f"Ben Okafor: I told {name} so.",
            "Ada Nilsson: Tide Gauge is at risk.",
            f"{name}: Thanks, {name}.",
            title=name,
            key=name,
            participants=[name, "Ada Nilsson"],
        )
        for number, name in enumerate(NAMES, 1)
    ]
    assert await ingest(ingestions, meetings) == ["ingested"] * len(NAMES)
    rows = await ingestions.stores.database.rows(
        b"""select key, title, participants from meeting_versions v
        join meetings m using (workspace_id) where m.id = v.meeting_id"""
    )
    assert sorted(row["key"] for row in rows) == sorted(NAMES)
    assert sorted(row["title"] for row in rows) == sorted(NAMES)
    assert all(row["key"] in row["participants"] for row in rows)
    states = {row[1:4] for row in (await known(ingestions.stores))["states"]}
    assert states == {("owner", "", "Ada Nilsson"), ("status", "", "at risk")}
    assert await ingest(ingestions, meetings) == ["known"] * len(NAMES)


@pytest.mark.parametrize("sign", ["\x00", "\x07"])
async def test_bytes_that_are_no_text_are_refused_with_a_sentence(sign: str, ingestions: Ingestions) -> None:
    with pytest.raises(InputError, match=r"harbour-1\.txt is not text"):
        await ingest(ingestions, [meeting(1, f"Ada Nilsson: Tide {sign}Gauge is at risk.")])


async def test_half_of_a_sign_is_replaced_and_the_rest_is_read(ingestions: Ingestions) -> None:
    assert await ingest(
        ingestions, [meeting(1, "Ada Nilsson: Tide Gauge is at risk. Look \ud83d here.")]
    ) == ["ingested"]
    (row,) = await ingestions.stores.database.rows(b"select text from utterances")
    assert row["text"] == "Tide Gauge is at risk. Look ? here."


async def test_labels_that_are_no_text_are_kept_as_what_can_be_read_of_them(ingestions: Ingestions) -> None:
    labels = {"title": "Tide\0Gauge \ud800", "series": "\udce9", "key": "a\0", "filename": "caf\udce9.txt"}
    given = meeting(1, "Ada Nilsson: Tide Gauge is at risk.", participants=["", " ", "Ben\0Okafor"])
    assert await ingest(ingestions, [{**given, **labels}]) == ["ingested"]
    (row,) = await ingestions.stores.database.rows(
        b"select title, series, name, participants from meeting_versions"
    )
    assert tuple(row.values()) == ("Tide Gauge ?", "?", "caf?.txt", ["Ada Nilsson", "Ben Okafor"])


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"key": "k" * 501}, r"harbour-1\.txt: its key is 501 characters long"),
        ({"participants": ["Ada " * 200]}, r"harbour-1\.txt: 'Ada .* is 800 characters long"),
    ],
)
async def test_a_key_or_name_that_no_index_takes_is_refused(
    labels: dict[str, Any], reason: str, ingestions: Ingestions
) -> None:
    with pytest.raises(InputError, match=reason):
        await ingest(ingestions, [meeting(1, "Ada Nilsson: Tide Gauge is at risk.", **labels)])


async def test_a_word_longer_than_any_name_is_none(ingestions: Ingestions) -> None:
    word = "".join(f"{number * 7919:x}Q" for number in range(700))
    told = meeting(
        1, f"Ada Nilsson: The X{word} Project is at risk.", f"Ben Okafor: X{word} owns Tide Gauge."
    )
    assert await ingest(ingestions, [told]) == ["ingested"]
    names = await ingestions.stores.database.rows(b"select name from entities")
    assert max(len(row["name"]) for row in names) < 50
