"""Undoing: what was changed or deleted is put back as it stood before, for 30 days, by who may write it.

What was written in one request, or went with one deletion, is one act (`programmes.acts`): its rows
of history have one moment and one user. Undoing an act puts its record back, and of the rows within
the record (`parts_of`) each kind that the act touched, whole: the cells of an event come back
together, or not at all. Later changes of the same are undone with it. Everything is written as any
other change, with its history, so that an undoing can be undone.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .acts import one_act
from .records import Record, YearIsClosed

DAYS = 30

RESTORED = (
    "programmes.programme",
    "programmes.initiative",
    "programmes.initiativeyear",
    "programmes.subregion",
    "programmes.municipality",
    "programmes.organisation",
    "programmes.objective",
    "programmes.judgement",
    "programmes.staffing",
    "programmes.completeness",
    "activities.actionplan",
    "activities.plannedactivity",
    "activities.collaborationgroup",
    "activities.groupstatus",
    "activities.eventseries",
    "activities.event",
    "activities.trainingstep",
    "activities.attendance",
    "activities.publication",
    "activities.milestone",
    "activities.link",
    "activities.attachment",
    "activities.draft",
    "enterprises.industry",
    "enterprises.enterprise",
    "enterprises.enterprisestatus",
    "enterprises.contact",
    "enterprises.census",
    "enterprises.censusreturn",
    "enterprises.sentanswer",
    "placements.grant",
    "placements.instalment",
    "placements.placement",
    "reports.publishedfigure",
)
# Of these, what has no page of its own: it comes back with what it is a part of, never alone.
NEVER_ALONE = ("activities.attendance", "activities.link")
# What is not put back, and why.
NOT_RESTORED = {
    "programmes.closedyear": "A year is closed by a decision, and opened on its own page.",
    "accounts.membership": "Who may come in is decided anew, by an invitation.",
    "accounts.invitation": "Its token is kept nowhere: a new one is sent.",
    "accounts.savedfilter": "It is its owner's alone, not everybody's who may write.",
    "enterprises.answerlink": "A personal link that is gone stays gone: a new one is made.",
    "enterprises.toldapart": "It is said again where the two are proposed again.",
    "enterprises.letter": "It tells what was sent with a link.",
    "placements.participant": "A code comes back with its placement, never alone.",
    "placements.outcome": "It is never changed or deleted: a correction is a new one.",
    "reports.nationalentry": "A tick that was taken away is made anew on its page.",
}

# Kinds of which two can be merged into one; that act is undone as a whole.
MERGED = ("enterprises.enterprise",)
# Kinds of which many can be taken in from a file; that act can be undone as a whole, and row by row.
TAKEN_IN = ("enterprises.censusreturn",)
# Kinds of which many can be made in one act, and the list they stand in: that act can be undone as a whole.
MADE_TOGETHER = {"placements.grant": "placements:list"}
# What leaves nothing behind when it becomes a record of another kind, made in the same act.
BECOMES = {"activities.draft": "activities.event"}


class CannotRestore(Exception):
    """Why a record cannot be put back, in words for its reader; nothing was written."""


class NeedsReason(Exception):
    """A decision would become another, which is never done without saying why; nothing was written."""


@cache
def kinds():
    """The kinds of record that are put back by themselves, by the word for each in addresses."""
    return {
        model._meta.model_name: model
        for model in map(apps.get_model, RESTORED)
        if model._meta.label_lower not in NEVER_ALONE
    }


def is_restored(model):
    return model._meta.label_lower in RESTORED


@cache
def parts_of(model):
    """The kinds of row that hang on a record of this kind and go with it: (model, field to it)."""
    return [
        (relation.related_model, relation.field)
        for relation in model._meta.related_objects
        if relation.on_delete is models.CASCADE and is_restored(relation.related_model)
    ]


def owners_of(record):
    """What a record hangs on and would go with."""
    pointers = [p for p in _pointers(type(record)) if p.remote_field.on_delete is models.CASCADE]
    return [owner for pointer in pointers if (owner := getattr(record, pointer.name))]


def oldest():
    """Changes before this moment are not undone any more."""
    return timezone.now() - timedelta(days=DAYS)


@dataclass(frozen=True)
class Act:
    """What one person wrote at one moment."""

    when: datetime
    who: int | None

    @classmethod
    def of(cls, change):
        return cls(change.history_date, change.history_user_id)

    def rows(self, model):
        """Its rows in the history of a model."""
        return model.history.filter(history_date=self.when, history_user=self.who)

    def stood(self, rows):
        """How one record stood before the act, by all `rows` of its history, oldest first; or None."""
        within = [row for row in rows if Act.of(row) == self]
        if within:
            earlier = [row for row in rows if row.history_id < within[0].history_id]
        else:
            earlier = [row for row in rows if row.history_date < self.when]
        last = earlier[-1] if earlier else None
        if within and within[0].history_type == "-":
            # It tells what stood there; the lists (many-to-many) were empty by then.
            return Stood(within[0], lists=last)
        return Stood(last, lists=last) if last and last.history_type != "-" else None


@dataclass(frozen=True)
class Stood:
    """How a record stood: `row` has its fields, `lists` what it was joined with."""

    row: object
    lists: object | None

    @property
    def model(self):
        return self.row.instance_type

    def fields(self):
        """Those that are put back; the version goes on, and a one-time key is never given back."""
        tracked = self.row.tracked_fields
        return [f for f in tracked if not f.primary_key and f.name not in ("version", "form_key")]

    def joined(self):
        """(field, the ids it held) of each list of the record."""
        for many in getattr(self.row, "_history_m2m_fields", ()):
            held = getattr(self.lists, many.name).all() if self.lists else ()
            yield many, {getattr(row, f"{many.m2m_reverse_field_name()}_id") for row in held}

    def new_record(self):
        record = self.model(pk=self.row.id, version=self.row.version + 1)
        key = self.row.form_key
        if key and not self.model._base_manager.filter(form_key=key).exists():
            record.form_key = key
        return record

    def __str__(self):
        return name_of(self.row)


def _past(row):
    """The record a row of a history tells of, with what was read with the row."""
    record = row.history_object
    for pointer in _pointers(type(record)):
        if target := row._state.fields_cache.get(pointer.name):
            setattr(record, pointer.name, target)
    return record


def name_of(row):
    """What a row of a history is called, though what it points at may be gone."""
    try:
        return str(_past(row))
    except ObjectDoesNotExist:
        return str(row.instance_type._meta.verbose_name)


@dataclass
class Restored:
    """What an undoing did: the record, and in words what could not be brought along."""

    record: Record
    left_out: list = field(default_factory=list)


def restore(change, reason=None, seen=None):
    """Undo the act that `change`, a row of a history, is part of. None: all of it stands so already.

    `reason` is needed where the record counts in a closed year (`YearIsClosed`) or a decision would
    change (`NeedsReason`). What was deleted is put back while it is gone, not over what is there now,
    and what comes of it is whole (`Record.check_whole`), or nothing is written. `seen` is the version
    of the record that stood beside its history; a later one is not overwritten unseen.
    """
    undoing = _UndoingAll if _is_of_merge(change) else _Restoring
    with transaction.atomic(), one_act():
        return undoing(change, reason).done(seen)


def undo_all(change):
    """Undo all that was written in the act that `change`, a row of a history, is part of, or nothing."""
    made = change.instance_type._meta.label_lower in MADE_TOGETHER
    undoing = _UndoingMaking if made else _UndoingAll
    with transaction.atomic(), one_act():
        return undoing(change, reason=None).done()


def _is_of_merge(change):
    """Whether the change was made when two records were merged: of one kind one went and one stays."""
    act = Act.of(change)
    for model in map(apps.get_model, MERGED):
        rows = act.rows(model).values_list("id", "history_type")
        gone = {pk for pk, what in rows if what == "-"}
        if gone and {pk for pk, _what in rows} - gone:
            return True
    return False


class _Restoring:
    def __init__(self, change, reason):
        self.act, self.reason = Act.of(change), reason
        self.left_out = []
        model, pk = change.instance_type, change.id
        rows = list(model.history.filter(id=pk).order_by("history_id"))
        self.root = (model, pk)
        self.undoes_deletion = any(
            row.history_type == "-" for row in rows if Act.of(row) == self.act
        )
        stood = self._stood(rows)
        self.wanted = {}  # (model, id): how it stood; None: it did not exist
        self._want_what_it_stood_on(stood)
        self.wanted[self.root] = stood
        self._want_parts(model, [pk])
        self.there = {key: _there(*key) for key in self.wanted}

    def _stood(self, rows):
        stood = self.act.stood(rows)
        if stood is None:
            raise CannotRestore(_("This is how it began: delete it instead."))
        return stood

    def _want_what_it_stood_on(self, stood):
        """What went with the record because it was the last to need it."""
        for pointer in _pointers(stood.model):
            target, pk = pointer.related_model, getattr(stood.row, pointer.attname)
            if pk and issubclass(target, Record) and not _exists(target, pk):
                gone = self.act.rows(target).filter(id=pk, history_type="-").first()
                if gone:
                    rows = target.history.filter(id=pk).order_by("history_id")
                    self.wanted[target, pk] = self.act.stood(list(rows))

    def _want_parts(self, model, owners):
        for part, pointer in parts_of(model):
            ours = {f"{pointer.attname}__in": owners}
            if not self.act.rows(part).filter(**ours).exists():
                continue
            ids = part.history.filter(**ours).values("id")
            rows = part.history.filter(id__in=ids).order_by("id", "history_id")
            found = {pk: list(group) for pk, group in groupby(rows, key=lambda row: row.id)}
            self.wanted |= {(part, pk): self.act.stood(group) for pk, group in found.items()}
            self._want_parts(part, list(found))

    def done(self, seen=None):
        record = self.there[self.root]
        if record and seen not in (None, record.version):
            raise CannotRestore(
                _(
                    "Somebody else changed this in the meantime. Look at it again before you restore it."
                )
            )
        going = [r for key, r in self.there.items() if r and self.wanted[key] is None]
        coming = {key: stood for key, stood in self.wanted.items() if stood and not self.there[key]}
        changing = {
            key: stood
            for key, stood in self.wanted.items()
            if stood and self.there[key] and _differs(self.there[key], stood)
        }
        if not (going or coming or changing):
            return None
        if record and self.undoes_deletion:
            raise CannotRestore(
                _("“%(record)s” is there again already. Nothing was changed.") % {"record": record}
            )
        for record in reversed(going):
            record._change_reason = self.reason
            record.delete()
        for key, stood in self.wanted.items():
            if key in coming or key in changing or key == self.root:
                self._put_back(stood, self.there[key])
        for model, pk in coming:
            self._point_back(model, pk)
        model, pk = self.root
        record = model._base_manager.get(pk=pk)
        self._check_whole(record)
        return Restored(record, self.left_out)

    def _check_whole(self, record):
        """What no row obeys alone has to hold after an undoing too, also where a part came back."""
        for one in (record, *owners_of(record)):
            try:
                one.check_whole()
            except ValidationError as error:
                raise _cannot(one, error) from error

    def _put_back(self, stood, record):
        if not self.reason and _is_decided_anew(stood, record):
            raise NeedsReason
        if record is None:
            if not self._files_are_there(stood):
                return
            record = stood.new_record()
        for one in stood.fields():
            setattr(record, one.attname, getattr(stood.row, one.attname))
        missing = self._empty_pointers(record)
        record._change_reason = self.reason
        try:
            record.validate_unique()
            record.validate_constraints()
        except ValidationError as error:
            if missing:
                raise _needs(stood, missing) from error
            raise _cannot(stood, error) from error
        self.left_out += missing
        record.save(force_insert=record._state.adding)
        for many, held in stood.joined():
            known = set(
                many.related_model._base_manager.filter(pk__in=held).values_list("pk", flat=True)
            )
            self.left_out += _names_of(many.related_model, held - known)
            getattr(record, many.name).set(known)

    def _files_are_there(self, stood):
        """Whether what the row tells of is still on disk; a file alone is refused, one of several left out."""
        for one in stood.fields():
            if isinstance(one, models.FileField):
                name = getattr(stood.row, one.attname)
                if name and not one.storage.exists(str(name)):
                    words = _("the contents of “%(file)s”") % {"file": stood}
                    if self.wanted[self.root] is stood:
                        raise CannotRestore(_("The file is erased: %(file)s.") % {"file": words})
                    self.left_out.append(words)
                    return False
        return True

    def _empty_pointers(self, record):
        """Empty the pointers whose record is gone; refuse where one has to be there."""
        missing = []
        for pointer in _pointers(type(record)):
            pk = getattr(record, pointer.attname)
            if pk is None or _exists(pointer.related_model, pk):
                continue
            names = _names_of(pointer.related_model, {pk})
            if not pointer.null:
                raise _needs(record, names)
            setattr(record, pointer.attname, None)
            missing += names
        return missing

    def _point_back(self, model, pk):
        """What had to let go of the record when it was deleted takes hold of it again."""
        for relation in model._meta.related_objects:
            owners = relation.related_model
            if not (issubclass(owners, Record) and hasattr(owners, "history")):
                continue
            if relation.many_to_many or relation.on_delete is models.SET_NULL:
                ids = set(self.act.rows(owners).values_list("id", flat=True))
                rows = owners.history.filter(id__in=ids).order_by("id", "history_id")
                for owner, group in groupby(rows, key=lambda row: row.id):
                    stood = self.act.stood(list(group))
                    if stood:
                        self._take_hold(_there(owners, owner), stood, relation.field, pk)

    def _take_hold(self, owner, stood, pointer, pk):
        if owner is None:
            return
        owner._change_reason = self.reason
        if pointer.many_to_many:
            held = dict(stood.joined()).get(pointer, ())
            if pk in held and not getattr(owner, pointer.name).filter(pk=pk).exists():
                owner.save()
                getattr(owner, pointer.name).add(pk)
        elif getattr(stood.row, pointer.attname) == pk and getattr(owner, pointer.attname) is None:
            setattr(owner, pointer.attname, pk)
            owner.save()


class _UndoingAll(_Restoring):
    """Undoing an act as a whole, such as a merge: all that was written in it is put back, or nothing.

    What was changed since would be lost unseen, so that forbids it; so does what began in the act.
    """

    def __init__(self, change, reason):
        self.act, self.reason, self.left_out = Act.of(change), reason, []
        self.root = (change.instance_type, change.id)
        self.wanted, self.there = {}, {}
        for model in _with_history():
            ids = set(self.act.rows(model).values_list("id", flat=True))
            rows = model.history.filter(id__in=ids).order_by("id", "history_id")
            for pk, group in groupby(rows, key=lambda row: row.id):
                rows = list(group)
                self.wanted[model, pk] = self._stood(rows)
                self.there[model, pk] = now = _there(model, pk)
                self._refuse_changed(now, [row for row in rows if Act.of(row) == self.act][-1])

    def _refuse_changed(self, now, left):
        if left.history_type == "-":
            changed = now is not None
        else:
            changed = now is None or _differs(now, Stood(left, lists=left))
        if changed:
            raise _changed_since(now or name_of(left))

    def done(self, seen=None):
        """What stayed lets go first, then what went comes back; whatever something hangs on before it."""
        try:
            for _model, keys in groupby(self.wanted, key=lambda key: key[0]):
                keys = list(keys)
                for key in sorted(keys, key=lambda key: self.there[key] is None):
                    self._put_back(self.wanted[key], self.there[key])
        except YearIsClosed as closed:
            raise _is_closed(closed) from closed
        model, pk = self.root
        return Restored(model._base_manager.get(pk=pk), self.left_out)


class _UndoingMaking(_UndoingAll):
    """Undoing that several were made together: all of them go again, with what was made under them.

    What was put under one of them since would be lost unseen, so that forbids it too.
    """

    def _stood(self, rows):
        stood = self.act.stood(rows)
        if stood is not None:
            raise CannotRestore(_("Not all of it was made then: change or delete it one by one."))

    def done(self, seen=None):
        self._refuse_added()
        try:
            for record in reversed(self.there.values()):
                record.delete()
        except YearIsClosed as closed:
            raise _is_closed(closed) from closed
        except ProtectedError as error:
            raise _changed_since(record) from error
        return Restored(record)

    def _refuse_added(self):
        for (model, pk), record in self.there.items():
            for part, pointer in parts_of(model):
                made = [key for kind, key in self.there if kind is part]
                rows = part._base_manager.filter(**{pointer.attname: pk}).exclude(pk__in=made)
                if rows.exists():
                    raise _changed_since(record)


def _changed_since(what):
    return CannotRestore(
        _("“%(record)s” was changed since, so that not all of it can be undone any more.")
        % {"record": what}
    )


def _is_closed(error):
    years = ", ".join(map(str, error.years))
    return CannotRestore(
        _("%(years)s is closed. Ask the administrator to reopen the year first.") % {"years": years}
    )


def _with_history():
    """The kinds of record with a history; first those that others hang on, then what only tells of them."""
    others = [m for m in apps.get_models() if issubclass(m, Record) and hasattr(m, "history")]
    restored = map(apps.get_model, RESTORED)
    return [*restored, *(model for model in others if not is_restored(model))]


def _pointers(model):
    return [f for f in model._meta.concrete_fields if f.is_relation]


def _exists(model, pk):
    return model._base_manager.filter(pk=pk).exists()


def _there(model, pk):
    """The record as it is now, kept from others until the act is done."""
    return model._base_manager.select_for_update().filter(pk=pk).first()


def _differs(record, stood):
    return any(
        getattr(record, one.attname) != getattr(stood.row, one.attname) for one in stood.fields()
    ) or any(
        set(getattr(record, many.name).values_list("pk", flat=True)) != held
        for many, held in stood.joined()
    )


def _is_decided_anew(stood, record):
    """Whether a decision would be another than that which stands, or stood last."""
    names = stood.model.DECISION
    if not names:
        return False
    now = record or stood.model.history.filter(id=stood.row.id).latest("history_id")
    return any(getattr(now, name) != getattr(stood.row, name) for name in names)


def _cannot(what, error):
    return CannotRestore(
        _("“%(record)s” cannot be restored. %(why)s")
        % {"record": what, "why": " ".join(error.messages)}
    )


def _needs(what, names):
    return CannotRestore(
        _("“%(record)s” needs what is deleted: %(names)s. Restore that first.")
        % {"record": what, "names": ", ".join(names)}
    )


def _names_of(model, ids):
    """What records that are gone were called."""
    if not ids or not hasattr(model, "history"):
        return [str(model._meta.verbose_name)] if ids else []
    rows = model.history.filter(id__in=ids, history_type="-").order_by("id", "-history_id")
    latest = {row.id: row for row in reversed(rows)}
    return [f"{model._meta.verbose_name} “{name_of(row)}”" for row in latest.values()]


def programme_of(row):
    """The id of the programme a row of a history belongs to, though what it hung on may be gone."""
    *parents, last = row.instance_type.PROGRAMME.split("__")
    for name in parents:
        pointer = row._meta.get_field(name)
        model, pk = pointer.related_model, getattr(row, pointer.attname)
        row = model._base_manager.filter(pk=pk).first() or model.history.filter(id=pk).first()
        if row is None:
            return None
    return getattr(row, "id" if last == "pk" else f"{last}_id")


def lately_deleted(model, programme, pk):
    """The row of the history by which a record of the programme is put back; None where there is none."""
    rows = model.history.filter(id=pk, history_type="-", history_date__gte=oldest())
    row = rows.order_by("history_id").last()
    gone = row is not None and not _exists(model, pk)
    return row if gone and programme_of(row) == programme.pk else None


def is_undone_as_a_whole(model):
    return model._meta.label_lower in (*TAKEN_IN, *MADE_TOGETHER)


def list_of(model, programme):
    """The address of the list of a kind of which many are made together; "" for others."""
    name = MADE_TOGETHER.get(model._meta.label_lower)
    return reverse(name, args=[programme.slug]) if name else ""


def undo_all_address(programme, record):
    """Where all that was written together with a record, just now, is undone."""
    kind = type(record)._meta.model_name
    change = record.history.latest()
    return reverse("programmes:undo_all", args=[programme.slug, kind, change.pk])


def undo_address(programme, model, pk):
    """Where the latest change of a record, such as its deletion, is undone; "" for kinds that are not put back."""
    if model not in kinds().values():
        return ""
    row = model.history.filter(id=pk).latest("history_id")
    return reverse("programmes:restore", args=[programme.slug, model._meta.model_name, row.pk])


@dataclass(frozen=True)
class Deleted:
    """A record that was deleted and can be put back: `change` is the row of its history that says so."""

    change: object

    @property
    def kind(self):
        """How its kind is called in addresses."""
        return self.change.instance_type._meta.model_name

    @property
    def label(self):
        return self.change.instance_type._meta.verbose_name

    @property
    def name(self):
        return name_of(self.change)

    @property
    def record(self):
        return _past(self.change)

    @property
    def summary(self):
        """What tells it from others of the same name, for kinds that have such."""
        return getattr(self.record, "summary", "")

    @property
    def within(self):
        """What it was a part of, where its name does not say so."""
        owners = map(str, owners_of(self.record))
        return ", ".join(owner for owner in owners if owner not in self.name)


def deleted_since(programme, moment):
    """What was deleted from a programme as itself since `moment`, latest first.

    Not what went with another record, nor what an edit of the record it belonged to took away: that
    comes back with the other. One query a kind.
    """
    found = [
        Deleted(row)
        for model in kinds().values()
        if model.PROGRAMME != "pk"
        for row in _deletions(model, programme, moment)
    ]
    return sorted(found, key=lambda one: one.change.history_date, reverse=True)


def _deletions(model, programme, moment):
    rows = model.history.filter(
        ~Exists(model._base_manager.filter(pk=OuterRef("id"))),
        history_type="-",
        history_date__gte=moment,
        **{model.PROGRAMME: programme.pk},
    )
    for pointer in _pointers(model):
        owner = pointer.related_model
        if pointer.remote_field.on_delete is models.CASCADE and is_restored(owner):
            rows = rows.filter(
                Q(**{pointer.attname: None})
                | Exists(owner._base_manager.filter(pk=OuterRef(pointer.attname))),
                ~Exists(
                    owner.history.filter(
                        id=OuterRef(pointer.attname), history_date=OuterRef("history_date")
                    )
                ),
            )
    if other := BECOMES.get(model._meta.label_lower):
        made = apps.get_model(other).history.filter(
            history_type="+",
            history_date=OuterRef("history_date"),
            history_user=OuterRef("history_user"),
        )
        rows = rows.exclude(Exists(made))
    for merged in map(apps.get_model, MERGED):
        if model is not merged:
            gone = merged.history.filter(history_type="-", history_date=OuterRef("history_date"))
            rows = rows.exclude(Exists(gone))
    rows = rows.select_related("history_user", *_named_by(model)).order_by("history_id")
    latest = {row.id: row for row in rows}.values()
    for pointer in _pointers(model):
        _remember(pointer, latest)
    return latest


def _named_by(model):
    """What the name of a record may be made of: what it points at, and what its owner points at."""
    for pointer in _pointers(model):
        if issubclass(pointer.related_model, Record) and pointer.name != "programme":
            yield pointer.name
            if pointer.remote_field.on_delete is models.CASCADE:
                further = _pointers(pointer.related_model)
                yield from (
                    f"{pointer.name}__{one.name}" for one in further if one.name != "programme"
                )


def _remember(pointer, rows):
    """Fill in what the rows point at and is gone, from its history."""
    orphans = {
        getattr(row, pointer.attname): row
        for row in rows
        if row._state.fields_cache.get(pointer.name, row) is None
    }
    wanted = {pk for pk in orphans if pk is not None}
    if wanted and hasattr(pointer.related_model, "history"):
        gone = pointer.related_model.history.filter(id__in=wanted).order_by("history_id")
        for past in gone:
            orphans[past.id]._state.fields_cache[pointer.name] = past.history_object
