"""Whom do we reach? Attendances, and the shares of women and men."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programmes.figures import share
from programmes.formats import number, percent

from ..charts.spark import spark
from ..charts.words import sentence
from .compared import Fact
from .done import counted
from .tiles import Tile, Value, tile

FAIR = 0.4  # each sex has at least two fifths


def reached(shown):
    yield tile(shown, "reach.attendances", facts=counted(shown))
    women, men = (shown.figure("reach.attendances", sex=sex) for sex in ("women", "men"))
    unspecified = shown.figure("reach.attendances", sex="unspecified")
    for sex, own, other, label in (
        ("women", women, men, pgettext("attendances", "Women")),
        ("men", men, women, pgettext("attendances", "Men")),
    ):
        yield _tile_of_sex(shown, sex, own, other, label, unspecified)


def _tile_of_sex(shown, sex, own, other, label, unspecified):
    """A sex with its share of those whose sex is known."""
    value = Value.of(shown.programme, own)
    if own.value is None or other.value is None:
        fact = Fact("empty", _("Not split up by sex"))
        total = shown.figure("reach.attendances")
        return Tile(label, value, facts=(fact,) if total.value is not None else ())
    part = share(own.value, own.value + other.value)
    facts = []
    if part is not None and part < FAIR:
        facts.append(Fact("warning", _("Less than 40 per cent")))
    earlier = _share_before(shown, sex)
    if part is not None and earlier is not None:
        icon = "same" if part == earlier else "up" if part > earlier else "down"
        facts.append(
            Fact(
                icon,
                _("from %(share)s in %(year)s")
                % {"share": percent(earlier), "year": shown.year - 1},
            )
        )
    if unspecified.value and sex == "women":
        facts.append(
            Fact(
                "unclear",
                _("%(n)s without a stated sex") % {"n": number(unspecified.value)},
            )
        )
    series = () if shown.period.is_year else shown.figures.series("reach.attendances", sex=sex)
    return Tile(
        label,
        value,
        small=percent(part) if part is not None else "",
        facts=tuple(facts),
        spark=spark(series) if series else (),
        spark_words=sentence(series) if series else "",
    )


def _share_before(shown, sex):
    """The share of a sex the year before; a year not over has one too, of those counted so far."""
    women, men = (shown.before("reach.attendances", sex=name) for name in ("women", "men"))
    if women is None or women.value is None or men.value is None:
        return None
    own = women if sex == "women" else men
    return share(own.value, women.value + men.value)


def reached_map(shown):
    """Attendances by municipality where they are known; else events."""
    parts = shown.figures.parts("reach.attendances", "municipality", shown.period)
    return "reach.attendances" if any(f.value for _p, f in parts) else "events.held"
