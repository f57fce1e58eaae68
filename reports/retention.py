"""What is due to be erased in a programme (gallring), and the forms by which it is done.

Nothing goes by itself: each form asks for the decision, and each erasure is an entry in the log.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activities.attachments import forgotten
from enterprises import retention as contact_persons
from enterprises.models import Enterprise
from placements.models import Grant
from placements.retention import Codes
from programmes.erasing_forms import ErasingForm
from programmes.models import Erasure

DELETED = "0"  # in place of a grant: what is left of deleted ones


class Due:
    """How much is due in a programme today, by class: numbers, never codes or names."""

    def __init__(self, programme, today):
        self.programme, self.today = programme, today
        self.codes = Codes(programme, today)

    @cached_property
    def contacts(self):
        """The ids of the contacts that may go, by why."""
        found = {"gone": [], "unused": [], "deleted": []}
        for contact in contact_persons.to_erase(self.programme, self.today):
            found["gone" if contact.is_of_gone else "unused"].append(contact.pk)
        found["deleted"] = contact_persons.deleted_long_ago(self.programme)
        return found

    @property
    def number_of_contacts(self):
        return sum(map(len, self.contacts.values()))

    @property
    def number_of_codes(self):
        return len(self.codes.due)


def files_due():
    """How many deleted files of the installation can no longer be put back."""
    return sum(1 for _file in forgotten(timezone.now()))


class _DueForm(ErasingForm):
    """Which of what is due the decision is about. What fell due, or went, since is asked about again."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, due, **kwargs):
        super().__init__(*args, **kwargs)
        self.due = due
        field = self.fields[self.ABOUT]
        field.choices = list(self._choices())
        field.initial = [value for value, _label in field.choices]
        self.order_fields([self.ABOUT])
        self._now = sha256(repr(sorted(self._all())).encode()).hexdigest()
        self.fields["seen"].initial = self._now

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("seen") != self._now:
            self.data = self.data.copy()
            self.data["seen"] = self._now
            raise ValidationError(
                _("What is due has changed since you opened the page. Look at the numbers again.")
            )
        return cleaned


def _several(label, unchosen):
    return forms.MultipleChoiceField(
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": unchosen,
            "invalid_choice": gettext_lazy("Choose one of those in the list."),
        },
    )


class CodesForm(_DueForm):
    """The grants whose participants' codes are replaced."""

    ABOUT = "grants"

    grants = _several(
        gettext_lazy("Under which grants?"), gettext_lazy("Choose at least one grant.")
    )

    def _choices(self):
        codes = self.due.codes
        for row in codes.of_grants:
            if row.due:
                yield str(row.grant.pk), f"{row.grant}: {_persons(len(row.due))}"
        if codes.of_no_grant:
            yield DELETED, _("Deleted placements: %(n)s") % {"n": _persons(len(codes.of_no_grant))}

    def _all(self):
        return self.due.codes.due

    def chosen(self):
        """The keys of the grants, and whether what is left of deleted ones is meant too."""
        values = self.cleaned_data["grants"]
        return {int(value) for value in values if value != DELETED}, DELETED in values


class ContactsForm(_DueForm):
    """Why the contacts that are erased need not be kept."""

    ABOUT = "why"

    why = _several(gettext_lazy("Which contacts?"), gettext_lazy("Choose at least one group."))

    LABELS = {
        "gone": contact_persons.ENTERPRISE_GONE,
        "unused": contact_persons.UNUSED,
        "deleted": gettext_lazy("Deleted more than 30 days ago, and left in the history alone."),
    }

    def _choices(self):
        for why, ids in self.due.contacts.items():
            if ids:
                yield why, f"{self.LABELS[why]} {_contacts(len(ids))}"

    def _all(self):
        return [pk for ids in self.due.contacts.values() for pk in ids]

    def chosen(self):
        return [pk for why in self.cleaned_data["why"] for pk in self.due.contacts[why]]


def _persons(n):
    return ngettext("%(n)s participant", "%(n)s participants", n) % {"n": n}


def _contacts(n):
    return ngettext("(%(n)s contact)", "(%(n)s contacts)", n) % {"n": n}


@dataclass(frozen=True)
class Entry:
    """An entry of the log, with the names of what it is about as far as that is there still."""

    erasure: Erasure
    about: str


def entries(erasures):
    """The log's rows with their grants and enterprises; two more queries."""
    erasures = list(erasures)
    grants = _named(Grant.objects.select_related("municipality"), erasures, "grants")
    enterprises = _named(Enterprise.objects, erasures, "enterprises")
    return [
        Entry(
            row, ", ".join(_about(row, grants, "grants") + _about(row, enterprises, "enterprises"))
        )
        for row in erasures
    ]


def _named(records, erasures, kind):
    ids = {pk for row in erasures for pk in row.records.get(kind, ())}
    return {pk: str(record) for pk, record in records.in_bulk(ids).items()}


def _about(row, names, kind):
    return [names.get(pk) or _("no. %(id)s") % {"id": pk} for pk in row.records.get(kind, ())]
