"""The chat file that lies beside a transcript, under the name that the vendor gives it."""

import re
from collections.abc import Collection
from pathlib import Path

_ZOOM_RECORDING = re.compile(r"(GMT\d{8}-\d{6}_Recording)", re.IGNORECASE)
# Zoom saves these names into a folder of each meeting; in a folder of several nobody knows whose they are.
_ONE_A_FOLDER = ("meeting_saved_chat.txt", "chat.txt")
_SAVED_CAPTIONS = ("meeting_saved_closed_caption.txt", "closed_caption.txt")


def companion_chat(path: Path) -> Path | None:
    """The chat file of a transcript, if one lies beside it; see `companion_name`."""
    try:
        names = {beside.name for beside in path.parent.iterdir() if beside.is_file()}
    except OSError:
        return None
    name = companion_name(path.name, names)
    return None if name is None else path.with_name(name)


def companion_name(name: str, names: Collection[str]) -> str | None:
    """Which of the files of a folder is the chat of the transcript called `name`.

    Known names: "X.chat.txt" for "X.transcript.vtt", "X.vtt" or "X.txt"; Zoom's
    "GMT..._Recording.newChat.txt" and its relatives; "meeting_saved_chat.txt" and "chat.txt" for Zoom's saved
    captions, and where the folder holds no other transcript.
    """
    stem = name
    for suffix in (".vtt", ".srt", ".txt", ".transcript"):
        stem = stem.removesuffix(suffix)
    if not stem or stem == name:
        return None
    known = [f"{stem}.chat.txt", f"{stem}.newChat.txt"]
    if match := _ZOOM_RECORDING.match(name):
        known += [f"{match[1]}{ending}" for ending in (".newChat.txt", "newChat.txt", ".chat.txt", ".txt")]
    found = next((one for one in known if one != name and one in names), None)
    if found is not None:
        return found
    alone = name.endswith(".vtt") and not any(one != name and one.endswith(".vtt") for one in names)
    if not alone and name not in _SAVED_CAPTIONS:
        return None
    return next((one for one in _ONE_A_FOLDER if one in names), None)
