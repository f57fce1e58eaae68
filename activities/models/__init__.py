"""What the programme plans, does and publishes, and what came of it in the structures around it."""

from .events import (
    Attendance,
    Audience,
    Draft,
    Event,
    EventKind,
    EventSeries,
    TrainingStep,
    sexes_known,
)
from .groups import CollaborationGroup, GroupStatus
from .milestones import Milestone
from .plans import ActionPlan, PlannedActivity
from .publications import Publication
from .supplements import Attachment, Link, Supplement, stored_name

__all__ = [
    "ActionPlan",
    "Attachment",
    "Attendance",
    "Audience",
    "CollaborationGroup",
    "Draft",
    "Event",
    "EventKind",
    "EventSeries",
    "GroupStatus",
    "Link",
    "Milestone",
    "PlannedActivity",
    "Publication",
    "Supplement",
    "TrainingStep",
    "sexes_known",
    "stored_name",
]
