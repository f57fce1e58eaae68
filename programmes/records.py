"""What every record has in common: who may see it, its version, its one-time key, its year.

A record is a row that belongs to a programme. `PROGRAMME` is the path to the programme, `YEAR` the
path to the calendar year in which the record counts (none: it counts in no single year). Access is
written here once and starts every lookup; closed years are enforced here, in save and delete and in
the bulk functions alike.
"""

import re
from contextlib import suppress
from functools import cache
from itertools import chain

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import F, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from .acts import one_act


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
        self._refuse_closed()
        return super().update(**kwargs)

    def delete(self):
        self._refuse_closed()
        return super().delete()

    update.alters_data = delete.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for programme, years in _years_by_programme(objs).items():
            _refuse(programme, years)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs = list(objs)
        for programme, years in _years_by_programme(objs).items():
            _refuse(programme, years)
        return super().bulk_update(objs, fields, *args, **kwargs)

    def _refuse_closed(self):
        if self.model.YEAR is None or self.query.is_sliced:
            return
        if not closed_years().exists():
            return
        counted = self.order_by().values_list(self.model.PROGRAMME, self.model.YEAR).distinct()
        for programme, year in counted:
            _refuse(programme, {year})


class Record(models.Model):
    """A row of a programme.

    `version` rises by one at each save; a save of an older version raises `LostUpdate`.
    `form_key` is the one-time key of the form that made the row: a repeated submission finds it.
    """

    PROGRAMME = "programme"
    YEAR = None
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
                raise YearIsClosed({row.counting_year for row in closed})
            self._claim_version()
            self._let_go()
            return super().delete(*args, **kwargs)

    delete.alters_data = True

    def closed_rows(self):
        """What would be deleted with the record although it counts in another year, which is closed.

        A reason for the record's own deletion is no reason for theirs: they go first, one by one.
        """
        closed = _closed(self.programme_key) - {self.counting_year}
        if not closed:
            return []
        collector = self._collected()
        going = [*chain(*collector.data.values()), *chain(*collector.fast_deletes)]
        touched = [*chain(*(_touched(row, self) for row in going))]
        touched += [row for _field, row in _emptied(collector)]
        return [row for row in touched if isinstance(row, Record) and row.counting_year in closed]

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
        if self.YEAR is None or getattr(self, "_change_reason", None):
            return
        closed = _closed(self.programme_key)
        if not closed:
            return
        years = set(self.counting_years)
        if not self._state.adding:
            before = type(self)._base_manager.filter(pk=self.pk)
            years.update(before.values_list(self.YEAR, flat=True))
        if years & closed:
            raise YearIsClosed(years & closed)


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


def _refuse(programme, years):
    if closed := _closed(programme) & set(years):
        raise YearIsClosed(closed)


def _years_by_programme(records):
    """The years in which `records` count and, for saved ones, counted, by programme."""
    found = {}
    for record in records:
        if record.YEAR is None:
            continue
        found.setdefault(record.programme_key, set()).add(record.counting_year)
    saved = [record.pk for record in records if record.YEAR and not record._state.adding]
    if saved:
        model = type(records[0])
        rows = model._base_manager.filter(pk__in=saved)
        for programme, year in rows.values_list(model.PROGRAMME, model.YEAR):
            found.setdefault(programme, set()).add(year)
    return found


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
