"""Links of a record, typed one to a line."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programmes.forms import RecordForm, text_box
from programmes.text import refuse_identity_number, refuse_unwritable

from ..models import Link

MOST_LINKS = 20


class LinksField(forms.CharField):
    """Its value is a list of (address, text of the link); the text may be empty."""

    def __init__(self, **kwargs):
        super().__init__(widget=text_box(3), required=False, max_length=20_000, **kwargs)

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINKS:
            raise ValidationError(_("At most %(most)s links."), params={"most": MOST_LINKS})
        return list(dict.fromkeys(self._read(line) for line in lines))

    def _read(self, line):
        address, _space, label = line.partition(" ")
        label = label.strip()
        refuse_unwritable(line)
        refuse_identity_number(label)
        try:
            Link._meta.get_field("url").run_validators(address)
        except ValidationError:
            raise ValidationError(
                _("“%(line)s” does not begin with an address like https://example.se."),
                params={"line": line[:60]},
            ) from None
        if len(label) > Link._meta.get_field("label").max_length:
            raise ValidationError(_("The text of a link has at most 200 characters."))
        return address, label


class LinkedForm(RecordForm):
    """A form whose record has links."""

    links = LinksField(
        label=_("Links"), help_text=_("One to a line: the address, then what it is called")
    )

    def __init__(self, *args, initial=None, instance=None, **kwargs):
        initial = dict(initial or {})
        if instance is not None and instance.pk:
            initial.setdefault("links", self._typed_links(instance))
        super().__init__(*args, initial=initial, instance=instance, **kwargs)

    def _typed_links(self, record):
        return "\n".join(f"{link.url} {link.label}".strip() for link in record.links.all())

    def _meta_fields(self):
        return [*super()._meta_fields(), "links"]

    def _shown(self, name):
        return self._typed_links(self.instance) if name == "links" else super()._shown(name)

    def _says_otherwise_than(self, made):
        if super()._says_otherwise_than(made):
            return True
        typed = set(self.cleaned_data.get("links", ()))
        return typed != set(made.links.values_list("url", "label"))

    def _save_m2m(self):
        """Keep the links that stand as they were, take away the others, add the new ones."""
        super()._save_m2m()
        wanted = self.cleaned_data["links"]
        reason = getattr(self.instance, "_change_reason", None)
        for link in self.instance.links.all():
            if (link.url, link.label) in wanted:
                wanted.remove((link.url, link.label))
            else:
                link._change_reason = reason
                link.delete()
        for url, label in wanted:
            link = Link.of_record(self.instance, url=url, label=label)
            link._change_reason = reason
            link.save()
