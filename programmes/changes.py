"""Who changed a record, when, and what stood there before: its history in a reader's words."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import formats
from .restoring import Act, kinds, oldest, parts_of

KEPT_QUIET = {"id", "version", "form_key", "sort_name", "token_hash", "file"}
NAMES = ("title", "name", "label", "url")
WORDS = {"+": _("Made"), "~": _("Changed"), "-": _("Deleted")}
RESTORED_AGAIN = _("Restored")
LATEST = 20


@dataclass(frozen=True)
class Change:
    """What one act did to one row: by whom (None: by a command), why, and (label, before, after) of each field.

    `undo` is the row of the history by which the act is undone; of what an act wrote only the first
    has it, and none where it is how the record began or where it is too long ago. `seen` is the
    version of the record as it stands. One that `continues` belongs to the act told above it.
    """

    when: datetime
    who: object
    what: str
    reason: str
    subject: str
    fields: tuple
    undo: object = None
    seen: int | None = None
    continues: bool = False

    @property
    def kind(self):
        """How the kind of record is called in addresses."""
        return self.undo.instance_type._meta.model_name


def changes_of(record):
    """The latest changes of a record and of the rows within it, newest first.

    A query a history, and one for each kind of record that is pointed at.
    """
    within = [part.history.filter(**{to.name: record.pk}) for part, to in parts_of(type(record))]
    written = [one for history in (record.history.all(), *within) for one in _written(history)]
    written.sort(key=lambda one: one.act.when, reverse=True)
    acts = groupby(written, key=lambda one: one.act)
    return [change for _act, rows in acts for change in _told(list(rows), record)][:LATEST]


@dataclass(frozen=True)
class _Written:
    """What an act wrote of one row, however often: how it stood before, first and last in the act."""

    act: Act
    before: object
    first: object
    last: object
    fields: object

    @property
    def what(self):
        if self.last.history_type == "-":
            return WORDS["-"]
        if self.first.history_type == "+":
            return RESTORED_AGAIN if self.before else WORDS["+"]
        return WORDS["~"]

    @property
    def reason(self):
        return self.last.history_change_reason or self.first.history_change_reason or ""

    def is_of(self, record):
        return self.last.instance_type is type(record)

    def differences(self, record):
        """(label, before, after) of what changed; of a record that begins, nothing: it stands there."""
        begins = self.before is None and self.is_of(record)
        if begins or self.last.history_type == "-":
            return ()
        return tuple(self.fields.differences(self.before, self.last))


def _written(history):
    rows = list(history.select_related("history_user").order_by("id", "history_id"))
    fields, last = Fields(rows), None
    for (pk, act), group in groupby(rows, key=lambda row: (row.id, Act.of(row))):
        first, *_others = together = list(group)
        before = last if last and last.id == pk else None
        last = together[-1]
        yield _Written(act, before, first, last, fields)


def _told(written, record):
    """The changes of one act, the record's own first; it is undone as a whole."""
    own, *_parts = written = sorted(written, key=lambda one: not one.is_of(record))
    found = [(one, one.differences(record)) for one in written]
    # A save that changed nothing in the record is not worth a line where its parts say more.
    telling = [(one, fields) for one, fields in found if fields or one.first.history_type != "~"]
    undo = own.first if telling and _can_be_undone(own) else None
    told = telling or found
    for number, (one, fields) in enumerate(told):
        subject = "" if one.is_of(record) else one.fields.subject(one.last)
        is_said = number and subject and one.what == told[number - 1][0].what
        yield Change(
            when=one.act.when,
            who=one.last.history_user,
            what="" if is_said else one.what,
            reason=one.reason,
            subject=subject,
            fields=fields,
            undo=None if number else undo,
            seen=record.version if own.is_of(record) else None,
            continues=number > 0,
        )


def _can_be_undone(own):
    late = own.act.when < oldest()
    alone = own.first.instance_type in kinds().values()
    return own.first.history_type != "+" and alone and not late


class Fields:
    """The fields a person fills in, and what they point at, read once for all `rows` of a history."""

    def __init__(self, rows):
        model = rows[0].instance_type if rows else None
        self.fields = [
            field
            for field in (model._meta.concrete_fields if model else ())
            if field.name not in KEPT_QUIET and (field.editable or field.name in model.TOLD)
        ]
        self.pointed_at = {
            field.name: field.related_model._base_manager.in_bulk(
                {getattr(row, field.attname) for row in rows} - {None}
            )
            for field in self.fields
            if field.is_relation
        }
        self.lists = {many: _held(many, rows) for many in _lists(rows)}

    def subject(self, row):
        """What a row within a record is about: its name, what sums it up, or the audience that is counted."""
        if summary := getattr(row.instance_type, "summary", None):
            return summary.fget(row)
        if name := next(filter(None, (getattr(row, name, "") for name in NAMES)), ""):
            return name
        chosen = [self.told(row, field) for field in self.fields if field.choices]
        return next((words for words in chosen if words != formats.UNKNOWN), "")

    def differences(self, before, row, but=()):
        """(label, before, after), `but` some fields; of a new row the numbers and words it brings."""
        for field in self.fields:
            now = getattr(row, field.attname)
            if field.name in but:
                continue
            if before is None:
                if now and not field.is_relation and not field.choices:
                    yield capfirst(field.verbose_name), "", self.told(row, field)
            elif getattr(before, field.attname) != now:
                yield capfirst(field.verbose_name), self.told(before, field), self.told(row, field)
        for many, held in self.lists.items():
            if many.name not in but and before and before.history_type != "-":
                earlier, now = held.get(before.pk, set()), held.get(row.pk, set())
                if earlier != now:
                    yield capfirst(many.verbose_name), _listed(earlier), _listed(now)

    def told(self, row, field):
        value = getattr(row, field.attname)
        if value in (None, "", []):
            return formats.UNKNOWN
        if field.is_relation:
            return str(self.pointed_at[field.name].get(value, formats.UNKNOWN))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, list):
            fields = map(row.instance_type._meta.get_field, value)
            return capfirst(", ".join(str(one.verbose_name) for one in fields))
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        return formats.number(value) if isinstance(value, int) and value > 9999 else str(value)


def _lists(rows):
    """The many-to-many fields whose history is kept."""
    return getattr(rows[0], "_history_m2m_fields", ()) if rows else ()


def _held(many, rows):
    """{key of a row of the history: the records it was joined with}; one query and one for their names."""
    kept = getattr(rows[0], many.name).model.objects.filter(history__in=[row.pk for row in rows])
    name = f"{many.m2m_reverse_field_name()}_id"
    pairs = list(kept.values_list("history", name))
    known = many.related_model._base_manager.in_bulk({pk for _row, pk in pairs})
    held = {}
    for row, pk in pairs:
        held.setdefault(row, set()).add(known.get(pk, formats.UNKNOWN))
    return held


def _listed(records):
    return ", ".join(sorted(map(str, records))) or formats.UNKNOWN
