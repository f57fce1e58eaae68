"""The grants, placements and persons behind a figure."""

from django.utils.translation import gettext as _

from placements.figures import GRANTED, USED, standing_outcomes
from placements.models import Grant, Outcome, Placement
from programmes.formats import day

from ..wording import basis_in_words, card_url
from .rows import Evidence, LeftOut, Row, in_region


def grants(part):
    found = Grant.objects.filter(programme=part.programme, year__in=part.years)
    rows = tuple(
        Row(str(row.year), str(row.municipality), row.get_absolute_url(), row.reference, row.places)
        for row in in_region(found, part.key, "").select_related("programme", "municipality")
    )
    return Evidence(rows, (), "grants")


def utilisation(part):
    """The two figures that are divided."""
    pair = [part.figures.get(i.code, part.period, **part.key) for i in (USED, GRANTED)]
    rows = tuple(
        Row("", str(f.indicator.label), card_url(part.programme, f), basis_in_words(f), f.value)
        for f in pair
        if f.value is not None
    )
    return Evidence(rows, (), "figures", adds_up=False)


def _placements(part, **narrowed):
    found = Placement.objects.filter(grant__programme=part.programme, **narrowed)
    return found.select_related("grant__programme", "grant__municipality", "participant").order_by(
        "starts_on", "pk"
    )


def _placement_row(placement, outcome=""):
    return Row(
        when=day(placement.starts_on, placement.precision),
        what=_who(placement, outcome),
        url=placement.get_absolute_url(),
        where=str(placement.grant.municipality),
        number=1,
        placement=placement,
    )


def _who(placement, outcome=""):
    """A participant's code and sex, and the outcome where it is asked about."""
    participant = placement.participant
    words = (str(participant), str(participant.get_sex_display()), outcome)
    return ", ".join(filter(None, words))


def _fits(placement, key):
    place = key.get("municipality", placement.grant.municipality.code)
    sex = key.get("sex", placement.participant.sex)
    return placement.grant.municipality.code == place and placement.participant.sex == sex


def used(part):
    found = _placements(part, grant__year__in=part.years)
    rows = tuple(_placement_row(p) for p in found if _fits(p, part.key))
    return Evidence(rows, (), "placements")


def started(part):
    found = _placements(part, year__in=part.years)
    rows = tuple(_placement_row(p) for p in found if _fits(p, part.key))
    return Evidence(rows, (), "placements")


def persons(part):
    """Each participant once, at the latest of the placements begun in the period."""
    begun = list(_placements(part, year__in=part.years))
    latest = {placement.participant_id: placement for placement in begun}
    rows = tuple(_placement_row(p) for p in latest.values() if _fits(p, part.key))
    left_out = tuple(
        LeftOut(
            f"{_who(p)}, {day(p.starts_on, p.precision)}",
            _("The same person has a later placement"),
            url=p.get_absolute_url(),
            placement=p,
        )
        for p in begun
        if latest[p.participant_id] != p and _fits(p, part.key)
    )
    return Evidence(rows, left_out, "persons")


def outcomes(part):
    """Each person's latest outcome in the period, at its own placement; who still is in one is left out."""
    known = standing_outcomes(part.programme, part.period, part.years, part.figures.today)
    results = {counted: result for result, counted in known.values()}
    labels, key = dict(Outcome.Result.choices), part.key
    rows, left_out = [], []
    for placement in _placements(part, pk__in=list(results)):
        result = results[placement.pk]
        if not _fits(placement, key):
            continue
        if result is None:
            who, url = _who(placement), placement.get_absolute_url()
            still = LeftOut(who, _("Still in the placement"), url=url, placement=placement)
            left_out.append(still)
        elif key.get("result", result) == result:
            rows.append(_placement_row(placement, str(labels[result])))
    return Evidence(tuple(rows), tuple(left_out), "persons")
