"""How many enterprises have answered a census, said the same way wherever a sum of their answers stands."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programmes import formats

FEWEST_ALL = 3  # of fewer enterprises nobody says "all"


class Answered(NamedTuple):
    """Of the enterprises `asked`, how many have `answered`: those whose answers count."""

    answered: int
    asked: int

    @property
    def is_whole(self):
        return self.answered == self.asked

    @property
    def words(self):
        """ "27 of 31 enterprises have answered; the numbers are about those", "All 31 enterprises have answered"."""
        return f"{self.share} {self.rest}"

    @property
    def brief(self):
        """The same beside a number of enterprises, which stands whether they answered or not."""
        return f"{self.share} {_('enterprises have answered')}"

    @property
    def within(self):
        """`brief` as it stands within a sentence."""
        return self.brief[:1].lower() + self.brief[1:]

    @property
    def share(self):
        """Its beginning: "27 of 31", "All 31"."""
        if self.is_whole and self.asked >= FEWEST_ALL:
            return _("All %(asked)s") % {"asked": formats.number(self.asked)}
        return _("%(answered)s of %(asked)s") % {
            "answered": formats.number(self.answered),
            "asked": formats.number(self.asked),
        }

    @property
    def rest(self):
        """What follows the share; where all or none have answered there is nothing to add."""
        if self.is_whole or not self.answered:
            return _("enterprises have answered")
        return ngettext(
            "enterprises have answered; the numbers are about that one",
            "enterprises have answered; the numbers are about those",
            self.answered,
        )
