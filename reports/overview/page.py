"""The overview of a year or a period, worked out from one figure set: four questions and what is left.

Everything a reader sees stands here as words and links; the template only writes it. What is hidden
from the reader is hidden in the figure set already: a protected figure has no value to show.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from activities.missing import Missing
from activities.models import (
    ActionPlan,
    CollaborationGroup,
    Event,
    Milestone,
    Publication,
)
from enterprises.models import Enterprise
from placements.models import Grant
from programmes.periods import Period

from ..asked import asked_for
from ..charts.words import external_changes
from ..figures import FigureSet
from ..models import PublishedFigure
from ..quality import follow_ups
from . import done, goals, reached, standing
from .compared import Shown
from .lead import lead
from .left import Left, left

RECORDED = (
    Event,
    PublishedFigure,
    Enterprise,
    Milestone,
    Publication,
    CollaborationGroup,
    Grant,
    ActionPlan,
)


def is_empty(programme):
    """Whether nothing at all is recorded: then there is nothing to look over yet."""
    return not any(model.objects.filter(programme=programme).exists() for model in RECORDED)


@dataclass(frozen=True)
class Overview:
    """The whole page. `changes` are those around the programme, which mark the charts."""

    title: str
    lead: str
    choices: tuple
    span: Period
    state: str
    figures: FigureSet = field(repr=False)
    ongoing: int
    changes: tuple
    done: tuple
    months: object
    plan: str
    goals: tuple
    reached: tuple
    reached_map: str
    enterprises: tuple
    places: tuple
    left: Left
    missing: Missing | None
    follow_ups: int


def overview(programme, query, user, *, today):
    """The overview of the year or period that `query` asks for, as this member may see it."""
    asked = asked_for(programme, query, user, today=today)
    shown = Shown(asked)
    what_is_left = left(shown, user.membership_in(programme))
    judged = goals.goals(shown)
    return Overview(
        title=_title(asked.period),
        lead=lead(shown, judged, what_is_left),
        choices=tuple(asked.choices(programme.get_absolute_url())),
        span=asked.period,
        state=asked.state,
        figures=asked.figures,
        ongoing=asked.ongoing,
        changes=tuple(external_changes(programme, asked.figures.period)),
        done=tuple(done.done(shown)),
        months=done.months(shown),
        plan=goals.plan(shown),
        goals=judged,
        reached=tuple(reached.reached(shown)),
        reached_map=reached.reached_map(shown),
        enterprises=tuple(standing.enterprises(shown)),
        places=tuple(standing.places(shown)),
        left=what_is_left,
        missing=_missing(programme, user, today),
        follow_ups=_follow_ups(programme, user, today),
    )


def _missing(programme, user, today):
    """What the records lack, for those who fill it in; None where nothing does."""
    lacks = Missing(programme, today)
    return lacks if user.membership_in(programme).writes and lacks.total else None


def _follow_ups(programme, user, today):
    """How many placements are to be followed up, for those who see placements; 0 for others."""
    full = user.membership_in(programme).sees_full_figures
    return len(follow_ups(programme, today)) if full else 0


def _title(period):
    if period.is_year:
        return _("The year %(year)s") % {"year": period}
    return _("The period %(period)s") % {"period": period}
