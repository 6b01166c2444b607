"""Folders and archives of mixed exports: everything in them is found, paired, or refused with its reason."""

import os
from pathlib import Path

import pytest

from nodes.errors import InputError
from nodes.transcripts import Export, Refusal, sources_in
from tests.transcripts import exports

VTT = exports.zoom_vtt([(1, 2, "Ann Lee", "Hi.")])
CHAT = b"00:00:01\tCy Dee:\tgm\n"


def found(path: Path) -> dict[str, list[str]]:
    """What is read at a path, by its place below it, with the names of its chats; refusals raise."""
    return {
        one.path.removeprefix(f"{path}/"): [chat.name for chat in one.chats]
        for one in sources_in(path)
        if isinstance(one, Export)
    }


def refused(path: Path) -> list[Refusal]:
    return [one for one in sources_in(path) if isinstance(one, Refusal)]


def test_a_folder_gives_every_transcript_below_it_with_its_chat(tmp_path: Path):
    (tmp_path / "2024" / "march").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    for name, data in {
        "call.transcript.vtt": VTT,
        "call.chat.txt": CHAT,
        "audio.m4a": b"x",
        ".DS_Store": b"x",
        ".hidden/a.vtt": VTT,
        "2024/march/GMT20240304-100000_Recording.transcript.vtt": VTT,
        "2024/march/GMT20240304-100000_RecordingnewChat.txt": CHAT,
        "2024/notes.MD": b"# Notes\n",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert found(tmp_path) == {
        "call.transcript.vtt": ["call.chat.txt"],
        "2024/notes.MD": [],
        "2024/march/GMT20240304-100000_Recording.transcript.vtt": ["GMT20240304-100000_RecordingnewChat.txt"],
    }
    [recording] = refused(tmp_path)
    assert (recording.path, recording.is_other) == (str(tmp_path / "audio.m4a"), True)
    assert recording.reason == "audio.m4a is a recording."


def test_an_archive_is_a_folder_and_so_are_the_archives_in_it(tmp_path: Path):
    inner = exports.zipped({"deep/b.srt": b"x", "__MACOSX/._b.srt": b"x"})
    held = {
        "zoom/a.vtt": VTT,
        "zoom/a.chat.txt": CHAT,
        "../../c.txt": b"c",
        "inner.zip": inner,
        "empty/": b"",
    }
    (tmp_path / "all.zip").write_bytes(exports.zipped(held))
    expected = {"all.zip/zoom/a.vtt": ["a.chat.txt"], "all.zip/inner.zip/deep/b.srt": [], "all.zip/c.txt": []}
    assert found(tmp_path) == expected
    alone = list(sources_in(tmp_path / "all.zip"))
    assert {one.path for one in alone} == {f"{tmp_path}/{path}" for path in expected}
    assert not refused(tmp_path)
    assert {one.source.data for one in alone if isinstance(one, Export)} == {VTT, b"c", b"x"}


def test_a_file_alone_is_itself_with_its_chat(tmp_path: Path):
    (tmp_path / "a.vtt").write_bytes(VTT)
    (tmp_path / "a.chat.txt").write_bytes(CHAT)
    [only] = sources_in(tmp_path / "a.vtt")
    assert isinstance(only, Export)
    assert (only.source.data, [chat.data for chat in only.chats]) == (VTT, [CHAT])
    with pytest.raises(InputError, match="check the path"):
        list(sources_in(tmp_path / "absent.vtt"))


def bomb(size: int) -> bytes:
    return exports.zipped({"a.txt": b"\0" * size})


def nested(depth: int) -> bytes:
    data = exports.zipped({"a.vtt": VTT})
    for _ in range(depth):
        data = exports.zipped({"inner.zip": data})
    return data


def many(count: int) -> bytes:
    return exports.zipped({f"{n}.txt": b"" for n in range(count)})


def protected() -> bytes:
    held = bytearray(exports.zipped({"a.vtt": VTT}))
    held[6] |= 1
    held[held.index(b"PK\x01\x02") + 8] |= 1
    return bytes(held)


def with_a_wrong_sum() -> bytes:
    held = bytearray(exports.zipped({"a.vtt": os.urandom(100)}))
    held[45] ^= 0xFF
    return bytes(held)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 cut off", "damaged or cut off ZIP"),
        (b"", "damaged or cut off ZIP"),
        (bomb(40_000_000), "would unpack to 40 MB"),
        (nested(4), "archives deep"),
        (many(10_001), "holds 10001 files"),
        (protected(), "protected by a password"),
        (with_a_wrong_sum(), "damaged or cut off ZIP"),
        (exports.zipped({f"{n}.zip": many(4_000) for n in range(3)}), "10000 files"),
    ],
)
def test_a_damaged_archive_or_a_bomb_is_refused_and_nothing_else_is(tmp_path: Path, data: bytes, reason: str):
    (tmp_path / "a.zip").write_bytes(data)
    (tmp_path / "good.vtt").write_bytes(VTT)
    assert reason in " ".join(one.reason for one in refused(tmp_path) if not one.is_other)
    assert "good.vtt" in found(tmp_path)


def test_recordings_in_an_archive_are_named_and_never_unpacked(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(exports.zipped({"call.vtt": VTT, "call.mp4": b"\0" * 30_000_000}))
    assert found(tmp_path) == {"a.zip/call.vtt": []}
    assert [one.reason for one in refused(tmp_path)] == ["call.mp4 is a recording."]
