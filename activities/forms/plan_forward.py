"""Taking a plan along to the next year: what goes along, when, and how many are hoped for."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from programmes.forms import RecordForm, number_box

from ..models import ActionPlan, PlannedActivity
from .plans import QuarterField, TargetField, copy_activity


class AlongForm(forms.Form):
    """One activity: does it go along, to which quarter and with which target."""

    take = forms.BooleanField(required=False)
    quarter = QuarterField(widget=forms.Select(attrs={"class": "form-select"}))
    target = TargetField(label=_("Target"), widget=number_box(**{"class": "form-control"}))

    def __init__(self, *args, activity, known, **kwargs):
        self.activity, self.is_there = activity, activity.title in known
        initial = {
            "take": activity.state_now != PlannedActivity.State.CANCELLED and not self.is_there,
            "quarter": activity.quarter,
            "target": activity.target_attendances,
        }
        super().__init__(*args, prefix=f"a{activity.pk}", initial=initial, **kwargs)
        self.fields["take"].label = activity.title

    @property
    def goes_along(self):
        return self.cleaned_data.get("take", False)

    def clean(self):
        """What does not go along is not judged."""
        cleaned = super().clean()
        if not cleaned.get("take"):
            for name in list(self.errors):
                del self.errors[name]
        return cleaned

    @property
    def wrong(self):
        return [box for box in self if box.errors]

    def copy_to(self, plan, reason, key):
        """The activity as it stands in `plan`; a key it already has there makes no second one."""
        copy_activity(
            self.activity,
            plan,
            reason,
            quarter=self.cleaned_data["quarter"],
            target_attendances=self.cleaned_data["target"],
            form_key=key,
        )


class ForwardForm(RecordForm):
    """The plan of the next year, with the ticked activities of `earlier`.

    Where that year has a draft already, they are added to it once somebody says so. A repeated
    submission adds nothing.
    """

    class Meta:
        model = ActionPlan
        fields = []

    def __init__(self, *args, earlier, activities, draft=None, **kwargs):
        coming = draft or ActionPlan(
            initiative=earlier.initiative,
            year=earlier.year + 1,
            introduction=earlier.introduction,
        )
        super().__init__(*args, instance=coming, programme=earlier.programme, **kwargs)
        self.draft = draft
        if draft:
            del self.fields["version"]
            self.fields["form_key"] = forms.UUIDField(
                widget=forms.HiddenInput, required=False, initial=uuid.uuid4
            )
            self.fields["add"] = forms.BooleanField(
                label=_("Add to the draft of %(year)s") % {"year": draft.year},
                error_messages={
                    "required": _("Tick the box if they are to be added to the draft.")
                },
            )
        known = set(draft.activities.values_list("title", flat=True)) if draft else set()
        self.rows = [
            AlongForm(self.data if self.is_bound else None, activity=activity, known=known)
            for activity in activities
        ]

    def is_valid(self):
        if self.is_bound and self.draft:
            self.repeated = self._made_already()
        sound = bool(self.repeated) or super().is_valid()
        if self.repeated:
            return True
        if not self.is_bound:
            return False
        rows = [row.is_valid() for row in self.rows]
        if all(rows) and not any(row.goes_along for row in self.rows):
            self.add_error(None, _("Tick at least one activity."))
            return False
        return sound and all(rows)

    def problems(self):
        """For the summary on top: one a box, named by its activity."""
        return [
            {
                "id": box.id_for_label,
                "label": f"{row.activity}, {str(box.label).lower()}",
                "text": e,
            }
            for row in self.rows
            for box in (row.wrong if row.is_bound else ())
            for e in box.errors
        ]

    def save(self, commit=True):
        """The plan of the coming year, with what goes along in it: all or nothing."""
        key = self.cleaned_data.get("form_key") if not self.repeated else None
        try:
            with transaction.atomic():
                plan = self.draft or super().save(commit)
                if not self.repeated:
                    self._copy(plan, key)
        except IntegrityError:
            if not (self.draft and self._made(key)):
                raise
            plan = self.draft  # two submissions at once: the other one was first
        return plan

    def _copy(self, plan, key):
        if self.draft and self._made(key):
            return
        for row in self.rows:
            if row.goes_along:
                row.copy_to(plan, self.cleaned_data.get("change_reason"), self._key_of(row, key))

    def _key_of(self, row, key):
        """A key of its own for each copy, the same again when the form is sent again."""
        return uuid.uuid5(key, str(row.activity.pk)) if key else None

    def _made(self, key):
        keys = [self._key_of(row, key) for row in self.rows if row.goes_along]
        return PlannedActivity.objects.filter(form_key__in=filter(None, keys)).exists()

    def clean(self):
        if self.draft and self.draft.is_adopted:
            raise ValidationError(_("That plan is adopted. Plan new activities in it one by one."))
        return super().clean()
