"""Records found by their words and their place."""

from django.db.models import Q

from programmes.models import Place
from programmes.records import RecordQuerySet
from programmes.searching import with_words


class SearchedQuerySet(RecordQuerySet):
    """Records found by their words."""

    def matching(self, text):
        """With these words in one of the fields the model names in `SEARCHED`."""
        return self.filter(with_words(self.model.SEARCHED, text))


class PlacedQuerySet(SearchedQuerySet):
    """Records with a place that counts, found by it and by their words."""

    def at_place(self, code):
        """Where they count: a municipality's code, county, national or online."""
        return self.filter(at_place(code))


def at_place(code):
    return Q(place=code) if code in Place.values else Q(municipality__code=code)
