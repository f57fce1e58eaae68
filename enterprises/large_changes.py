"""Answers that differ so much from the year before's that one asks why."""

from .models import CensusReturn


def large_changes(programme, period):
    """(answer, change) of each answer of `period` that changed much from the enterprise's own the year before.

    Of answers that count, by year and name; an answer's reason is its `change_reason`.
    """
    rows = CensusReturn.objects.filter(
        census__programme=programme, census__year__range=(period.first - 1, period.last)
    )
    rows = rows.counted().select_related("census", "enterprise")
    rows = list(rows.order_by("census__year", "enterprise__sort_name", "pk"))
    by_year = {(row.enterprise_id, row.census.year): row for row in rows}
    for row in rows:
        if row.census.year in period:
            before = by_year.get((row.enterprise_id, row.census.year - 1))
            for change in row.large_changes(before):
                yield row, change
