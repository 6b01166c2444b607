"""The default profile: the kinds of things tracked, their fields, and the allowed values."""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["enumeration", "person", "percent", "date", "text", "set"]

PROFILE_VERSION = "default-1"

ENTITY_TYPES = (
    "person",
    "team",
    "project",
    "feature",
    "task",
    "decision",
    "deadline",
    "risk",
    "goal",
    "metric",
    "system",
    "technology",
    "deliverable",
    "milestone",
    "organization",
)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One state field: its kind, and for an enumeration its values with their synonyms."""

    kind: FieldKind
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


FIELDS: dict[str, FieldSpec] = {
    "status": FieldSpec(
        "enumeration",
        (
            (
                "planned",
                (
                    "planning",
                    "in planning",
                    "in planning phase",
                    "not started",
                    "hasn't started",
                    "haven't started",
                    "has not started",
                    "have not started",
                    "to do",
                    "todo",
                    "scheduled",
                    "upcoming",
                ),
            ),
            (
                "in_progress",
                (
                    "in progress",
                    "ongoing",
                    "started",
                    "underway",
                    "under way",
                    "active",
                    "being worked on",
                    "work in progress",
                    "wip",
                    "in development",
                    "in testing",
                    "in review",
                ),
            ),
            ("blocked", ("stuck", "waiting")),
            ("at_risk", ("at risk", "behind schedule", "delayed", "slipping")),
            ("on_hold", ("on hold", "paused", "parked", "postponed", "deferred", "suspended", "frozen")),
            (
                "completed",
                (
                    "complete",
                    "done",
                    "finished",
                    "shipped",
                    "delivered",
                    "released",
                    "launched",
                    "live",
                    "closed",
                    "merged",
                    "deployed",
                ),
            ),
            (
                "cancelled",
                ("canceled", "dropped", "abandoned", "scrapped", "killed", "called off", "discontinued"),
            ),
        ),
    ),
    "owner": FieldSpec("person"),
    "progress": FieldSpec("percent"),
    "due": FieldSpec("date"),
    "priority": FieldSpec(
        "enumeration",
        (
            ("critical", ("p0", "urgent", "highest", "top")),
            ("high", ("p1",)),
            ("medium", ("p2", "normal")),
            ("low", ("p3", "lowest")),
        ),
    ),
    "health": FieldSpec(
        "enumeration",
        (
            ("green", ("good", "healthy", "on track", "fine")),
            ("yellow", ("amber", "at risk", "shaky")),
            ("red", ("bad", "critical", "unhealthy", "off track")),
        ),
    ),
    "blockers": FieldSpec("set"),
}
