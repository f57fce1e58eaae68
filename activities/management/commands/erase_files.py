"""`manage.py erase_files`: the bytes of files that were taken away from their records long ago."""

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from activities.attachments import DAYS_KEPT, forgotten
from programmes import formats


class Command(BaseCommand):
    help = f"Erase the bytes of files whose record or row was deleted {DAYS_KEPT} days ago or more."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased")

    def handle(self, *args, dry_run, **options):
        number = size = 0
        for name, its_size in forgotten(timezone.now()):
            number, size = number + 1, size + its_size
            if dry_run:
                self.stdout.write(name)
            else:
                default_storage.delete(name)
        files = "1 file" if number == 1 else f"{number} files"
        said = "would be erased" if dry_run else "erased"
        self.stdout.write(f"{files}, {formats.bytes_of(size)}, {said}.")
