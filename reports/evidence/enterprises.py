"""The enterprises behind a figure, and their confirmed answers to the census."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from enterprises.figures import REFERRER_WORDS
from enterprises.models import Census, CensusReturn, Enterprise
from programmes.formats import number

from ..indicators import SEX_WORDS
from .rows import Evidence, LeftOut, Row, in_region


def enterprises(part):
    census = Census.objects.filter(programme=part.programme, year=part.period.last).first()
    on = census.reference_date if census else Census.usual_day(part.period.last)
    found = in_region(
        Enterprise.objects.filter(programme=part.programme).active_on(on), part.key, ""
    )
    rows = tuple(
        Row("", row.name, row.get_absolute_url(), str(row.municipality), 1)
        for row in found.select_related("programme", "municipality")
    )
    return Evidence(rows, (), "enterprises")


def _answers(part, names, labels=()):
    """The answers that count and what each adds, with the reason of a large change; `names` are summed."""
    found = CensusReturn.objects.with_expected().filter(
        census__programme=part.programme, census__year=part.period.last
    )
    found = in_region(found, part.key, "enterprise__")
    rows, left_out = [], []
    for answer in found.select_related("enterprise__programme", "enterprise__municipality"):
        enterprise = answer.enterprise
        numbers = [getattr(answer, name) for name in names]
        known = [n for n in numbers if n is not None]
        url = enterprise.get_absolute_url()
        if answer.state != CensusReturn.State.CONFIRMED:
            if answer.is_expected:
                why = capfirst(str(answer.get_state_display()))
                is_missing = answer.state != CensusReturn.State.NOT_APPLICABLE
                told = _("missing") if is_missing else None
                left_out.append(LeftOut(enterprise.name, why, told, url))
        elif not answer.is_expected:
            why = _("Was not active on the reference date")
            told = number(sum(known)) if known else _("missing")
            left_out.append(LeftOut(enterprise.name, why, told, url))
        elif not known:
            why = _("Did not answer this question")
            left_out.append(LeftOut(enterprise.name, why, _("missing"), url))
        else:
            parts = tuple(numbers) if labels else ()
            where = str(enterprise.municipality)
            if answer.change_reason:
                where = f"{where}. {answer.change_reason}"
            rows.append(Row("", enterprise.name, url, where, sum(known), parts=parts))
    left_out += _never_asked(part)
    return Evidence(tuple(rows), tuple(left_out), "answers", labels)


def _never_asked(part):
    """Those expected to answer that came into the register after the question was sent."""
    census = Census.objects.filter(programme=part.programme, year=part.period.last).first()
    if census:
        found = in_region(census.not_asked(), part.key, "").select_related("programme")
        for enterprise in found:
            url = enterprise.get_absolute_url()
            yield LeftOut(enterprise.name, _("Was not asked"), _("missing"), url)


def employees(part):
    if "sex" in part.key:
        return _answers(part, [f"employed_{part.key['sex']}"])
    return _answers(part, CensusReturn.EMPLOYED, tuple(SEX_WORDS.values()))


def placed(part):
    if "referrer" in part.key:
        return _answers(part, [f"placed_{part.key['referrer']}"])
    return _answers(part, CensusReturn.PLACED, tuple(REFERRER_WORDS.values()))


def returns(part):
    found = _answers(part, CensusReturn.EMPLOYED + CensusReturn.PLACED)
    rows = tuple(Row("", row.what, row.url, row.where, 1) for row in found.rows)
    return Evidence(rows, found.left_out, "answers")
