"""The form of one record: narrowed choices, rough dates, lost updates, repeated submissions, closed years."""

import uuid
from contextlib import suppress
from datetime import time

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import IntegrityError, transaction
from django.forms.utils import ErrorDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import formats
from .dates import DayField, RoughDate, RoughDateField
from .models import Place, YearField
from .periods import Precision
from .records import YearIsClosed
from .text import TYPED

NO_CHOICE = "-" * 9  # how Django writes it
NOT_OFFERED = _("Choose one of those in the list.")
TOO_LONG = _("Too long: at most %(limit_value)s characters, and this is %(show_value)s.")


def text_box(rows=4):
    return forms.Textarea(attrs={"rows": rows})


def number_box(**attrs):
    """A box for a whole number: no arrows, and digits first on a telephone.

    It has no `maxlength`: a browser would cut what is typed, and another number would be saved.
    """
    return forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"} | attrs
    )


class NumberField(forms.IntegerField):
    """A whole number typed as people write it: "1240", "1 240", "84 000 kr"."""

    MOST_A_PERSON_MEANS = 999_999_999  # beyond it a bound is the database's, and says nothing

    def __init__(self, *, max_value=None, **kwargs):
        if max_value is not None:
            max_value = min(max_value, self.MOST_A_PERSON_MEANS)
        super().__init__(**{"widget": number_box()} | kwargs, max_value=max_value)
        self.error_messages["invalid"] = _("Write a whole number in digits.")
        if self.min_value is not None and self.max_value is not None:
            between = _("Write a number between %(least)s and %(most)s.") % {
                "least": formats.number(self.min_value),
                "most": formats.number(self.max_value),
            }
            for validator in self.validators:
                validator.message = between

    def to_python(self, value):
        typed = "".join(str(value).split()).lower().removesuffix("kr") if value else value
        if typed and not typed.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(typed)


class CountField(NumberField):
    """A number of persons or things; `refusal` says what it may be."""

    def __init__(self, *, refusal, **kwargs):
        super().__init__(**kwargs)
        self.error_messages |= {"min_value": refusal, "max_value": refusal}


def _as_written(value):
    """A value of a record for a reader; a number long enough to need it is grouped."""
    is_long = isinstance(value, int) and not isinstance(value, bool) and value > 9_999
    return formats.number(value) if is_long else ("" if value is None else str(value))


def _options(choices):
    """The choices one by one, out of their groups."""
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label


def place_choices(programme):
    """Every place something may count in: a municipality of the programme, or beyond them."""
    return [
        *programme.municipalities.values_list("code", "name"),
        *(
            (value, label.capitalize())
            for value, label in Place.choices
            if value != Place.MUNICIPALITY
        ),
    ]


class ReasonField(forms.CharField):
    """Why a record of a closed year is changed or deleted."""

    def __init__(self):
        super().__init__(
            label=_("Reason for the correction"),
            help_text=_("The year is closed. The reason is shown beside its adopted report."),
            max_length=100,
            validators=TYPED,
            error_messages={"required": _("Write why it is corrected.")},
        )


class WhyField(ReasonField):
    """Why a decision is changed or withdrawn."""

    def __init__(self):
        super().__init__()
        self.label = _("Why?")
        self.help_text = _("The reason is kept in the history.")


def _capitalised(label):
    return label if isinstance(label, (list, tuple)) else capfirst(label)


class SeveralField(forms.ModelMultipleChoiceField):
    """A choice of several records. What is longer than any key is no choice, not a database error."""

    LONGEST_KEY = 18

    def _check_values(self, value):
        for key in value if isinstance(value, (list, tuple)) else ():
            if len(str(key)) > self.LONGEST_KEY:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(key)[: self.LONGEST_KEY]},
                )
        return super()._check_values(value)


class RecordForm(forms.ModelForm):
    """A form for one record of `programme`.

    Choices are narrowed to the programme's own. An edit carries the version it read: if somebody
    else saved meanwhile, nothing is stored, what was not changed here becomes what stands now,
    `conflicts` holds as (label, value) what stands now where something was, and a second save
    overwrites that knowingly. A new record carries a one-time key: a repeated submission
    is valid and `save` returns what the first one made (`repeated` is then that record); one that
    says something else is refused and leads to that record, at `EDITED_AT` where it is named. What
    `save` may fill in or add to by itself is named in `FILLED_IN`. A change in a closed year asks
    for a reason. `SHOWN_AT` names the field that shows a message about a
    model's field which is not in the form; `AHEAD` the dates that lie ahead where no year is typed;
    `UNWRITTEN` says in the form's own words what to do about a field left empty.
    """

    SHOWN_AT = {}
    AHEAD = ()
    UNWRITTEN = {}
    FILLED_IN = ()
    EDITED_AT = ""
    OVERTAKEN = _(
        "Somebody else changed this while you wrote. Compare, and save again to keep yours."
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.conflicts, self.mine = [], {}
        self.repeated = None
        self.is_new = self.instance._state.adding
        if self.is_new and any(f.name == "programme" for f in self.instance._meta.fields):
            self.instance.programme = programme
        self._narrow_choices()
        self._begin_choices_with_capitals()
        self._read_as_typed()
        self._speak_plainly()
        if self.is_new:
            self.fields["form_key"] = forms.UUIDField(
                widget=forms.HiddenInput, required=False, initial=uuid.uuid4
            )
        else:
            self._theirs = {name: self._shown(name) for name in self._meta_fields()}
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=self.instance.version
            )
        if "change_reason" in self.data or "change_reason" in self.initial:
            self._ask_for_reason()

    @property
    def kept(self):
        """Where the browser keeps what is typed until it is saved.

        On the device; but closed records, which are about single persons and enterprises, stay on
        the page and are never written to a device that somebody else may open.
        """
        return "page" if self.instance.CLOSED else "device"

    def _meta_fields(self):
        return [name for name in self.fields if name in self._model_field_names()]

    def _model_field_names(self):
        options = self.instance._meta
        return {f.name for f in (*options.fields, *options.many_to_many)}

    def _narrow_choices(self):
        for name, field in self.fields.items():
            if type(field) is forms.ModelMultipleChoiceField:
                self.fields[name] = field = SeveralField(
                    field.queryset,
                    label=field.label,
                    help_text=field.help_text,
                    required=field.required,
                    initial=field.initial,
                    widget=field.widget,
                )
            if isinstance(field, forms.ModelChoiceField):
                path = getattr(field.queryset.model, "PROGRAMME", None)
                if path and path != "pk":
                    field.queryset = field.queryset.filter(**{path: self.programme})

    def _begin_choices_with_capitals(self):
        """And what is not chosen is said in words."""
        for field in self.fields.values():
            nothing = _("Choose") if field.required else _("None chosen")
            if isinstance(field, forms.ModelChoiceField):
                if field.empty_label == NO_CHOICE:
                    field.empty_label = nothing
            elif type(field) is forms.TypedChoiceField:
                field.choices = [
                    (value, nothing if label == NO_CHOICE else _capitalised(label))
                    for value, label in field.choices
                ]

    def _read_as_typed(self):
        """One way to write dates and numbers everywhere; a browser's calendar has its own language."""
        for name, field in self.fields.items():
            words = {
                "label": field.label,
                "help_text": field.help_text,
                "required": field.required,
            }
            if type(field) is forms.DateField:
                self.fields[name] = DayField(**words, ahead=name in self.AHEAD)
            elif type(field) is forms.IntegerField:
                least, most = self._bounds(name)
                self.fields[name] = NumberField(
                    **words,
                    min_value=field.min_value if least is None else least,
                    max_value=field.max_value if most is None else most,
                    initial=field.initial,
                    widget=field.widget,
                )

    def _bounds(self, name):
        """Between which numbers the model's field lies. A year is left to its own words."""
        fields = {field.name: field for field in self.instance._meta.fields}
        if name not in fields or isinstance(fields[name], YearField):
            return None, None
        validators = fields[name].validators
        least = [v.limit_value for v in validators if isinstance(v, MinValueValidator)]
        most = [v.limit_value for v in validators if isinstance(v, MaxValueValidator)]
        return max(least, default=None), min(most, default=None)

    def _speak_plainly(self):
        """What is wrong, without the keys and codes that only the machine knows."""
        for name, field in self.fields.items():
            if name in self.UNWRITTEN:
                field.error_messages["required"] = self.UNWRITTEN[name]
            if isinstance(field, forms.ChoiceField):
                for code in ("invalid_choice", "invalid_pk_value"):
                    field.error_messages[code] = NOT_OFFERED
            for validator in field.validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = TOO_LONG

    def _ask_for_reason(self):
        self.fields["change_reason"] = ReasonField()

    def _shown(self, name):
        """What the record holds, as a person reads it."""
        display = getattr(self.instance, f"get_{name}_display", None)
        if display:
            return str(display())
        field = self.instance._meta.get_field(name)
        if field.many_to_many:
            return ", ".join(str(row) for row in getattr(self.instance, name).all())
        value = getattr(self.instance, name)
        if isinstance(value, time):
            return f"{value:%H.%M}"
        return "" if value is None else _as_written(value)

    def is_valid(self):
        made = self._made_already() if self.is_bound and self.is_new else None
        if made is None or self.repeated:
            return bool(self.repeated) or super().is_valid()
        if self._says_otherwise_than(made):
            return self.go_on_with(made)
        self._errors = ErrorDict()
        self.instance = self.repeated = made
        return True

    def _says_otherwise_than(self, made):
        """Whether something was typed anew after the form was sent the first time."""
        fields = [f for f in self.instance._meta.concrete_fields if f.editable]
        before = {f: getattr(self.instance, f.attname) for f in fields}
        super().is_valid()
        for field in fields:
            typed = getattr(self.instance, field.attname)
            if field.name in self.fields or typed != before[field]:
                filled_in = field.name in self.FILLED_IN and not typed
                if typed != getattr(made, field.attname) and not filled_in:
                    return True
        for many in self.instance._meta.many_to_many:
            if many.name in self.fields:
                typed = {row.pk for row in self.cleaned_data.get(many.name, ())}
                stored = set(getattr(made, many.name).values_list("pk", flat=True))
                if typed - stored or (many.name not in self.FILLED_IN and stored - typed):
                    return True
        return False

    def go_on_with(self, made):
        """Say that the first submission was saved, and lead to what it made; nothing typed is dropped."""
        self.repeated = None
        self._errors = ErrorDict()
        told = _("“%(record)s” was saved the first time. What you changed after that is not saved.")
        where = made.get_absolute_url() if hasattr(made, "get_absolute_url") else ""
        if self.EDITED_AT:
            where = reverse(self.EDITED_AT, args=[self.programme.slug, made.pk])
        link = format_html(' <a href="{}">{}</a>', where, _("Change it there")) if where else ""
        self.add_error(None, format_html("{}{}", told % {"record": made}, link))
        return False

    def _made_already(self):
        try:
            key = uuid.UUID(str(self.data.get(self.add_prefix("form_key"), "")))
        except ValueError:
            return None
        model = type(self.instance)
        return model.objects.filter(form_key=key).of([self.programme.pk]).first()

    def _get_validation_exclusions(self):
        """Check what the form leaves out too, so that no constraint is met first by the database."""
        excluded = super()._get_validation_exclusions()
        left_out = {f.name for f in self.instance._meta.fields if f.editable} - set(self.fields)
        return excluded - left_out

    def _update_errors(self, errors):
        """A message about a field that is not in the form is shown above it."""
        if hasattr(errors, "error_dict"):
            known = {}
            for name, messages in errors.error_dict.items():
                shown = name if name in self.fields else self.SHOWN_AT.get(name, NON_FIELD_ERRORS)
                known.setdefault(shown, []).extend(messages)
            errors.error_dict = known
        super()._update_errors(errors)

    def _post_clean(self):
        self._look_for_conflict()
        super()._post_clean()
        if self.errors:
            return
        self.instance._change_reason = self.cleaned_data.get("change_reason")
        try:
            self.instance.refuse_closed_year()
        except YearIsClosed as closed:
            self._ask_for_reason()
            self.add_error("change_reason", closed)

    @property
    def is_overtaken(self):
        """Whether somebody else saved the record after this form of it was opened."""
        return self.has_error(NON_FIELD_ERRORS, "overtaken")

    def _look_for_conflict(self):
        read = self.cleaned_data.get("version")
        if self.is_new or read is None or read == self.instance.version:
            return
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.instance.version
        before = self._stood_at(read)
        for name in [name for name in self._theirs if name in self.changed_data]:
            if name in before and not self._is_typed_anew(name, before[name]):
                self._take_theirs(name)
            else:
                label = self.fields[name].label
                self.conflicts.append((label, self._theirs[name] or formats.UNKNOWN))
                self.mine[label] = self._typed_as_read(name)
        self.add_error(None, ValidationError(self.OVERTAKEN, code="overtaken"))

    @property
    def stands_now(self):
        """(label, what stands now, what is typed here or None) of what both changed."""
        return [(label, now, self.mine.get(label)) for label, now in self.conflicts]

    def _stood_at(self, version):
        """What the boxes held when the form was opened, by the history; nothing where it does not say."""
        history = getattr(self.instance, "history", None)
        rows = history.filter(version=version) if history is not None else ()
        if row := next(iter(rows), None):  # the latest comes first
            return self._boxes_of(row.instance) | self._lists_of(row)
        return {}

    def _lists_of(self, row):
        """Which records it was joined with, by the key of each, as a row of its history tells."""
        return {
            many.name: [
                getattr(held, f"{many.m2m_reverse_field_name()}_id")
                for held in getattr(row, many.name).all()
            ]
            for many in getattr(row, "_history_m2m_fields", ())
            if many.name in self.fields
        }

    def _boxes_of(self, record):
        """What its boxes hold of a `record` as it stood."""
        lists = {many.name for many in record._meta.many_to_many}
        plain = (forms.TextInput, forms.Textarea, forms.Select)
        return {
            name: value
            for name, value in forms.model_to_dict(record, fields=self._meta_fields()).items()
            if name not in lists
            and isinstance(self.fields[name].widget, plain)
            and not self.fields[name].disabled
        }

    def _is_typed_anew(self, name, before):
        return self.fields[name].has_changed(before, self[name].data)

    def _take_theirs(self, name):
        box = self[name]
        shown = box.field.widget.format_value(box.field.prepare_value(box.initial))
        if isinstance(box.field, forms.ModelMultipleChoiceField):
            self.data.setlist(box.html_name, shown)
            return
        if isinstance(shown, list):  # a choice, of one
            (shown,) = shown
        self.data[box.html_name] = "" if shown is None else shown

    def _typed_as_read(self, name):
        """What is typed here, as a person reads it."""
        typed, value = self[name].data, self.cleaned_data.get(name)
        chosen = {str(key) for key in (typed if isinstance(typed, list) else [typed]) if key}
        choices = _options(getattr(self.fields[name], "choices", ()))
        if labels := [str(label) for key, label in choices if str(key) in chosen]:
            return ", ".join(labels)
        told = _as_written(value if isinstance(value, int) else typed or None)
        return told or formats.UNKNOWN

    def save(self, commit=True):
        if self.repeated:
            return self.repeated
        if self.is_new:
            self.instance.form_key = self.cleaned_data.get("form_key")
        try:
            with transaction.atomic():
                return super().save(commit)
        except IntegrityError:
            # Two submissions of one form at once: the other one was first.
            self.repeated = self._made_already() if self.is_new else None
            if self.repeated:
                return self.repeated
            if not self._is_key_of_another_programme():
                raise
        self.instance.form_key = None
        return super().save(commit)

    def _is_key_of_another_programme(self):
        key = self.instance.form_key
        taken = type(self.instance)._base_manager.filter(form_key=key)
        return self.is_new and key is not None and taken.exists()


class DatedForm(RecordForm):
    """A form whose record has a rough date, typed in one box, `when`.

    `DATES` are the model's fields for the first and last possible day and the precision; the last
    may be None where a model keeps none. With an `until` field an event may last several days.
    """

    DATES = ("starts_on", "ends_on", "precision")
    SHOWN_AT = {"starts_on": "when", "ends_on": "when", "precision": "when"}

    when = RoughDateField(
        label=_("Date"), help_text=_("Such as 12/3, yesterday, October 2019, autumn 2019 or 2019")
    )

    def __init__(self, *args, initial=None, instance=None, **kwargs):
        initial = dict(initial or {})
        if instance is not None:
            initial.setdefault("when", self._typed(instance))
        super().__init__(*args, initial=initial, instance=instance, **kwargs)

    def _typed(self, record):
        first, _last, precision = self.DATES
        day = getattr(record, first)
        return str(RoughDate(day, getattr(record, precision))) if day else ""

    def _meta_fields(self):
        return [*super()._meta_fields(), "when"]

    def _shown(self, name):
        return self._typed(self.instance) if name == "when" else super()._shown(name)

    def _boxes_of(self, record):
        return super()._boxes_of(record) | {"when": self._typed(record)}

    def _post_clean(self):
        rough = self.cleaned_data.get("when")
        first, last, precision = self.DATES
        if rough:
            setattr(self.instance, first, rough.first)
            setattr(self.instance, precision, rough.precision)
            if last:
                setattr(self.instance, last, self._last_day(rough))
            if self.instance.YEAR == "year":
                self.instance.year = rough.first.year  # which may be closed
        super()._post_clean()

    def _get_validation_exclusions(self):
        """A date that cannot be read is told once, not for each field it would fill."""
        excluded = super()._get_validation_exclusions()
        if self.cleaned_data.get("when"):
            return excluded
        return excluded | set(filter(None, self.DATES))

    def _last_day(self, rough):
        until = self.cleaned_data.get("until")
        return until if until and rough.precision == Precision.DAY else rough.last


class PlacedForm(RecordForm):
    """A form whose record has one place that counts, chosen in one list, `where`.

    The value is the place code: a municipality's four digits, or county, national, online.
    """

    SHOWN_AT = {"place": "where", "municipality": "where"}

    where = forms.ChoiceField(label=_("Place"), help_text=_("The municipality where it counts"))

    def __init__(self, *args, programme, initial=None, instance=None, **kwargs):
        initial = dict(initial or {})
        if instance is not None:
            initial.setdefault("where", instance.place_code)
        super().__init__(*args, programme=programme, initial=initial, instance=instance, **kwargs)
        self.fields["where"].choices = [("", _("Choose a place")), *place_choices(programme)]
        self.fields["where"].error_messages["invalid_choice"] = _("There is no such place here.")

    def _meta_fields(self):
        return [*super()._meta_fields(), "where"]

    def _shown(self, name):
        return str(self.instance.place_name) if name == "where" else super()._shown(name)

    def _boxes_of(self, record):
        boxes = super()._boxes_of(record)
        with suppress(ObjectDoesNotExist):  # a municipality that is gone
            boxes["where"] = record.place_code
        return boxes

    def _post_clean(self):
        code = self.cleaned_data.get("where")
        if code:
            self.instance.municipality = self.programme.municipalities.filter(code=code).first()
            self.instance.place = Place.MUNICIPALITY if self.instance.municipality else code
        super()._post_clean()
