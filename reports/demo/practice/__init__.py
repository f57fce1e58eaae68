"""The exercise programme: invented, the same for the same day, with something of everything in it.

What is told in words stands in `ovning/`; the numbers are drawn here. It covers this year and the
two before; the first of them is closed.
"""

from .activities import Activities
from .aims import Aims
from .base import SLUG
from .known import Known
from .placements import Placements
from .register import Register

__all__ = ["SLUG", "load"]


def load(today, by=None):
    """Save the exercise programme for the year of `today` and the two before; return it."""
    return _Everything(today, by).everything()


class _Everything(Aims, Activities, Register, Placements, Known):
    def everything(self):
        self.begin()
        self.groups()
        self.plans()
        self.events()
        self.publications()
        self.milestones()
        self.drafts()
        self.register()
        self.censuses()
        self.grants()
        self.judgements()
        self.completeness()
        self.published()
        self.typed_nationally(self.years[0])
        self.close(self.years[0])
        return self.programme
