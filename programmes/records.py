"""What every record has in common: who may see it, its version, its one-time key, its year.

A record is a row that belongs to a programme. `PROGRAMME` is the path to the programme, `YEAR` the
path to the calendar year in which the record counts (none: it counts in no year by itself). Access
is written here once and starts every lookup; closed years are enforced here, in save and delete and
in the bulk functions alike.

A record may count in more years than the one it begins in: `counting_years` says in which. What its
figures read of other records is in `READS`; a change of that is a change in the years it counts.
"""

import re
from contextlib import suppress
from datetime import timedelta
from functools import cache
from itertools import chain

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import F, OuterRef, ProtectedError, RestrictedError, Subquery
from django.db.models.deletion import Collector
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from .acts import one_act
from .periods import LAST_YEAR


class LostUpdate(Exception):
    """Somebody else saved the record after it was read; nothing was written."""


class YearIsClosed(ValidationError):
    """The record counts in a year whose report is adopted."""

    def __init__(self, years):
        self.years = sorted(years)
        super().__init__(
            _("%(years)s is closed: its report is adopted. Give a reason for the correction."),
            code="closed_year",
            params={"years": ", ".join(map(str, self.years))},
        )


class RecordQuerySet(models.QuerySet):
    """Records of programmes. Every lookup in a view starts with one of the first two."""

    def visible_to(self, user):
        closed = self.model.CLOSED
        return self.of(user.full_programmes() if closed else user.visible_programmes())

    def editable_by(self, user):
        managed = self.model.MANAGED
        return self.of(user.managed_programmes() if managed else user.editable_programmes())

    def of(self, programmes):
        return self.filter(**{f"{self.model.PROGRAMME}__in": programmes})

    def update(self, **kwargs):
        self._refuse_closed({self.model._meta.get_field(name).name for name in kwargs})
        return super().update(**kwargs)

    def delete(self):
        self._refuse_closed()
        return super().delete()

    update.alters_data = delete.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        if self.model.YEAR and closed_years().exists():
            _refuse(_years_meant(objs))
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        if _has_years(self.model) and closed_years().exists():
            stored = self.model._base_manager.filter(pk__in=[row.pk for row in objs])
            _refuse([*_years_meant(objs), *years_of(stored, set(fields))])
        return super().bulk_update(objs, fields, *args, **kwargs)

    def _refuse_closed(self, changed=None):
        if self.query.is_sliced or not _has_years(self.model):
            return
        if closed_years().exists():
            _refuse(years_of(self, changed))


class Record(models.Model):
    """A row of a programme.

    `version` rises by one at each save; a save of an older version raises `LostUpdate`.
    `form_key` is the one-time key of the form that made the row: a repeated submission finds it.
    """

    PROGRAMME = "programme"
    YEAR = None
    READS = ()  # paths to what figures of the years it counts in read of other records
    DECISION = ()  # fields that hold a decision: a change of it says why
    CLOSED = False  # read by administrator, process leader and auditor alone
    MANAGED = False  # written by the administrator alone
    TOLD = ()  # fields of no form that its history tells all the same

    version = models.PositiveIntegerField(default=1, editable=False)
    form_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def shown(rows, user, programme):
        """Told that `user` was shown `rows` of this kind, beside what a page is about.

        A kind whose readers are noted says so here.
        """

    @property
    def programme_key(self):
        """The id of the programme the record belongs to."""
        return self._walk(self.PROGRAMME, identifier=True)

    @property
    def counting_year(self):
        """The calendar year in which the record counts; None for what belongs to no year."""
        return self._walk(self.YEAR) if self.YEAR else None

    @property
    def counting_years(self):
        """Every calendar year whose figures the record as it stands has a part in."""
        return {self.counting_year}

    @property
    def reading_years(self):
        """Those of `counting_years` whose figures read what is in `READS`."""
        return self.counting_years

    @classmethod
    def with_years(cls, rows):
        """The stored `rows` with all that their `counting_years` asks for."""
        parents = [path.rpartition("__")[0] for path in (cls.PROGRAMME, cls.YEAR or "")]
        return rows.select_related(*(path for path in parents if _is_relation(cls, path)))

    def _walk(self, path, identifier=False):
        *parents, last = path.split("__")
        row = self
        for name in parents:
            row = getattr(row, name)
        return row.pk if last == "pk" else getattr(row, f"{last}_id" if identifier else last)

    def _get_FIELD_display(self, field):
        """As Django's, which makes the table of choices anew for each row of a list."""
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(value, value), strings_only=True)

    def save(self, *args, **kwargs):
        with transaction.atomic():
            self.refuse_closed_year()
            if not self._state.adding:
                self._claim_version()
            super().save(*args, **kwargs)

    save.alters_data = True

    def delete(self, *args, **kwargs):
        with transaction.atomic(), one_act():
            self.refuse_closed_year()
            if closed := self.closed_rows():
                raise YearIsClosed(_closed(self.programme_key) & _years_counted(closed))
            self._claim_version()
            self._let_go()
            return super().delete(*args, **kwargs)

    delete.alters_data = True

    def closed_rows(self):
        """What would be deleted with the record although it counts in another year, which is closed.

        A reason for the record's own deletion is no reason for theirs: they go first, one by one.
        """
        closed = _closed(self.programme_key) - self.counting_years
        if not closed:
            return []
        collector = self._collected()
        going = [*chain(*collector.data.values()), *chain(*collector.fast_deletes)]
        touched = [*chain(*(_touched(row, self) for row in going))]
        touched += [row for _field, row in _emptied(collector)]
        return [row for row in touched if isinstance(row, Record) and row.counting_years & closed]

    def _collected(self):
        """All that goes with the record, and what points at it."""
        collector = Collector(using=DEFAULT_DB_ALIAS, origin=self)
        # What the database protects is said when the record itself is deleted.
        with suppress(ProtectedError, RestrictedError):
            collector.collect([self])
        return collector

    def _let_go(self):
        """Take the record out of what points at it, one by one, so that the history of each tells it."""
        collector = self._collected()
        reason = getattr(self, "_change_reason", None)
        for field, row in _emptied(collector):
            if isinstance(row, Record):
                setattr(row, field.name, None)
                row._change_reason = reason
                row.save()
        for going in [*chain(*collector.data.values())]:
            for relation in going._meta.related_objects:
                if relation.many_to_many and issubclass(relation.related_model, Record):
                    name = relation.field.name
                    for row in relation.related_model._base_manager.filter(**{name: going.pk}):
                        row._change_reason = reason
                        row.save()
                        getattr(row, name).remove(going)

    def check_whole(self):
        """Raise `ValidationError` where the record and its rows, as stored, do not go together.

        What no constraint of one row can say. A form sees to it as it is typed; undoing asks here.
        """

    def validate_constraints(self, exclude=None):
        """As Django's, but each message comes with the field a person would mend."""
        errors = {}
        for model, constraints in self.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self, exclude=exclude, using=DEFAULT_DB_ALIAS)
                except ValidationError as error:
                    errors.setdefault(field_to_mend(constraint), []).append(error)
        if errors:
            raise ValidationError(errors)

    def _claim_version(self):
        claimed = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        if not claimed.update(version=F("version") + 1):
            raise LostUpdate(f"{self._meta.label} {self.pk}")
        self.version += 1

    def refuse_closed_year(self):
        """Raise `YearIsClosed` if the record counts, or counted, in a closed year.

        A single change may be made with a reason (`_change_reason`, kept in the history).
        """
        if not _has_years(type(self)) or getattr(self, "_change_reason", None):
            return
        closed = _closed(self.programme_key)
        if not closed:
            return
        years = set(self.counting_years)
        if not self._state.adding:
            stored = type(self)._base_manager.filter(pk=self.pk)
            years.update(year for _programme, year in years_of(stored, self._changed(stored)))
        if years & closed:
            raise YearIsClosed(years & closed)

    def _changed(self, stored):
        """The fields that figures read of it and that differ from how it is stored."""
        fields = {self._meta.get_field(name) for name, _kind, _path in _read_of(type(self))}
        before = stored.values(*(field.attname for field in fields)).first() if fields else None
        if before is None:
            return set()
        return {f.name for f in fields if before[f.attname] != getattr(self, f.attname)}


class UntilNext(models.Model):
    """A record that holds from its `starts_on` until the next one of the same `OF` begins.

    It counts in every year in between; the last one of all counts in every year that follows.
    """

    OF = None

    class Meta:
        abstract = True

    @property
    def counting_years(self):
        if not hasattr(self, "_next_begins"):
            following = _following(type(self), getattr(self, f"{self.OF}_id"), self.starts_on)
            begins = following.exclude(pk=self.pk).values_list("starts_on", flat=True).first()
        else:
            begins = self._next_begins
        return years_held(self.starts_on, begins and begins - timedelta(1))

    @classmethod
    def with_years(cls, rows):
        following = _following(cls, OuterRef(cls.OF), OuterRef("starts_on"))
        return (
            super()
            .with_years(rows)
            .annotate(_next_begins=Subquery(following.values("starts_on")[:1]))
        )


def _following(kind, owner, day):
    """The rows of `owner` that begin after `day`, the next one first."""
    return kind._base_manager.filter(**{kind.OF: owner}, starts_on__gt=day).order_by("starts_on")


def years_held(first_day, last_day):
    """The calendar years from the first day to the last; without an end every year that follows."""
    last = last_day.year if last_day else LAST_YEAR
    return set(range(first_day.year, max(last, first_day.year) + 1))


@cache
def _labels(field):
    return dict(field.flatchoices)


def _touched(row, origin):
    """The record itself; of a link between two records, that at the other end than `origin`."""
    if not row._meta.auto_created:
        return [row]
    ends = [getattr(row, field.name) for field in row._meta.fields if field.is_relation]
    return [end for end in ends if end != origin]


def _emptied(collector):
    """The records that stay and lose what they point at, each with the field that is emptied."""
    for (field, _nothing), groups in collector.field_updates.items():
        yield from ((field, row) for row in chain(*groups))


def field_to_mend(constraint):
    """The last field a constraint names: of "ends_on >= starts_on", the end; of a unique pair, the second."""
    if getattr(constraint, "fields", None):
        return constraint.fields[-1]
    names = list(_names(getattr(constraint, "condition", None)))
    return names[-1] if names else NON_FIELD_ERRORS


def _names(condition):
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            yield child[0].split("__")[0]
        else:
            yield from _names(child)


def closed_years():
    """The years that are closed now: adopted and not reopened."""
    from .models import ClosedYear

    return ClosedYear.objects.in_force()


def _closed(programme):
    return set(closed_years().filter(programme=programme).values_list("year", flat=True))


def _refuse(years):
    """Raise `YearIsClosed` if one of the pairs (programme, year) is closed."""
    by_programme = {}
    for programme, year in years:
        by_programme.setdefault(programme, set()).add(year)
    for programme, found in by_programme.items():
        if closed := _closed(programme) & found:
            raise YearIsClosed(closed)


def _years_counted(records):
    return set().union(*(record.counting_years for record in records))


def _years_meant(records):
    """The years in which `records` count as they stand in memory, as (programme, year)."""
    for record in records:
        if record.YEAR:
            yield from ((record.programme_key, year) for year in record.counting_years)


def years_of(rows, changed=None):
    """The years in which the stored `rows` count, as (programme, year).

    With those whose figures read one of the fields `changed` of them; None: any, since they go.
    """
    model = rows.model
    rows = model._base_manager.filter(pk__in=rows.order_by().values("pk"))
    if model.YEAR and model.counting_years is Record.counting_years:
        yield from rows.values_list(model.PROGRAMME, model.YEAR).distinct()
    elif model.YEAR:
        for row in model.with_years(rows):
            yield from ((row.programme_key, year) for year in row.counting_years)
    for kind, path in {
        (kind, path) for name, kind, path in _read_of(model) if changed is None or name in changed
    }:
        readers = kind.with_years(kind._base_manager.filter(**{f"{path}__in": rows}))
        for row in readers:
            years = row.counting_years if changed is None else row.reading_years
            yield from ((row.programme_key, year) for year in years)


def _has_years(model):
    """Whether records of this kind have a part in the figures of any year."""
    return bool(model.YEAR or _read_of(model))


@cache
def _read_of(model):
    """What figures read of records of `model`: (its field, the kind that counts, the path from there)."""
    found = []
    for kind in apps.get_models():
        for path in getattr(kind, "READS", ()):
            here, steps = kind, path.split("__")
            for number, name in enumerate(steps):
                if number and here is model:
                    found.append((name, kind, "__".join(steps[:number])))
                here = here._meta.get_field(name).related_model
    return tuple(found)


def _is_relation(model, path):
    return bool(path) and model._meta.get_field(path.split("__")[0]).is_relation


_LAST_LETTERS = str.maketrans({"å": "zza", "ä": "zzb", "æ": "zzb", "ö": "zzc", "ø": "zzc"})
_PLAIN = str.maketrans("éèêëáàâíìîóòôúùûüñç", "eeeeaaaiiiooouuuunc")


def sort_name(name):
    """A key of a–z and 0–9 that sorts å, ä and ö last, in any database and collation."""
    plain = name.casefold().translate(_LAST_LETTERS).translate(_PLAIN)
    return re.sub(r"[^a-z0-9]+", "0", plain).strip("0")[:200]


class Named(models.Model):
    """A record that is listed by its name."""

    sort_name = models.CharField(max_length=200, editable=False, db_index=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        self.sort_name = sort_name(self.name)
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "sort_name"}
        super().save(*args, update_fields=update_fields, **kwargs)

    save.alters_data = True
