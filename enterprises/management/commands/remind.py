"""`manage.py remind`, to be run daily: reminds the enterprises that have not answered an open census."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enterprises.letters import DAYS_BEFORE, REMINDER, due, follow, send
from enterprises.models import Census


class Command(BaseCommand):
    help = (
        "Remind those who have got the question and not answered, "
        f"{', '.join(map(str, DAYS_BEFORE))} days before the day to answer by. "
        "Run it daily: nobody is reminded twice for the same day."
    )

    def add_arguments(self, parser):
        parser.add_argument("slug", nargs="?", help="of one programme; all unless given")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent")

    def handle(self, *args, slug, dry_run, **options):
        base = settings.PUBLIC_URL
        if not (base or dry_run or settings.DEMO):
            raise CommandError("Set PUBLIC_URL: the letters lead there.")
        today = timezone.localdate()
        open_ones = Census.objects.filter(closed_on=None, answer_by__gte=today)
        open_ones = open_ones.select_related("programme").order_by("programme__slug", "year")
        if slug:
            open_ones = open_ones.filter(programme__slug=slug)
        for census in open_ones:
            those = due(follow(census), census, today=today)
            if dry_run:
                outcome = f"{len(those)} to remind"
            else:
                sending = send(those, REMINDER, base=base)
                outcome = f"{sending.sent} reminded, {sending.refused} refused"
            self.stdout.write(f"{census.programme.slug} {census.year}: {outcome}")
        if not open_ones:
            self.stdout.write("No open census with a day to answer by.")
