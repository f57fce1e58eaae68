"""Who changed a record, when, and what stood there before: its history in a reader's words."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import formats
from .restoring import Act, is_restored, oldest, parts_of

KEPT_QUIET = {"id", "version", "form_key", "sort_name", "token_hash", "file"}
NAMES = ("title", "name", "label", "url")
WORDS = {"+": _("Made"), "~": _("Changed"), "-": _("Deleted")}
LATEST = 20


@dataclass(frozen=True)
class Change:
    """What one act did to one row: by whom (None: by a command), why, and (label, before, after) of each field.

    `undo` is the row of the history by which the act is undone; of what an act wrote only the first
    has it, and none where it is how the record began or where it is too long ago.
    """

    when: datetime
    who: object
    what: str
    reason: str
    subject: str
    fields: tuple
    undo: object = None

    @property
    def kind(self):
        """How the kind of record is called in addresses."""
        return self.undo.instance_type._meta.model_name


def changes_of(record, *parts):
    """The latest changes of a record and of the rows within it, newest first.

    `parts` are further histories. A query a history, and one for each kind of record that is
    pointed at.
    """
    model = type(record)
    own = record.history.all()
    within = [part.history.filter(**{to.name: record.pk}) for part, to in parts_of(model)]
    known = {history.model for history in (own, *within)}
    further = [history for history in parts if history.model not in known]
    found = [change for history in (own, *within, *further) for change in _changes(history, record)]
    found.sort(key=lambda change: change.when, reverse=True)
    told = [change for change in _undone_once(found) if change.fields or not change.quiet]
    return [change.told for change in told][:LATEST]


@dataclass
class _Found:
    """A change on its way to be told; `quiet` if nobody would miss it: its act says more elsewhere."""

    when: datetime
    act: Act
    told: Change
    first: object
    is_part: bool
    quiet: bool = False

    @property
    def fields(self):
        return self.told.fields


def _undone_once(found):
    """Of each act the first change that can be undone undoes the whole."""
    for _act, group in groupby(found, key=lambda change: change.act):
        changes = sorted(group, key=lambda change: change.is_part)
        own = changes[0]
        if (
            len(changes) > 1
            and not own.is_part
            and not own.fields
            and own.first.history_type == "~"
        ):
            own.quiet = True
        shown = [change for change in changes if not change.quiet]
        if _can_be_undone(own, changes):
            shown[0].told = replace(shown[0].told, undo=own.first)
        yield from changes


def _can_be_undone(own, changes):
    began = own.first.history_type == "+"
    says_something = any(change.fields or change.first.history_type == "-" for change in changes)
    late = own.when < oldest()
    return says_something and not began and not late and is_restored(own.first.instance_type)


def _changes(history, record):
    """What each act did to each row: however often it wrote it, told once."""
    rows = list(history.select_related("history_user").order_by("id", "history_id"))
    fields = Fields(rows)
    last = None
    for (pk, act), group in groupby(rows, key=lambda row: (row.id, Act.of(row))):
        written = list(group)
        first, row = written[0], written[-1]
        before = last if last and last.id == pk else None
        is_part = row.instance_type is not type(record)
        told = row.history_type != "-" and (before or is_part)
        reasons = [one.history_change_reason for one in written if one.history_change_reason]
        change = Change(
            when=row.history_date,
            who=row.history_user,
            what=_what(before, first, row),
            reason=reasons[0] if reasons else "",
            subject=fields.subject(row) if is_part else "",
            fields=tuple(fields.differences(before, row)) if told else (),
        )
        yield _Found(row.history_date, act, change, first, is_part)
        last = row


def _what(before, first, row):
    if row.history_type == "-":
        return WORDS["-"]
    if first.history_type == "+":
        return _("Restored") if before else WORDS["+"]
    return WORDS["~"]


class Fields:
    """The fields a person fills in, and what they point at, read once for all `rows` of a history."""

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
        self.lists = {many: _held(many, rows) for many in _lists(rows)}

    def subject(self, row):
        """What a row within a record is about: its name, or the audience that is counted."""
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
        if value in (None, ""):
            return formats.UNKNOWN
        if field.is_relation:
            return str(self.pointed_at[field.name].get(value, formats.UNKNOWN))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
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
