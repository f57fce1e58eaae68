"""The public holidays of Sweden (lagen 1989:253), with the eves on which offices are closed."""

from datetime import date, timedelta

from dateutil.easter import easter
from django.utils.translation import gettext_lazy as _

FIXED = {
    (1, 1): _("New Year's Day"),
    (1, 6): _("Epiphany"),
    (5, 1): _("the First of May"),
    (6, 6): _("the National Day"),
    (12, 24): _("Christmas Eve"),
    (12, 25): _("Christmas Day"),
    (12, 26): _("Boxing Day"),
    (12, 31): _("New Year's Eve"),
}
FROM_EASTER = {
    -2: _("Good Friday"),
    0: _("Easter Day"),
    1: _("Easter Monday"),
    39: _("Ascension Day"),
    49: _("Whit Sunday"),
}
SATURDAY = 5


def holiday(day):
    """What the holiday is called, such as "långfredagen"; None on any other day, Sundays too."""
    if name := FIXED.get((day.month, day.day)):
        return name
    if name := FROM_EASTER.get((day - easter(day.year)).days):
        return name
    if day == _saturday_from(date(day.year, 6, 20)) - timedelta(1):
        return _("Midsummer Eve")
    if day == _saturday_from(date(day.year, 6, 20)):
        return _("Midsummer Day")
    if day == _saturday_from(date(day.year, 10, 31)):
        return _("All Saints' Day")
    return None


def _saturday_from(day):
    return day + timedelta((SATURDAY - day.weekday()) % 7)
