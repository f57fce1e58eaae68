"""The columns of plan against outcome, as files give them out."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.exports import WIDE, WIDEST, Column


def of_outcomes():
    """An unknown number leaves its cell empty; beside it stands how many events lack counts."""
    return (
        Column(_("Activity"), lambda row: row.activity.title, WIDE),
        Column(_("Kind"), lambda row: capfirst(row.activity.get_kind_display()), WIDE),
        Column(_("Objectives"), lambda row: _listed(row.activity.objectives.all()), WIDE),
        Column(_("Responsible organisation"), lambda row: _name(row.activity.responsible), WIDE),
        Column(_("Quarter"), lambda row: row.activity.quarter),
        Column(_("Target (attendances)"), lambda row: row.activity.target_attendances),
        Column(_("State"), lambda row: capfirst(row.activity.state_now.label)),
        Column(_("Cancelled because"), lambda row: row.activity.cancelled_reason, WIDE),
        Column(_("Events not cancelled"), lambda row: row.outcome.events),
        Column(_("Events held"), lambda row: row.outcome.held),
        Column(_("Events without counts"), lambda row: row.outcome.uncounted),
        Column(_("Outcome (attendances)"), lambda row: row.outcome.attendances),
        Column(_("Share of the target (percent)"), lambda row: _percent(row.outcome.reached_share)),
        Column(_("Remark"), lambda row: row.activity.remark, WIDEST),
    )


def _listed(records):
    return "; ".join(map(str, records))


def _name(organisation):
    return str(organisation) if organisation else None


def _percent(share):
    return None if share is None else round(100 * share, 1)
