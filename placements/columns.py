"""The columns of grants and placements, as files give them out."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.exports import WIDE, WIDEST, Column
from programmes.formats import day


def of_grants(uses):
    """The decision for every member; what it is for and its use, for those who see everything.

    `uses` are those of the grants by id; None for who sees the decision alone.
    """
    columns = (
        Column(_("Year"), lambda grant: str(grant.year)),
        Column(_("Municipality"), lambda grant: grant.municipality.name),
        Column(_("Municipality code"), lambda grant: grant.municipality.code),
        Column(_("Places"), lambda grant: grant.places),
        Column(_("Months a place"), lambda grant: grant.months),
        Column(_("Amount (kronor)"), lambda grant: grant.amount),
        Column(_("Decided on"), lambda grant: grant.decided_on),
        Column(_("Decision"), lambda grant: grant.reference, WIDE),
        Column(_("Organisation"), lambda grant: _text(grant.organisation), WIDE),
        Column(_("Initiative"), lambda grant: grant.initiative.name, WIDE),
    )
    if uses is None:
        return columns
    return (
        *columns,
        Column(_("Places used"), lambda grant: uses[grant.pk].used),
        Column(_("Places free"), lambda grant: uses[grant.pk].free),
        Column(_("Use of places"), lambda grant: _rounded(uses[grant.pk].share, 4)),
        Column(_("Months granted"), lambda grant: uses[grant.pk].months_granted),
        Column(_("Months used"), lambda grant: uses[grant.pk].months_used),
        Column(_("Kronor a month used"), lambda grant: _rounded(uses[grant.pk].cost, 2)),
        Column(_("Target group"), lambda grant: grant.target_group, WIDE),
        Column(_("Conditions"), lambda grant: grant.conditions, WIDEST),
        Column(_("Report due"), lambda grant: grant.report_due_on),
        Column(_("Reported on"), lambda grant: grant.reported_on),
    )


def _rounded(value, decimals):
    return None if value is None else round(value, decimals)


def of_placements(today):
    """Placements, each with `standing_outcomes`, as their pages show them."""
    return (
        Column(_("Code"), lambda row: str(row.participant)),
        Column(_("Sex"), lambda row: capfirst(row.participant.get_sex_display())),
        Column(_("Year of the grant"), lambda row: str(row.grant.year)),
        Column(_("Municipality"), lambda row: row.grant.municipality.name),
        Column(_("Enterprise"), lambda row: _text(row.enterprise), WIDE),
        Column(_("Supervising organisation"), lambda row: _text(row.supervisor), WIDE),
        Column(_("Referrer"), lambda row: capfirst(row.get_referrer_display())),
        Column(_("Extent, percent"), lambda row: row.extent),
        Column(_("Extension"), lambda row: _("yes") if row.extension_of_id else _("no")),
        Column(_("Start"), lambda row: day(row.starts_on, row.precision)),
        Column(_("First possible day"), lambda row: row.starts_on),
        Column(_("Planned end"), lambda row: row.planned_end),
        Column(_("End"), lambda row: day(row.ends_on, row.ends_precision) if row.ends_on else None),
        Column(_("State"), lambda row: capfirst(row.state(today).label)),
        Column(_("Latest outcome"), _latest_outcome, WIDE),
    )


def _latest_outcome(placement):
    outcomes = placement.standing_outcomes
    return capfirst(outcomes[-1].get_result_display()) if outcomes else None


def _text(record):
    return None if record is None else str(record)
