"""Who changed a record, when, and what stood there before: its history in a reader's words."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import formats

KEPT_QUIET = {"id", "version", "form_key", "sort_name", "token_hash"}
WORDS = {"+": _("Made"), "~": _("Changed"), "-": _("Deleted")}
LATEST = 20


@dataclass(frozen=True)
class Change:
    """One save: what was done, by whom (None: by a command), why, and (label, before, after) of each field."""

    when: datetime
    who: object
    what: str
    reason: str
    subject: str
    fields: tuple


def changes_of(record, *parts):
    """The latest changes of a record, newest first; `parts` are the histories of rows within it.

    A query a history, and one for each kind of record that is pointed at.
    """
    histories = [record.history.all(), *parts]
    found = [change for history in histories for change in _changes(history, record)]
    return sorted(found, key=lambda change: change.when, reverse=True)[:LATEST]


def _changes(history, record):
    rows = list(history.select_related("history_user").order_by("id", "history_date", "history_id"))
    fields = _Fields(rows)
    for earlier, row in pairwise([None, *rows]):
        before = earlier if earlier and earlier.id == row.id else None
        is_part = row.instance_type is not type(record)
        told = row.history_type != "-" and (before or is_part)
        yield Change(
            when=row.history_date,
            who=row.history_user,
            what=WORDS[row.history_type],
            reason=row.history_change_reason or "",
            subject=fields.subject(row) if is_part else "",
            fields=tuple(fields.differences(before, row)) if told else (),
        )


class _Fields:
    """The fields a person fills in, and what they point at, read once a kind."""

    def __init__(self, rows):
        model = rows[0].instance_type if rows else None
        self.fields = [
            field
            for field in (model._meta.concrete_fields if model else ())
            if field.name not in KEPT_QUIET and field.editable
        ]
        self.pointed_at = {
            field.name: field.related_model._base_manager.in_bulk(
                {getattr(row, field.attname) for row in rows} - {None}
            )
            for field in self.fields
            if field.is_relation
        }

    def subject(self, row):
        """What a row within a record is about, such as the audience that is counted."""
        chosen = [self.told(row, field) for field in self.fields if field.choices]
        return next((words for words in chosen if words != formats.UNKNOWN), "")

    def differences(self, before, row):
        """(label, before, after); of a new row only the numbers and words it brings."""
        for field in self.fields:
            now = getattr(row, field.attname)
            if before is None:
                if now and not field.is_relation and not field.choices:
                    yield capfirst(field.verbose_name), "", self.told(row, field)
            elif getattr(before, field.attname) != now:
                yield capfirst(field.verbose_name), self.told(before, field), self.told(row, field)

    def told(self, row, field):
        value = getattr(row, field.attname)
        if value in (None, ""):
            return formats.UNKNOWN
        if field.is_relation:
            return str(self.pointed_at[field.name].get(value, formats.UNKNOWN))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return formats.number(value) if isinstance(value, int) and value > 9999 else str(value)
