"""How is it going? The enterprises with their employees, and the supervised places."""

from django.utils.translation import gettext as _

from programmes.formats import number, percent

from ..charts.words import answers
from .compared import Fact
from .tiles import tile


def enterprises(shown):
    yield tile(shown, "enterprises.count", facts=_answered(shown))
    yield tile(shown, "employees", facts=_answered(shown))
    yield tile(shown, "placed", facts=_answered(shown))


def places(shown):
    """Supervised places, where the programme has ever granted any."""
    if any(figure.value for figure in shown.figures.series("grants.granted")):
        yield tile(shown, "grants.granted")
        yield tile(shown, "grants.used", small=_of_granted(shown))
        yield tile(shown, "outcomes", facts=_unknown_outcomes(shown))


def _answered(shown):
    """How many enterprises have answered the census of the year, where answers are what counts."""
    if not shown.period.is_year:
        return ()
    employees = shown.figure("employees")
    known = answers(shown.figures, employees)
    if not known:
        return ()
    text = _("%(answered)s of %(asked)s have answered") % {
        "answered": number(known[0]),
        "asked": number(known[1]),
    }
    before = shown.before("employees")
    earlier = answers(shown.figures, before) if before else None
    if earlier and earlier[0] < earlier[1]:
        text += " " + _("(%(year)s: %(answered)s of %(asked)s)") % {
            "year": before.period,
            "answered": number(earlier[0]),
            "asked": number(earlier[1]),
        }
    return (Fact("coverage", text),)


def _of_granted(shown):
    used, granted = shown.figure("grants.used"), shown.figure("grants.granted")
    use = shown.figure("grants.utilisation")
    if used.value is None or granted.value is None or use.value is None:
        return ""
    return _("of %(granted)s (%(share)s)") % {
        "granted": number(granted.value),
        "share": percent(use.value),
    }


def _unknown_outcomes(shown):
    unknown = shown.figure("outcomes", result="unknown")
    if not unknown.value:
        return ()
    return (Fact("unclear", _("%(n)s with an unknown outcome") % {"n": number(unknown.value)}),)
