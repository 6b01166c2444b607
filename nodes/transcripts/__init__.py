"""Reading transcripts: any supported export in, one `Transcript` out.

A layout is one small module that exposes a `Layout`; it is listed once, in `reading.LAYOUTS`. What text
stands in (Word, OpenDocument, PDF, HTML, mail) is taken off first, by `containers`, so that any layout is
read out of any of them. Folders and archives of exports are walked by `sources_in`.
"""

from nodes.transcripts.companions import companion_chat
from nodes.transcripts.dates import parse_date
from nodes.transcripts.layout import MAX_BYTES, Source, source_of
from nodes.transcripts.naming import series_of
from nodes.transcripts.reading import FORMATS, read_transcript
from nodes.transcripts.sources import SUFFIXES, Export, Refusal, sources_in

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "SUFFIXES",
    "Export",
    "Refusal",
    "Source",
    "companion_chat",
    "parse_date",
    "read_transcript",
    "series_of",
    "source_of",
    "sources_in",
]
