"""How is it going? The enterprises with their employees, and the supervised places."""

from django.utils.translation import gettext as _

from programmes.formats import number, percent

from ..charts.words import coverage, covering, one_referrer_remark
from .compared import Fact
from .tiles import tile


def enterprises(shown):
    yield tile(shown, "enterprises.count", facts=_answered(shown, "enterprises.count"))
    yield tile(shown, "employees", facts=_answered(shown, "employees"))
    yield tile(shown, "placed", facts=(*_answered(shown, "placed"), *_one_referrer(shown)))


def places(shown):
    """Supervised places, where the programme has ever granted any."""
    if any(figure.value for figure in shown.figures.series("grants.granted")):
        yield tile(shown, "grants.granted")
        yield tile(shown, "grants.used", small=_of_granted(shown))
        yield tile(shown, "outcomes", facts=_unknown_outcomes(shown))


def _answered(shown, code):
    """How many enterprises the total rests on; for the year before too where not all answered."""
    figure = _latest(shown, code)
    text = coverage(shown.figures, figure) if figure else ""
    if not text:
        return ()
    if not shown.period.is_year:
        return (Fact("coverage", f"{figure.period}: {text}"),)
    before = shown.before(code)
    earlier = covering(shown.figures, before) if before else None
    if earlier and not earlier.is_whole:
        text += " " + _("(%(year)s: %(answered)s of %(asked)s)") % {
            "year": before.period,
            "answered": number(earlier.answered),
            "asked": number(earlier.asked),
        }
    return (Fact("coverage", text),)


def _one_referrer(shown):
    """The referrer of most of those placed, in the year the tile tells of."""
    figure = _latest(shown, "placed")
    remark = one_referrer_remark(shown.figures, figure) if figure else ""
    if remark:
        yield Fact("part", remark if shown.period.is_year else f"{figure.period}: {remark}")


def _latest(shown, code):
    """The figure of the year shown, or the last known one of a period."""
    if shown.period.is_year:
        return shown.figure(code)
    known = shown.settled(shown.figures.series(code))
    return known[-1] if known else None


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
