"""Erasing for good (gallring): under a decision, in one act, with an entry in the log.

What is erased is gone from rows and from their history alike, so that nothing brings it back. Where
it was also written into a text (a note, a reason, a draft, a saved filter, a message that waits) it
is replaced there: `rewrite` reads every column of text there is, so that a new one is not forgotten.
Out of reach is what has left the database: printed slips, sent mails, downloaded and uploaded files,
what a browser keeps, and backup copies.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, models, transaction

from .models import Erasure
from .records import Record, sort_name

OTHERS_APPS = {"auth", "contenttypes", "sessions", "account", "mfa"}
# What no person writes: secrets and their hashes, and what follows from a name.
NOT_TYPED = {"password", "token_hash", "seed", "sort_name"}


@dataclass(frozen=True)
class Decision:
    """Gallringsbeslut: where it is found, the day of it where that is known, and who carries it out."""

    reference: str
    decided_on: date | None = None
    by: object = None


def enter(what, number, decision, *, programme, texts=0, records=None):
    """Write the log: `number` of `what` are erased, and `texts` others were rewritten for it.

    `records` are keys of what they belonged to, by kind: {"grants": [3, 4]}; they name nobody.
    `programme` is None where what is erased belonged to none.
    """
    return Erasure.objects.create(
        programme=programme,
        what=what,
        number=number,
        texts=texts,
        records=records or {},
        decision=decision.reference,
        decided_on=decision.decided_on,
        erased_by=decision.by,
        by=str(decision.by or ""),
    )


def rewrite(change, *, by, reason, spare=lambda model, field: False):
    """Put each text through `change`, in every table; returns how many rows became another.

    Rows of history are rewritten as they stand. A record gets a new version, so that a form opened
    before does not bring the old text back, and a line in its history with `reason`. No figure
    changes by it, so closed years are not asked. `spare(model, field)` leaves a column alone.
    """
    rewritten = _rewrite_sessions(change)
    for model in apps.get_models():
        fields = [field for field in _texts(model) if not spare(model, field)]
        for pk, texts in _changed(model, fields, change):
            rewritten += 1
            if issubclass(model, Record):
                _write_record(model, pk, texts, by, reason)
            else:
                model._base_manager.filter(pk=pk).update(**texts)
    return rewritten


def _texts(model):
    """The columns that may hold what a person wrote."""
    if model._meta.app_label in OTHERS_APPS or model._meta.proxy:
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        and not field.choices
        and field.name not in NOT_TYPED
    ]


def _changed(model, fields, change):
    """(key, {column: new text}) of each row that `change` makes another; one query."""
    if not fields:
        return []
    found = []
    names = [field.name for field in fields]
    for pk, *texts in model._base_manager.values_list("pk", *names).iterator():
        new = {}
        for field, text in zip(fields, texts, strict=True):
            changed = in_all(change, text)
            if changed != text:
                new[field.name] = _fitting(field, changed)
        if "name" in new and "sort_name" in {field.name for field in model._meta.fields}:
            new["sort_name"] = sort_name(new["name"])
        if new:
            found.append((pk, new))
    return found


def in_all(change, value):
    """Every text within `value`, which may be lists and mappings as JSON has them, changed."""
    if isinstance(value, str):
        return change(value) if value else value
    if isinstance(value, (list, tuple)):
        return [in_all(change, one) for one in value]
    if isinstance(value, dict):
        return {in_all(change, key): in_all(change, one) for key, one in value.items()}
    return value


def _fitting(field, text):
    if isinstance(field, models.SlugField):
        text = text.lower()
    return text[: field.max_length] if isinstance(text, str) and field.max_length else text


def _write_record(model, pk, texts, by, reason):
    """As a save does, without what a save refuses: the row is another's to change, and append-only ones too."""
    row = model._base_manager.select_for_update().get(pk=pk)
    for name, text in texts.items():
        setattr(row, name, text)
    row.version += 1
    row._history_user, row._change_reason = by, reason
    row.save_base(update_fields=[*texts, "version"])


def _rewrite_sessions(change):
    """What waits in a session to be shown, such as a message."""
    rewritten = 0
    for session in Session.objects.iterator():
        held = session.get_decoded()
        changed = in_all(change, held)
        if changed != held:
            session.session_data = SessionStore().encode(changed)
            session.save(update_fields=["session_data"])
            rewritten += 1
    return rewritten


def leave_nothing_behind():
    """Once this transaction is stored: take what is gone out of SQLite's log of writes too.

    Its pages are overwritten as they are freed (`secure_delete`, in the settings). PostgreSQL clears
    its own by vacuum.
    """
    if connection.vendor == "sqlite":
        transaction.on_commit(_empty_the_log_of_writes)


def _empty_the_log_of_writes():
    # Somebody who reads at this moment holds it back; then the next checkpoint overwrites it.
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
