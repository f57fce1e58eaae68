"""The first steps of a programme: from nothing to its first figure, in the order that works."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models import Attendance

from .national import nothing_typed


@dataclass(frozen=True)
class Step:
    """Something to do once. Whether it is done follows from the records."""

    title: str
    why: str
    done: bool
    action: str
    url: str
    for_administrator: bool = False


def first_steps(programme, today):
    """Every step with whether it is done; at the turn of the year the national follow-up after them."""
    texts = (programme.contact, programme.target_group, programme.purpose)
    members = programme.memberships.count() > 1 or programme.invitations.open().exists()
    return [
        Step(
            _("Say what the programme is"),
            _("Contact, target group and purpose. The reports begin with them."),
            all(texts),
            _("Write the texts"),
            _address("programmes:programme_edit", programme),
            for_administrator=True,
        ),
        Step(
            _("Add an initiative"),
            _("Events and plans belong to one. This is the only step an event cannot do without."),
            programme.initiatives.exists(),
            _("Add an initiative"),
            _address("programmes:initiative_add", programme),
        ),
        Step(
            _("Write the objectives"),
            _("What you set out to reach. Events point at them, and the board judges them."),
            programme.objectives.exists(),
            _("Add an objective"),
            _address("programmes:objective_add", programme),
        ),
        Step(
            _("Add the municipalities"),
            _("Each event counts in one place: a municipality, the county, the country or online."),
            programme.municipalities.exists(),
            _("Add a municipality"),
            _address("programmes:municipality_add", programme),
        ),
        Step(
            _("Add the organisations"),
            _("The members of the association, and those you work with."),
            programme.organisations.exists(),
            _("Add an organisation"),
            _address("programmes:organisation_add", programme),
        ),
        Step(
            _("Invite the others"),
            _("The board, the partners and the auditor read; each with a role of their own."),
            members,
            _("Invite a member"),
            reverse("accounts:invite", args=[programme.slug]),
            for_administrator=True,
        ),
        Step(
            _("Make a plan for the year"),
            _("What you mean to do. Events tick it off."),
            programme.action_plans.exists(),
            _("Make a plan"),
            reverse("activities:plan_add", args=[programme.slug]),
        ),
        Step(
            _("Log the first event"),
            _("What, when, where. It takes less than a minute."),
            programme.events.exists(),
            _("Log an event"),
            reverse("activities:add", args=[programme.slug]),
        ),
        Step(
            _("See the first figure"),
            _("Fill in how many came, and the year's figures begin."),
            Attendance.objects.filter(event__programme=programme).exists(),
            _("Fill in the counts"),
            reverse("activities:list", args=[programme.slug]),
        ),
        *_at_the_turn_of_the_year(programme, today),
    ]


def _at_the_turn_of_the_year(programme, today):
    """In January and February, until one of the initiatives is ticked off."""
    year = nothing_typed(programme, today)
    if year:
        address = reverse("reports:national_follow_up", args=[programme.slug])
        yield Step(
            _("Type the numbers of %(year)s into Uppföljning Finsam") % {"year": year},
            _("All that is asked for stands on one page, and is ticked off there."),
            False,
            _("To the numbers"),
            f"{address}?year={year}",
        )


def next_step(steps, membership):
    """The first that is not done and that this member can do; None where nothing is left."""
    return next((step for step in steps if not step.done and may_take(step, membership)), None)


def may_take(step, membership):
    return membership.manages or not step.for_administrator


def _address(name, programme):
    """A form that leads back here when it is saved."""
    return f"{reverse(name, args=[programme.slug])}?steg=1"
