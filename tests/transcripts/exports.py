"""Writing transcripts down as the tools do, for tests that read them back."""

from collections.abc import Sequence

Cue = tuple[float, float, str, str]
"""Start and end in seconds, speaker, words."""


def stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def zoom_vtt(cues: Sequence[Cue]) -> bytes:
    lines = ["WEBVTT", ""]
    for number, (start, end, speaker, words) in enumerate(cues, 1):
        words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines += [str(number), f"{stamp(start)} --> {stamp(end)}", f"{speaker}: {words}", ""]
    return ("\r\n".join(lines) + "\r\n").encode()


def plain_text(turns: Sequence[tuple[str, str]], header: Sequence[str] = ()) -> bytes:
    lines = [*header, *([""] if header else []), *(f"{speaker}: {words}" for speaker, words in turns)]
    return ("\n".join(lines) + "\n").encode()
