"""The plan of a year, its adoption, and the activities it holds."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.forms import (
    NOT_OFFERED,
    CountField,
    RecordForm,
    WhyField,
    number_box,
    text_box,
)

from ..models import ActionPlan, PlannedActivity


class EarlierPlanField(forms.ModelChoiceField):
    """A plan by its year and initiative."""

    def label_from_instance(self, plan):
        return f"{plan.year}, {plan.initiative}"


class NewPlanForm(RecordForm):
    """A plan for a year, with the activities of an earlier plan where one is chosen."""

    earlier = EarlierPlanField(
        label=_("Take over activities from"),
        queryset=ActionPlan.objects.select_related("initiative").order_by("-year", "initiative"),
        required=False,
        empty_label=_("No plan, start empty"),
        help_text=_("All but the cancelled ones are copied. Their events stay where they are."),
    )

    class Meta:
        model = ActionPlan
        fields = ["initiative", "year", "introduction"]
        widgets = {
            "year": number_box(),
            "introduction": text_box(5),
        }

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        if not self.fields["earlier"].queryset.exists():
            del self.fields["earlier"]

    def save(self, commit=True):
        with transaction.atomic():
            plan = super().save(commit)
            earlier = self.cleaned_data.get("earlier") if not self.repeated else None
            if earlier:
                copy_activities(earlier, plan, self.cleaned_data.get("change_reason"))
        return plan


def copy_activities(earlier, plan, reason=None):
    """Give `plan` the activities of `earlier` that were not cancelled, with their objectives."""
    for activity in earlier.activities.filter(cancelled_reason="").prefetch_related("objectives"):
        copy_activity(
            activity,
            plan,
            reason,
            quarter=activity.quarter,
            target_attendances=activity.target_attendances,
        )


def copy_activity(activity, plan, reason, **fields):
    """Give `plan` the same activity with its objectives, as `fields` say when and how many."""
    copy = PlannedActivity(
        plan=plan,
        title=activity.title,
        kind=activity.kind,
        responsible_id=activity.responsible_id,
        **fields,
    )
    copy._change_reason = reason
    copy.save()
    copy.objectives.set(activity.objectives.all())


class PlanForm(RecordForm):
    """The text of a plan. Its year and initiative stay what they are."""

    class Meta:
        model = ActionPlan
        fields = ["introduction"]
        widgets = {"introduction": text_box(8)}


class AdoptionForm(RecordForm):
    """The decision that adopted a plan: its day and its reference. A change of it says why."""

    class Meta:
        model = ActionPlan
        fields = ["adopted_on", "reference"]
        help_texts = {"reference": _("The board's minutes and paragraph, so that it can be found.")}

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        for field in ("adopted_on", "reference"):
            self.fields[field].required = True
        if self.instance.is_adopted:
            self.fields["change_reason"] = WhyField()

    def clean_adopted_on(self):
        day = self.cleaned_data["adopted_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day has not come. Adopt the plan when it is decided."))
        return day


class WithdrawalForm(RecordForm):
    """A decision that does not hold: the plan is a draft again."""

    class Meta:
        model = ActionPlan
        fields = []

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["change_reason"] = WhyField()

    def save(self, commit=True):
        self.instance.adopted_on, self.instance.reference = None, ""
        return super().save(commit)


class QuarterField(forms.TypedChoiceField):
    """A quarter of the plan's year, or none."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Quarter"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[
                ("", _("Not set in time")),
                (1, _("January–March")),
                (2, _("April–June")),
                (3, _("July–September")),
                (4, _("October–December")),
            ],
            error_messages={"invalid_choice": NOT_OFFERED},
            **kwargs,
        )


class TargetField(CountField):
    """How many attendances an activity aims at; empty where it aims at none."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=1,
            max_value=100_000,
            refusal=_("A target is between 1 and 100,000. Leave it empty if there is none."),
            **kwargs,
        )


class ActivityForm(RecordForm):
    """Something the plan means to do."""

    UNWRITTEN = {"title": _("Write what it is."), "kind": _("Choose a kind.")}

    quarter = QuarterField()
    target_attendances = TargetField(
        label=_("Target, attendances"),
        help_text=_("How many you hope will come, all its events together"),
    )

    class Meta:
        model = PlannedActivity
        fields = ["title", "kind", "quarter", "responsible", "target_attendances", "objectives"]
        widgets = {"objectives": forms.CheckboxSelectMultiple}
        labels = {"title": _("What?")}


class CancelActivityForm(RecordForm):
    """Why an activity is not carried out; emptied, it is in the plan again."""

    class Meta:
        model = PlannedActivity
        fields = ["cancelled_reason"]
        labels = {"cancelled_reason": _("Cancelled because")}

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        field = self.fields["cancelled_reason"]
        field.required = not self.instance.cancelled_reason
        if self.instance.cancelled_reason:
            field.help_text = _("Empty the box if the activity is to be carried out after all.")


class RemarkForm(RecordForm):
    """What the process leader says of an activity at the follow-up."""

    class Meta:
        model = PlannedActivity
        fields = ["remark"]
        labels = {"remark": _("Remark")}
        widgets = {"remark": text_box(5)}
        help_texts = {"remark": _("Such as why fewer came than planned, or what comes instead.")}
