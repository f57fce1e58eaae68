"""`manage.py export_report`: a yearly or period report as a file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programmes.models import Programme
from programmes.periods import Period
from reports.document import files
from reports.document.content import write
from reports.figures import View


class Command(BaseCommand):
    help = "Writes the report of a year or a period to a file. The view is protected unless given."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--year", type=int)
        parser.add_argument("--from", dest="first", type=int)
        parser.add_argument("--to", dest="last", type=int)
        parser.add_argument("--view", choices=[*View], default=View.PROTECTED)
        parser.add_argument("--format", choices=files.FORMATS, required=True)
        parser.add_argument("--output", required=True)

    def handle(self, *args, slug, year, first, last, view, format, output, **options):
        today = timezone.localdate()
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            raise CommandError(f"There is no programme “{slug}”.")
        period = _period(programme, year, first, last, today)
        target = Path(output)
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder “{target.parent}”.")
        document = write(programme, period, View(view), today=today)
        content = files.rendered(document, format)
        try:
            target.write_bytes(content)
        except OSError as problem:
            raise CommandError(f"“{output}” cannot be written: {problem.strerror}.") from None
        self.stdout.write(f"{target}: {document.kind}, {len(content)} bytes.")


def _period(programme, year, first, last, today):
    """The years asked for; refuses what is no year or period of the programme."""
    if year is not None and first is None and last is None:
        first = last = year
    elif year is not None or first is None or last is None:
        raise CommandError("Give either --year, or both --from and --to.")
    reach = programme.period(today)
    if first > last:
        raise CommandError("--from cannot come after --to.")
    if first not in reach or last not in reach:
        raise CommandError(f"The programme has the years {reach.code}.")
    return Period(first, last)
