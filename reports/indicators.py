"""All indicators of all apps, in the order they are shown, and the words for their parts."""

from django.utils.translation import gettext_lazy as _

import activities.figures
import enterprises.figures
import placements.figures
import programmes.figures
from activities.models import Audience, EventKind, Milestone, Publication
from enterprises.figures import REFERRER_WORDS
from placements.models import Outcome
from programmes.figures import Definition, Indicator, Kind
from programmes.models import Completeness, Place

SOURCES = (activities.figures, enterprises.figures, placements.figures, programmes.figures)
INDICATORS = {indicator.code: indicator for source in SOURCES for indicator in source.INDICATORS}

# Printed by somebody and checked against parts, but no figure of ours.
ENGAGED = Indicator(
    code="engaged",
    label=_("Persons engaged"),
    unit="persons",
    unit_label=_("persons"),
    kind=Kind.STOCK,
    area=Completeness.Area.CENSUS,
    definitions=(Definition(_("Employees and persons placed, added up for a check alone.")),),
)

SEX_WORDS = {"women": _("women"), "men": _("men"), "unspecified": _("not specified")}
AUDIENCE_WORDS = {**dict(Audience.choices), "unspecified": _("not split up")}


class Words:
    """The reader's words for the values of a programme's dimensions."""

    def __init__(self, programme):
        self.municipalities = {m.code: m.name for m in programme.municipalities.all()}
        places = self.municipalities | {
            value: label for value, label in Place.choices if value != Place.MUNICIPALITY
        }
        organisations = dict(programme.organisations.values_list("slug", "name"))
        self.subregions = dict(programme.subregions.values_list("slug", "name"))
        self._words = {
            "sex": SEX_WORDS,
            "audience": AUDIENCE_WORDS,
            "referrer": REFERRER_WORDS,
            "result": dict(Outcome.Result.choices),
            "municipality": places,
            "subregion": self.subregions,
            "organisation": {**organisations, "unspecified": _("no organisation stated")},
            "kind": {
                **dict(EventKind.choices),
                **dict(Publication.Kind.choices),
                **dict(Milestone.Kind.choices),
                "other": _("other kind"),  # events and milestones both have one
            },
        }

    def value(self, dimension, value):
        return str(self._words.get(dimension, {}).get(value, value))

    def part(self, key):
        """A breakdown in words: "politicians, women"; empty for a total."""
        return ", ".join(self.value(name, value) for name, value in key)
