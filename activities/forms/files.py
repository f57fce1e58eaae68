"""Files on a record: several sent at once, and the name of one."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programmes.forms import RecordForm

from ..attachments import MOST_FILES, attach
from ..file_kinds import ENDINGS, shown_name, welcome, with_ending
from ..models import Attachment


class FilesInput(forms.ClearableFileInput):
    """A box for several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def use_required_attribute(self, initial):
        return False


class FilesField(forms.FileField):
    """Its value is a list of uploaded files, which may be empty: what is wrong is told of each."""

    widget = FilesInput

    def clean(self, data, initial=None):
        return [file for file in data or [] if file]


class FilesForm(forms.Form):
    """Files to put on `record`. Those that can be kept are kept; each of the others is told why not.

    `refused` are (name, reason) of files let go of while they came.
    """

    files = FilesField(label=_("Files"))
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args, record, refused=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.record, self.refused, self.received = record, refused, []
        self.fields["files"].widget.attrs["accept"] = ",".join(ENDINGS)
        self.fields["files"].help_text = _("%(kinds)s. At most 10 MB each and %(most)s files.") % {
            "kinds": welcome(),
            "most": MOST_FILES,
        }

    def clean(self):
        cleaned = super().clean()
        self.received = cleaned.get("files", [])
        for name, reason in self.refused:
            self._tell(name, reason)
        if not self.received and not self.errors:
            self.add_error("files", _("Choose at least one file."))
        return cleaned

    def save(self, by):
        """The rows of the files that are kept."""
        kept = []
        for file in self.received:
            try:
                kept.append(
                    attach(
                        self.record,
                        file.name,
                        file.read(),
                        by=by,
                        form_key=self.cleaned_data.get("form_key"),
                    )
                )
            except ValidationError as error:
                for message in error.messages:
                    self._tell(shown_name(file.name), message)
        return kept

    def _tell(self, name, reason):
        self.add_error("files", _("“%(name)s”: %(reason)s") % {"name": name, "reason": reason})


class FileNameForm(RecordForm):
    """What a file is called. Its ending stays: it says the kind."""

    class Meta:
        model = Attachment
        fields = ["name"]

    def clean_name(self):
        name = shown_name(self.cleaned_data["name"])
        ending = "." + self.instance.name.rpartition(".")[2]
        return name if name.lower().endswith(ending.lower()) else with_ending(name, ending)
