"""What a list is narrowed to by its address: read, put in words, and written back."""

from urllib.parse import urlencode

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .periods import FIRST_YEAR, LAST_YEAR

ALL = ("", _("All"))
LISTS = {}  # the filter of each list, by the URL name of the list


class ListFilter(forms.Form):
    """The choices above a list. A filter that cannot be read narrows nothing.

    `PAGE` is the URL name of the list and `TITLE` what it is called: a list with both can be saved
    as somebody narrowed it. After `narrow`, `chosen` holds what could be read, by field, `active`
    tells whether there is any and `is_chosen` whether anything but words to search for is.
    """

    PAGE = TITLE = None
    LONGEST = 100
    chosen = {}
    kept = ()  # what else of the address stays when the list is narrowed, as (name, value)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.PAGE:
            LISTS[cls.PAGE] = cls

    @property
    def active(self):
        return bool(self.chosen)

    @property
    def is_chosen(self):
        return bool(self.chosen.keys() - {"q"})

    def narrow(self, records):
        self.is_valid()
        self.chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return self.narrowed(records, self.chosen)

    def narrowed(self, records, chosen):
        """Those of `records` that fit what is `chosen`."""
        raise NotImplementedError

    @property
    def query(self):
        """What is chosen, as it stands in an address."""
        return urlencode({name: self.data[name].strip() for name in self.chosen})

    @classmethod
    def known(cls, data):
        """Of what an address holds, what this list knows: to be kept and asked for again."""
        found = {name: data.get(name, "").strip() for name in cls.base_fields}
        return urlencode(
            {name: text for name, text in found.items() if 0 < len(text) <= cls.LONGEST}
        )

    def in_words(self):
        """What is chosen, as (label, words)."""
        return [
            (str(self.fields[name].label), self._words(name, value))
            for name, value in self.chosen.items()
        ]

    def _words(self, name, value):
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("yes")
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return capfirst(str(dict(field.choices)[value]))
        return str(value)

    def boxes(self):
        """The boxes beside the words to search for, each with the options of a choice."""
        for name, field in self.fields.items():
            if name == "q":
                continue
            box = {"name": name, "id": f"id_{name}", "label": field.label}
            if isinstance(field, forms.BooleanField):
                yield box | {"ticked": name in self.chosen}
            elif isinstance(field, forms.ChoiceField):
                now = str(self.data.get(name, ""))
                choices = ((str(value), label) for value, label in field.choices)
                options = [(value, capfirst(label), value == now) for value, label in choices]
                yield box | {"options": options}
            else:
                yield box | {"text": self.data.get(name, ""), "most": field.max_length}


class SearchField(forms.CharField):
    """Words to search for."""

    def __init__(self):
        super().__init__(label=_("Search"), required=False, max_length=100)


class YearChoice(forms.TypedChoiceField):
    """One of the years there is something in; of another year nothing is found."""

    def __init__(self):
        super().__init__(label=_("Year"), required=False, coerce=int, empty_value=None)

    def offer(self, years):
        self.choices = [ALL, *((year, year) for year in years)]

    def valid_value(self, value):
        text = str(value)
        if super().valid_value(value):
            return True
        is_year = len(text) == 4 and text.isascii() and text.isdigit()
        if is_year and FIRST_YEAR <= int(text) <= LAST_YEAR:
            self.choices = [*self.choices, (int(text), text)]
            return True
        return False
