"""Placements, and what came of them. Nothing here takes a name."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programmes.dates import SUCH_AS, RoughDate, RoughDateField, not_ahead
from programmes.filters import ALL, ListFilter, YearChoice
from programmes.forms import DatedForm, number_box
from programmes.periods import Precision, last_possible_day
from programmes.records import YearIsClosed, closed_years
from programmes.text import TYPED, whole_number

from ..models import Outcome, Participant, Placement, Sex, State, as_code, has_shape_of_code


class PlacementForm(DatedForm):
    """A placement; the sex is its participant's, in every placement.

    The end is kept as its first possible day, which is never before the start.
    """

    DATES = ("starts_on", None, "precision")
    AHEAD = ("planned_ends_on",)
    SHOWN_AT = {**DatedForm.SHOWN_AT, "ends_on": "ended", "ends_precision": "ended"}
    UNWRITTEN = {
        "sex": _("Choose the participant's sex."),
        "when": _("Write when it began."),
        "referrer": _("Choose who referred the participant."),
        "grant": _("Choose whose place it uses."),
    }
    FILLED_IN = ("participant",)  # a new one, where none is chosen

    when = RoughDateField(label=_("Start"), help_text=SUCH_AS)
    ended = RoughDateField(
        label=_("End"), required=False, help_text=_("When it really ended; empty while it goes on")
    )
    sex = forms.ChoiceField(label=_("Sex"))

    class Meta:
        model = Placement
        fields = [
            "planned_ends_on",
            "enterprise",
            "supervisor",
            "referrer",
            "extent",
            "extension_of",
        ]
        widgets = {"extent": number_box()}
        help_texts = {
            "extent": _("Of full time, 1 to 100"),
            "extension_of": _("The earlier placement of the same participant"),
        }

    field_order = [
        "participant",
        "sex",
        "when",
        "planned_ends_on",
        "ended",
        "enterprise",
        "supervisor",
        "referrer",
        "extent",
        "extension_of",
    ]

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["sex"].choices = [(value, label.capitalize()) for value, label in Sex.choices]
        self.fields["enterprise"].empty_label = _("Not decided")
        self.fields["supervisor"].empty_label = _("Not decided")
        self.fields["planned_ends_on"].help_text = ngettext_lazy(
            "Left empty it is %(n)s month after the start",
            "Left empty it is %(n)s months after the start",
            instance.grant.months,
        ) % {"n": instance.grant.months}
        self._offer_earlier_placements()
        if self._counts_in_closed_year():
            self._ask_for_reason()
        if not self.is_new:
            self.initial["sex"] = instance.participant.sex
            self.initial["ended"] = self._typed_end()

    def _counts_in_closed_year(self):
        """Whether it does before anything is typed; a new one uses a place of its grant's year."""
        if not self.is_new:
            try:
                self.instance.refuse_closed_year()
            except YearIsClosed:
                return True
            return False
        return _is_closed(self.programme, self.instance.grant.year)

    def _offer_earlier_placements(self):
        """Those of the participant that nothing else extends."""
        field = self.fields["extension_of"]
        own = self._made_already() if self.is_bound and self.is_new else self.instance
        earlier = field.queryset.filter(Q(extension=None) | Q(extension=own and own.pk))
        if not self.is_new:
            earlier = earlier.filter(participant=self.instance.participant_id)
            earlier = earlier.exclude(pk=self.instance.pk)
        field.queryset = earlier.select_related("participant", "grant__municipality").order_by(
            "starts_on", "pk"
        )
        field.empty_label = _("No earlier placement")
        field.label_from_instance = _in_a_list

    def _typed_end(self):
        placement = self.instance
        if placement.ends_on is None:
            return ""
        return str(RoughDate(placement.ends_on, placement.ends_precision))

    def _meta_fields(self):
        return [*super()._meta_fields(), "ended", "sex"]

    def _shown(self, name):
        if name == "ended":
            return self._typed_end()
        if name == "sex":
            return str(self.instance.participant.get_sex_display())
        return super()._shown(name)

    def clean(self):
        cleaned = super().clean()
        start = cleaned.get("when")
        if wrong := _what_is_wrong(cleaned.get("ended"), start):
            self.add_error("ended", wrong)
        if start and not self.is_new and self._has_outcome_before(start.first):
            self.add_error(
                "when", _("An outcome was known before that: correct the outcome first.")
            )
        return cleaned

    def _has_outcome_before(self, day):
        standing = self.instance.outcomes.standing().filter(known_on__lt=day)
        return any(last_possible_day(row.known_on, row.precision) < day for row in standing)

    def _post_clean(self):
        start, end = self.cleaned_data.get("when"), self.cleaned_data.get("ended")
        _write_end(self.instance, end, start)
        super()._post_clean()
        if not self.errors and self._sex_is_changed():
            self._refuse_closed_placements()

    def _sex_is_changed(self):
        return not self.is_new and self.instance.participant.sex != self.cleaned_data.get("sex")

    def _refuse_closed_placements(self):
        """The sex counts in the years of every placement of the participant."""
        for placement in self.instance.participant.placements.select_related("grant"):
            placement._change_reason = self.cleaned_data.get("change_reason")
            try:
                placement.refuse_closed_year()
            except YearIsClosed as closed:
                self._ask_for_reason()
                self.add_error("change_reason", closed)
                return

    def save(self, commit=True):
        with transaction.atomic():
            changed = self._sex_is_changed()
            placement = super().save(commit)
            if changed:
                participant = placement.participant
                participant.sex = self.cleaned_data["sex"]
                participant._change_reason = self.cleaned_data.get("change_reason")
                participant.save()
        return placement


class CodeField(forms.CharField):
    """A participant's code as it is typed; its value is the participant, None where nothing is typed."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, validators=TYPED, **kwargs)
        self.participants = Participant.objects.none()
        self.widget.attrs |= {
            "class": "short code",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = self.participants.with_code(text)
        if found is None:
            if has_shape_of_code(text):
                unknown = _(
                    "Nobody here has the code %(code)s. Compare it with the slip, sign by sign."
                )
            else:
                unknown = _("That is no code. It has eight letters and digits, as on the slip.")
            raise ValidationError(unknown, code="unknown", params={"code": as_code(text)})
        return found


class NewPlacementForm(PlacementForm):
    """A new placement: of a new participant, who gets a code, or of one who has a code already.

    Codes are typed and never offered. One that extends another is of the same participant, and may
    stand under another grant.
    """

    participant = CodeField(
        label=_("Participant's code"),
        required=False,
        help_text=_("From the slip. Empty for a new participant, who gets a code."),
    )

    class Meta(PlacementForm.Meta):
        fields = ["participant", *PlacementForm.Meta.fields, "grant"]
        widgets = PlacementForm.Meta.widgets | {"extension_of": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["participant"].participants = Participant.objects.of([self.programme.pk])
        field = self.fields["sex"]
        field.required = not any(self._asked(name) for name in ("participant", "extension_of"))
        field.choices = [("", _("Choose")), *field.choices]
        field.help_text = _("Of a new participant; those with a code have theirs")
        field.error_messages["required"] = _("Choose the sex of the new participant.")
        if self._asked("extension_of"):
            self._offer_grants()
            self._lead_to_the_extension()
        else:
            del self.fields["grant"]

    def _offer_grants(self):
        """Whose place an extension uses: any grant's, also one of another year."""
        field = self.fields["grant"]
        grants = field.queryset.select_related("municipality")
        field.queryset = grants.order_by("-year", "municipality__sort_name")
        field.empty_label = None
        field.help_text = _(
            "An extension uses a place of its grant from the day it is saved, also if it begins later."
        )

    def _lead_to_the_extension(self):
        """Where somebody has extended the placement meanwhile."""
        asked = whole_number(str(self._asked("extension_of")))
        extended = Placement.objects.filter(extension_of=asked).of([self.programme.pk])
        if there := extended.select_related("grant__programme").first():
            words = _("The placement is extended already, and only once.")
            link = format_html('<a href="{}">{}</a>', there.get_absolute_url(), _("The extension"))
            told = format_html("{} {}", words, link)
        else:
            told = _("The placement that is extended is not there any more.")
        for code in ("invalid_choice", "invalid_pk_value"):
            self.fields["extension_of"].error_messages[code] = told

    def _asked(self, name):
        return self.data.get(name) or self.initial.get(name)

    def clean(self):
        cleaned = super().clean()
        earlier, known = cleaned.get("extension_of"), cleaned.get("participant")
        if earlier and not known:
            cleaned["participant"] = earlier.participant
        sex = cleaned.get("sex")
        if known and sex and sex != known.sex:
            told = _(
                "The one with that code is noted as “%(sex)s”. Is it the right slip? If it is, "
                "leave the sex empty."
            )
            params = {"sex": known.get_sex_display()}
            self.add_error("sex", ValidationError(told, code="contradicts", params=params))
        return cleaned

    def save(self, commit=True):
        if self.repeated:
            return self.repeated
        with transaction.atomic():
            newcomer = None
            if self.instance.participant_id is None:
                newcomer = Participant(programme=self.programme, sex=self.cleaned_data["sex"])
                newcomer.save()
                self.instance.participant = newcomer
            placement = super().save(commit)
            if self.repeated and newcomer:
                newcomer.delete()
        return placement


def _within(start, end):
    """True if the placement begins within what its rough end may mean."""
    return end.first < start.first <= end.last


def _is_closed(programme, year):
    return closed_years().filter(programme=programme, year=year).exists()


def _what_is_wrong(end, start):
    """Of a rough end as it is typed, with what is known of the start."""
    if end and end.first > timezone.localdate():
        return _("That day has not come. Leave the end empty until it has.")
    if start and end and end.precision == Precision.SEASON and _within(start, end):
        return _("It begins in that season: write the month or the day.")
    return None


def _write_end(placement, end, start):
    """The end is kept as its first possible day, which is never before the start."""
    placement.ends_on = end.first if end else None
    placement.ends_precision = end.precision if end else Precision.DAY
    if start and end and _within(start, end):
        placement.ends_on = start.first


def _in_a_list(placement):
    began = RoughDate(placement.starts_on, placement.precision)
    return f"{placement.participant}, {began}, {placement.grant}"


class OutcomeForm(DatedForm):
    """What came of a placement, as known on a day; one at each follow-up.

    Where no end of the placement is noted it is asked for, and saved with the outcome. It is
    proposed where the outcome is of the end: the day it was known, or the planned end before it.
    """

    DATES = ("known_on", None, "precision")
    SHOWN_AT = {"known_on": "when", "precision": "when"}
    UNWRITTEN = {
        "result": _("Choose what came of it."),
        "when": _("Write when it was known."),
        "follow_up": _("Choose a follow-up."),
        "reason": _("Write why it is corrected."),
    }

    when = RoughDateField(label=_("Known on"), help_text=SUCH_AS)
    ended = RoughDateField(
        label=_("The placement ended"),
        required=False,
        help_text=_("No end is noted. Leave it empty if you do not know it."),
    )

    class Meta:
        model = Outcome
        fields = ["result", "follow_up"]

    field_order = ["result", "when", "follow_up", "ended", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        placement = self.instance.placement
        known = self.initial.get("when")
        of_the_end = self.initial.get("follow_up", Outcome.FollowUp.END) == Outcome.FollowUp.END
        if placement.ends_on or self.instance.corrects_id:
            del self.fields["ended"]
        elif known and of_the_end:
            self.initial["ended"] = min(known, placement.planned_end.isoformat())

    def clean_when(self):
        known = not_ahead(self.cleaned_data["when"])
        placement = self.instance.placement
        if known.last < placement.starts_on:
            raise ValidationError(
                _("That is before the placement's start, %(day)s."), params={"day": self._began}
            )
        return known

    @property
    def _began(self):
        placement = self.instance.placement
        return RoughDate(placement.starts_on, placement.precision)

    def clean_follow_up(self):
        follow_up, wrong = self.cleaned_data["follow_up"], self.instance.corrects
        if wrong and wrong.follow_up == follow_up:
            return follow_up
        placement = self.instance.placement
        if follow_up != Outcome.FollowUp.END and Placement.objects.filter(extension_of=placement):
            raise ValidationError(
                _("This placement was extended: what came later is noted at the extension.")
            )
        made = self._made_already()
        standing = placement.outcomes.standing().exclude(pk=made and made.pk)
        if standing.filter(follow_up=follow_up).exists():
            raise ValidationError(
                _("There is an outcome of this follow-up already. Correct that one instead.")
            )
        return follow_up

    def clean(self):
        cleaned = super().clean()
        known, end = cleaned.get("when"), cleaned.get("ended")
        if wrong := _what_is_wrong(end, self._began):
            self.add_error("ended", wrong)
        elif end and end.last < self.instance.placement.starts_on:
            early = _("That is before the placement's start, %(day)s.")
            self.add_error("ended", ValidationError(early, params={"day": self._began}))
        elif end and known and self._is_of_the_end() and end.first > known.last:
            self.add_error("ended", _("That is after the day the outcome was known."))
        return cleaned

    def _is_of_the_end(self):
        return self.cleaned_data.get("follow_up") == Outcome.FollowUp.END

    def _post_clean(self):
        super()._post_clean()
        end, placement = self.cleaned_data.get("ended"), self.instance.placement
        if self.errors or not end:
            return
        _write_end(placement, end, self._began)
        placement._change_reason = self.cleaned_data.get("change_reason")
        try:
            placement.refuse_closed_year()
        except YearIsClosed as closed:
            self._ask_for_reason()
            self.add_error("change_reason", closed)

    def save(self, commit=True):
        with transaction.atomic():
            outcome = super().save(commit)
            if self.cleaned_data.get("ended") and not self.repeated:
                outcome.placement.save()
        return outcome


class CorrectionForm(OutcomeForm):
    """A new row that takes the place of a wrong one, and says why."""

    class Meta(OutcomeForm.Meta):
        fields = ["result", "follow_up", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True
        if _is_closed(self.programme, self.instance.corrects.year):
            self._ask_for_reason()

    def clean(self):
        cleaned = super().clean()
        wrong = self.instance.corrects
        if not wrong.stands:
            there = reverse(
                "placements:outcome_correct", args=[self.programme.slug, wrong.standing.pk]
            )
            words = _("That outcome is corrected already. It is now “%(result)s”.")
            link = format_html(' <a href="{}">{}</a>', there, _("Correct the one that stands"))
            told = words % {"result": wrong.standing.get_result_display()}
            self.add_error(None, format_html("{}{}", told, link))
        return cleaned

    def _get_validation_exclusions(self):
        """That it is corrected already is said in words of its own."""
        return super()._get_validation_exclusions() | {"corrects"}


class CodeForm(forms.Form):
    """The code somebody read from a slip."""

    code = CodeField(label=_("Participant's code"))

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].participants = Participant.objects.of([programme.pk])
        self.fields["code"].error_messages["required"] = _("Write the code on the slip.")


class PlacementFilter(ListFilter):
    """What the list of placements is narrowed to. A code is never asked for in an address."""

    year = YearChoice()
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), required=False, queryset=None, empty_label=_("All")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *State.choices])
    enterprise = forms.ModelChoiceField(
        label=_("Enterprise"), required=False, queryset=None, empty_label=_("All")
    )
    grant = forms.ModelChoiceField(
        label=_("Grant"), required=False, queryset=None, empty_label=_("All")
    )
    without_outcome = forms.BooleanField(label=_("Ended without an outcome"), required=False)

    def __init__(self, data, *, programme, years, today):
        super().__init__(data)
        self.today = today
        self.fields["year"].label = _("Began in")
        self.fields["year"].offer(years)
        self.fields["municipality"].queryset = programme.municipalities.all()
        self.fields["enterprise"].queryset = programme.enterprises.exclude(placements=None)
        grants = programme.grants.select_related("municipality")
        self.fields["grant"].queryset = grants.order_by("-year", "municipality__sort_name", "pk")

    def narrowed(self, records, chosen):
        paths = {"municipality": "grant__municipality"}
        for name in ("year", "municipality", "enterprise", "grant"):
            if name in chosen:
                records = records.filter(**{paths.get(name, name): chosen[name]})
        if "without_outcome" in chosen:
            records = records.filter(outcomes=None).in_state(State.ENDED, self.today)
        if "state" in chosen:
            records = records.in_state(chosen["state"], self.today)
        return records
