"""Columns for the twelve months of a year."""

from django.utils.translation import gettext as _

from activities.figures import EVENTS_HELD
from programmes.formats import number

from .cells import Cell
from .drawing import CURRENT, FLOOR, Bar, Column, Scale, Slots
from .years import Chart


def month_chart(title, measure, sentence, counts, labels):
    """Columns for the twelve months; `counts` are numbers, None for a month still to come."""
    scale = Scale(EVENTS_HELD, max((count or 0 for count in counts), default=0))
    slots = Slots(len(counts))
    columns = []
    for index, (count, label) in enumerate(zip(counts, labels, strict=True)):
        middle = slots.middle(index)
        bars = ()
        if count:
            top = scale.y(count)
            words = f"{label}: {number(count)}"
            bars = (
                Bar(
                    *CURRENT,
                    round(middle - slots.width / 2, 1),
                    round(top, 1),
                    round(slots.width, 1),
                    round(FLOOR - top, 1),
                    words,
                ),
            )
        total = number(count) if count else ""
        columns.append(Column(label, middle, round(scale.y(count or 0) - 9, 1), total, bars))
    return Chart(
        code="months",
        title=title,
        measure=measure,
        sentence=sentence,
        columns=tuple(columns),
        ticks=tuple(scale.ticks()),
        table_title=measure,
        corner="",
        labels=tuple(labels),
        table=((_("Events"), [Cell(number(count)) for count in counts]),),
    )
