"""`manage.py figures`: the figures of a programme and period, for other programs to read."""

import csv
import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from programmes.models import Programme
from programmes.periods import Period
from reports.figures import View, figures

COLUMNS = (
    "indicator",
    "breakdown",
    "period",
    "value",
    "unit",
    "basis",
    "published",
    "difference",
)


def bare(number):
    """A number for machines: 1275, -6, 0.478261; None stays None."""
    if number is None:
        return None
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded


def rows(figure_set):
    """The contract's rows, one a figure."""
    for figure in figure_set:
        yield {
            "indicator": figure.indicator.code,
            "breakdown": figure.breakdown,
            "period": figure.period.code,
            "value": bare(figure.value),
            "unit": figure.unit,
            "basis": str(figure.basis),
            "published": bare(figure.published),
            "difference": bare(figure.difference),
        }


def written(number):
    """A number as text without exponent; nothing for None."""
    if number is None:
        return ""
    return str(number) if isinstance(number, int) else f"{number:.6f}".rstrip("0")


class Command(BaseCommand):
    help = "Print the figures of a programme and period as CSV or JSON."

    def add_arguments(self, parser):
        parser.add_argument("programme")
        parser.add_argument("--from", dest="first", type=int, required=True, metavar="YEAR")
        parser.add_argument("--to", dest="last", type=int, required=True, metavar="YEAR")
        parser.add_argument("--view", choices=[*View], default=View.PROTECTED)
        parser.add_argument("--initiative")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *args, programme, first, last, view, initiative, **options):
        with translation.override("en"):
            figure_set = self.figures(programme, first, last, view, initiative)
        if options["format"] == "json":
            self.stdout.write(json.dumps(list(rows(figure_set)), ensure_ascii=False, indent=1))
        else:
            self.write_csv(figure_set)

    def figures(self, slug, first, last, view, initiative_slug):
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            raise CommandError(f"There is no programme “{slug}”.")
        initiative = None
        if initiative_slug:
            initiative = programme.initiatives.filter(slug=initiative_slug).first()
            if initiative is None:
                raise CommandError(f"There is no initiative “{initiative_slug}” in “{slug}”.")
        if first > last:
            raise CommandError("--from cannot come after --to.")
        try:
            period = Period(first, last)
        except ValueError:
            raise CommandError("Give years between 1900 and 2200.") from None
        today = timezone.localdate()
        return figures(programme, period, view, today=today, initiative=initiative)

    def write_csv(self, figure_set):
        writer = csv.DictWriter(self.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows(figure_set):
            numbers = {name: written(row[name]) for name in ("value", "published", "difference")}
            writer.writerow(row | numbers)
