"""How words are found in the text of records: alike on both databases."""

from django.db.models import Q


def with_words(fields, text):
    """The condition that one of `fields` holds `text`, in whatever case.

    SQLite folds the case of a-z alone, so each way to write å, ä and ö is asked for.
    """
    ways = {text, text.lower(), text.upper(), text.capitalize(), text.title()}
    return Q(
        *[(f"{field}__icontains", way) for field in fields for way in sorted(ways)],
        _connector=Q.OR,
    )
