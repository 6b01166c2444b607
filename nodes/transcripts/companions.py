"""The chat file that lies beside a transcript, under the name that the vendor gives it."""

import re
from pathlib import Path

_ZOOM_RECORDING = re.compile(r"(GMT\d{8}-\d{6}_Recording)", re.IGNORECASE)
# Zoom saves these names into a folder of each meeting; in a folder of several nobody knows whose they are.
_ONE_A_FOLDER = ("meeting_saved_chat.txt", "chat.txt")


def companion_chat(path: Path) -> Path | None:
    """The chat file of a transcript, if one lies beside it.

    Known names: "X.chat.txt" for "X.transcript.vtt", "X.vtt" or "X.txt"; Zoom's
    "GMT..._Recording.newChat.txt" and its relatives; "meeting_saved_chat.txt" and "chat.txt" where the folder
    holds no other transcript.
    """
    stem = path.name
    for suffix in (".vtt", ".txt", ".transcript"):
        stem = stem.removesuffix(suffix)
    if not stem or stem == path.name:
        return None
    names = [f"{stem}.chat.txt", f"{stem}.newChat.txt"]
    if match := _ZOOM_RECORDING.match(path.name):
        names += [f"{match[1]}{ending}" for ending in (".newChat.txt", "newChat.txt", ".chat.txt", ".txt")]
    for name in names:
        if name != path.name and (beside := path.with_name(name)).is_file():
            return beside
    if path.suffix != ".vtt" or any(other.name != path.name for other in path.parent.glob("*.vtt")):
        return None
    return next((beside for name in _ONE_A_FOLDER if (beside := path.with_name(name)).is_file()), None)
