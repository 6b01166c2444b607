"""A series in a workspace of its own: its profile set, its lines imported, its calls ingested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.retrieval import ingest
from benchmarks.retrieval_sets import Corpus
from benchmarks.state.series import Row, Series
from benchmarks.vectors import KeptVectors
from nodes.hand.importing import import_file
from nodes.intake import read_source
from nodes.profiles.reading import read_profile, shipped_source
from nodes.profiles.setting import set_profile
from stores.histories import field_name
from stores.opening import Stores
from stores.records import Source
from stores.sources import workspace_id

PROFILE = "standards"
_MADE = b"""
select t.field, t.key, t.after, t.normalised #>> '{}' as normalised, t.decided_by, t.before, v.title, v.date,
    o.quote, o.stance, o.utterance, m.name as mention, l.decided_by as bound_by, e.name as entity,
    array(select distinct a.name from aliases a where a.workspace_id = t.workspace_id
        and a.entity_id = t.entity_id and a.retracted_at is null order by a.name) as names
from transitions t
join entities e on e.workspace_id = t.workspace_id and e.id = t.entity_id
join observations o on o.workspace_id = t.workspace_id and o.id = t.observation_id
join mentions m on m.workspace_id = o.workspace_id and m.id = o.mention_id
join links l on l.workspace_id = m.workspace_id and l.mention_id = m.id and l.retracted_at is null
join meeting_versions v on v.workspace_id = o.workspace_id and v.id = o.version_id
where t.workspace_id = %(scope)s and t.after is not null and v.title = any(%(titles)s)
order by t.at, o.utterance, o.sequence
"""


@dataclass(frozen=True, slots=True)
class Predicted:
    """One transition that the product found, as the scoring script takes it, and what it rests on.

    Attributes:
        mention: how the meeting calls the thing; `bound_by` is what decided that it is the thing.
    """

    row: Row
    before: str | None
    decided_by: str
    stance: str
    utterance: int
    quote: str
    mention: str
    bound_by: str


def workspace_of(series: Series, mode: str) -> str:
    """Each series has one workspace for each mode."""
    return f"{series.name} {mode}"


def sources_of(series: Series, workspace: str) -> list[Source]:
    """The calls of a series, parsed as they will be ingested."""
    return [read_source(workspace, series.given(meeting)) for meeting in series.meetings]


async def prepare(stores: Stores, workspace: str, files: Mapping[str, bytes]) -> None:
    """Set the profile and import these files, in their order."""
    profile = read_profile(PROFILE, shipped_source(PROFILE))
    await set_profile(stores, workspace, profile, PROFILE)
    for name, content in files.items():
        await import_file(stores, workspace, name, content, by="benchmark")


async def ingest_all(stores: Stores, workspace: str, sources: Sequence[Source], vectors: KeptVectors) -> None:
    """Ingest the calls, in order, through the graph; the vectors of their turns may have been kept."""
    await ingest(stores, Corpus(workspace, tuple(sources), ()), vectors)


async def predictions(stores: Stores, workspace: str, series: Series) -> list[Predicted]:
    """All transitions that the calls made; what was imported is none."""
    titles = [meeting["title"] for meeting in series.meetings]
    found = await stores.database.rows(_MADE, scope=workspace_id(workspace), titles=titles)
    return [_predicted(series, made) for made in found]


def _predicted(series: Series, made: Row) -> Predicted:
    value = made["normalised"] or made["after"]
    row = {
        "entity": series.name_of([made["entity"], *made["names"]]),
        "field": field_name(made["field"], made["key"]),
        "to": value[:1].upper() + value[1:],
        "date": made["date"].date().isoformat(),
    }
    told = {
        name: made[name]
        for name in ("before", "decided_by", "stance", "utterance", "quote", "mention", "bound_by")
    }
    return Predicted(row=row, **told)
