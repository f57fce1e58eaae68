"""Why a figure is what it is, in one or two sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.figures import UTILISATION
from programmes.formats import number

from ..figures import Basis

EACH_ONCE = {
    "events.held",
    "events.without_attendance",
    "milestones",
    "groups.active",
    "enterprises.count",
    "census.expected",
    "census.returns",
    "placements.started",
    "placements.persons",
    "grants.used",
    "outcomes",
}


def sentence(figure, found):
    if figure.is_protected:
        return _("The number is protected: it could tell something about single persons.")
    if not figure.is_applicable:
        return _("The programme has nothing of this to record here.")
    if figure.value is None:
        return _unknown(found)
    if figure.basis == Basis.PUBLISHED and figure.period.is_year:
        if len(found.rows) > 1:
            text = _("The sum of %(rows)s. They stand in for records that are missing.")
            return text % {"rows": found.count}
        return _("A printed figure. It stands in for records that are missing.")
    if figure.basis in (Basis.PUBLISHED, Basis.MIXED):
        return _("The sum of %(rows)s.") % {"rows": found.count}
    if figure.indicator is UTILISATION:
        return _("Places used, divided by places granted.")
    if figure.indicator.unit == "percent":
        return _("The mean of the year's days: each period weighs as many days as it lasted.")
    return _from_records(figure, found)


def _unknown(found):
    if found.uncounted:
        return ngettext(
            "Not available. %(n)s record waits for its number.",
            "Not available. %(n)s records wait for their numbers.",
            found.uncounted,
        ) % {"n": number(found.uncounted)}
    return _("Not available. Nobody has recorded it, and no printed figure stands in.")


def _from_records(figure, found):
    if found.is_closed:
        return _("It is derived from records that only the programme's office and auditors read.")
    if not found.rows:
        text = _("There is no such record.")
        if not figure.incomplete:
            text = _("There is no such record, and the records are complete. So it is 0.")
    elif figure.indicator.code in EACH_ONCE:
        text = _("%(rows)s, each counted once.") % {"rows": found.count}
    elif figure.indicator.code == "reach.attendances":
        text = _("Those present at %(rows)s, added up.") % {"rows": found.count}
    else:
        text = _("The sum of %(rows)s.") % {"rows": found.count}
    if found.uncounted and found.noun != "answers":  # whose card accounts for all who were asked
        text += " " + ngettext(
            "%(n)s more has no number yet.", "%(n)s more have no number yet.", found.uncounted
        ) % {"n": number(found.uncounted)}
    return text
