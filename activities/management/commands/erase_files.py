"""`manage.py erase_files`: the bytes of files that were taken away from their records long ago."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from activities.attachments import DAYS_KEPT, erase, forgotten
from programmes import formats
from programmes.erasing import Decision
from programmes.models import Erasure


class Command(BaseCommand):
    help = f"Erase the bytes of files whose record or row was deleted {DAYS_KEPT} days ago or more."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased")
        parser.add_argument(
            "--decision", default="", help="where the decision to erase is found, for the log"
        )

    def handle(self, *args, dry_run, decision, **options):
        decision = decision.strip()
        if not (dry_run or decision):
            raise CommandError(
                "Nothing is erased without a decision: say where it is found with --decision, "
                "or look with --dry-run."
            )
        if len(decision) > Erasure._meta.get_field("decision").max_length:
            raise CommandError("The decision is too long: at most 200 characters.")
        found = list(forgotten(timezone.now()))
        if dry_run:
            for name, _size in found:
                self.stdout.write(name)
        elif found:
            erase(found, Decision(decision))
        files = "1 file" if len(found) == 1 else f"{len(found)} files"
        said = "would be erased" if dry_run else "erased"
        size = sum(size for _name, size in found)
        self.stdout.write(f"{files}, {formats.bytes_of(size)}, {said}.")
