"""Files on records: put there, and their bytes erased when their rows have been gone long enough."""

import uuid
from collections import Counter
from datetime import timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from programmes.erasing import enter
from programmes.models import Erasure, Programme
from programmes.restoring import DAYS as DAYS_KEPT

from .file_kinds import Unwelcome, recognise
from .models import Attachment

MOST_FILES = 20  # on one record
FOLDER = "attachments"


def attach(record, name, content, *, by=None, form_key=None):
    """Put a file on an event, publication, milestone or group; return its row.

    `content` is its bytes. `ValidationError` says why it cannot be kept. Sent again from the form
    with this one-time key, the same file is the row that was made the first time.
    """
    name, kind = recognise(name, content)
    row = Attachment.of_record(record, name=name, content_type=kind.content_type, size=len(content))
    row.form_key = form_key and _key(form_key, record, name, content)
    row.file = ContentFile(content, name="upload")
    row._history_user = by
    with transaction.atomic():
        # Whoever else puts files on the record waits here: none comes twice, and none too many.
        type(record).objects.select_for_update().get(pk=record.pk)
        if form_key and (first := record.attachments.filter(form_key=row.form_key).first()):
            return first
        if record.attachments.count() >= MOST_FILES:
            raise Unwelcome(
                _("There are %(most)s files here already, which is the most there can be."),
                code="too_many",
                params={"most": MOST_FILES},
            )
        row.full_clean(exclude=["form_key"])
        _store(row)
    return row


def _key(form_key, record, name, content):
    """The one-time key of one file of those that a form sends."""
    told = f"{record._meta.label} {record.pk} {name} {sha256(content).hexdigest()}"
    return uuid.uuid5(form_key, told)


def _store(row):
    """The bytes and the row, both or neither."""
    try:
        row.save()
    except Exception:
        if row.file._committed:
            default_storage.delete(row.file.name)
        raise


def files_of(record):
    """The files of a record, each with `added`, its first row in the history: when, and by whom."""
    rows = list(record.attachments.all())
    made = Attachment.history.filter(history_type="+", id__in=[row.pk for row in rows])
    latest_first = made.select_related("history_user").order_by("-history_date")
    first = {row.id: row for row in latest_first}
    for row in rows:
        row.added = first.get(row.pk)
    return rows


def forgotten(at):
    """(stored name, bytes) of what no row has pointed at for `DAYS_KEPT` days before `at`.

    So long a deleted row may come back. The history tells when a row went. Bytes that never had a
    row, since what was being written was broken off, count from the day they came.
    """
    kept = set(Attachment.objects.values_list("file", flat=True))
    gone = dict(
        Attachment.history.filter(history_type="-")
        .order_by()
        .values_list("file")
        .annotate(latest=Max("history_date"))
    )
    for name in _stored_names():
        if name not in kept:
            since = gone.get(name) or default_storage.get_modified_time(name)
            if since <= at - timedelta(days=DAYS_KEPT):
                yield name, default_storage.size(name)


def erase(files, decision):
    """Erase the bytes of `files`, (stored name, bytes) of each; the log tells how many, by programme.

    The log is written first, so that nothing goes without it.
    """
    names = [name for name, _size in files]
    of_programme = dict(
        Attachment.history.filter(file__in=names).order_by().values_list("file", "programme")
    )
    programmes = {programme.pk: programme for programme in Programme.objects.all()}
    known = [programmes.get(of_programme.get(name)) for name in names]
    with transaction.atomic():
        for programme, number in Counter(known).items():
            enter(Erasure.What.FILES, number, decision, programme=programme)
    for name in names:
        default_storage.delete(name)


def _stored_names():
    if not default_storage.exists(FOLDER):
        return []
    return [f"{FOLDER}/{name}" for name in sorted(default_storage.listdir(FOLDER)[1])]
