"""`manage.py due_for_erasure`: how much is due to be erased, by programme. It tells, and erases nothing."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from programmes.models import Programme
from reports.retention import Due, files_due


class Command(BaseCommand):
    help = "Say how many codes, contacts and files may be erased. Erasing takes a decision."

    def handle(self, *args, **options):
        today = timezone.localdate()
        for programme in Programme.objects.order_by("slug"):
            due = Due(programme, today)
            if due.number_of_codes or due.number_of_contacts:
                self.stdout.write(
                    f"{programme.slug}: codes {due.number_of_codes}, "
                    f"contacts {due.number_of_contacts}"
                )
        self.stdout.write(f"deleted files: {files_due()}")
