"""What an ingestion, or a recheck of its version, says when it ends; kept with the version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodes.fold import History
from nodes.ingest_state import Recheck
from nodes.matching import Reading
from nodes.resolution import GreyPair
from stores.chat import model_is_configured
from stores.knowledge import Resolution
from stores.records import Source

_EXAMPLES = 3
_BY_WORDING = "pairs of values were compared by their wording alone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a commit has written.

    Attributes:
        grey: the names that nobody has decided on.
        fallbacks: pairs of values that a fallback has judged.
        refused: what a person has decided in review and others had decided otherwise by then.
        replaced: the version that was current before.
    """

    reading: Reading
    resolution: Resolution
    grey: Sequence[GreyPair]
    history: History
    known_before: set[str]
    replaced: str | None
    fallbacks: int
    refused: Sequence[str] = ()


def result_of(
    source: Source,
    outcome: Outcome,
    usage: dict[str, Any],
    failed: Mapping[tuple[str, str], str],
    again: Recheck | None,
) -> dict[str, Any]:
    """What to keep with the version: the output, and what recheck needs to know.

    Args:
        failed: why pieces went to the rules, by step and item.
        again: what recheck was to do, where it is recheck's.
    """
    linked = {link["entity_id"] for link in outcome.resolution["links"]}
    changes = [
        one
        for one in outcome.history.transitions
        if one.meeting_id == source.meeting_id and not one.first_sight
    ]
    reading = outcome.reading
    status = "ingested" if outcome.replaced is None else "replaced"
    status = again["status"] if again is not None else status
    result: dict[str, Any] = {
        "status": status,
        "counts": {
            "utterances": len(source.utterances),
            "memories": reading.memories,
            "entities_new": len(linked - outcome.known_before),
            "entities_matched": len(linked & outcome.known_before),
            "observations": len(outcome.resolution["observations"]),
            "transitions": len(changes),
            "relations": len(outcome.resolution["relations"]),
            "discarded_quotes": reading.discarded,
        },
        "usage": usage | {"fallbacks": outcome.fallbacks},
        "warnings": [*source.warnings, *_warnings(outcome)],
        "kept_apart": list(outcome.grey),
        "source_warnings": list(source.warnings),
        "windows": {"read": len(reading.extractions), "rule": len(reading.by_rule)},
    }
    told = _by_rule_though_configured(outcome, failed)
    if told is None:
        return result
    for_recheck = {
        "windows": [window for window in reading.by_rule if ("extract", window) in failed],
        "names": bool(outcome.grey) and ("adjudicate", "names") in failed,
        "summary": ("summarise", "meeting") in failed,
        "status": status,
    }
    warnings = [*source.warnings, told, *_warnings(outcome)]
    return result | {"status": "degraded", "warnings": warnings, "for_recheck": for_recheck}


def only_pairs_were_wanting(result: Mapping[str, Any]) -> bool:
    """Whether a degraded version is all right but for values that were compared by their wording."""
    wanting = result.get("for_recheck")
    return wanting is not None and not (wanting["windows"] or wanting["names"] or wanting.get("summary"))


def healed(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a version of which `only_pairs_were_wanting`, now that a model has judged them."""
    return {
        **{name: value for name, value in result.items() if name != "for_recheck"},
        "status": result["for_recheck"]["status"],
        "usage": result["usage"] | {"fallbacks": 0},
        "warnings": without_wording(result["warnings"]),
    }


def without_wording(warnings: Sequence[str]) -> list[str]:
    """The warnings that stand when no pair of values is compared by its wording any more."""
    return [one for one in warnings if not one.startswith("degraded: ") and not one.endswith(_BY_WORDING)]


def output_of(meeting_id: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a result that a caller is shown."""
    return {"meeting_id": meeting_id} | {
        name: result[name] for name in ("status", "counts", "usage", "warnings")
    }


def _by_rule_though_configured(outcome: Outcome, failed: Mapping[tuple[str, str], str]) -> str | None:
    """What the rules had to do because the model failed; None where no model is configured."""
    if not model_is_configured():
        return None
    reading = outcome.reading
    pieces: list[str] = []
    windows = [window for window in reading.by_rule if ("extract", window) in failed]
    if windows:
        pieces.append(f"{len(windows)} of {len(reading.extractions)} windows were read by rule")
    if outcome.grey and ("adjudicate", "names") in failed:
        pieces.append("similar names were kept apart")
    if ("summarise", "meeting") in failed:
        pieces.append("there is no summary")
    if outcome.fallbacks:
        pieces.append(f"{outcome.fallbacks} pairs of values were compared by their wording")
    if not pieces:
        return None
    reason = next(iter(failed.values()), "what it answered could not be used for every piece")
    return f"degraded: {', '.join(pieces)}; {reason}"


def _warnings(outcome: Outcome) -> list[str]:
    warnings = list(outcome.refused)
    if outcome.reading.dropped:
        warnings.append(f"{outcome.reading.dropped} claims were dropped: they had no usable field or value")
    if outcome.reading.discarded:
        warnings.append(f"{outcome.reading.discarded} claims were discarded: their quotes were not spoken")
    if outcome.fallbacks:
        warnings.append(f"{outcome.fallbacks} {_BY_WORDING}")
    if outcome.grey:
        shown = ", ".join(f"{pair['name']} / {pair['entity']}" for pair in outcome.grey[:_EXAMPLES])
        more = ", ..." if len(outcome.grey) > _EXAMPLES else ""
        warnings.append(f"{len(outcome.grey)} names look alike and were kept apart: {shown}{more}")
    return warnings
