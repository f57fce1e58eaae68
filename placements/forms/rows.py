"""A record in one row of a table, under a form that sends all its rows together."""

from django.forms.utils import ErrorDict

from programmes.forms import RecordForm


class RowForm(RecordForm):
    """The boxes of one row. What is wrong in them is told under the row, and marked in the boxes."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].widget.attrs["class"] = "form-control"

    @property
    def is_judged(self):
        """Whether the row is to be saved; what is typed in another is not looked at."""
        raise NotImplementedError

    def named(self, label):
        """A box as the summary on top names it, among those of other rows."""
        raise NotImplementedError

    @property
    def boxes(self):
        return [self[name] for name in self.Meta.fields]

    @property
    def wrong(self):
        return [box for box in self.boxes if box.errors] if self.is_judged else []

    def is_sound(self):
        if not self.is_judged:
            self._errors = ErrorDict()  # nor is it marked as wrong
            return True
        sound = self.is_valid()
        for box in self.wrong:
            marks = {"class": "form-control is-invalid", "aria-describedby": f"{box.auto_id}_error"}
            box.field.widget.attrs |= marks
        return sound


def problems_in(rows):
    """For the summary on top of the form: one a box."""
    return [
        {"id": box.id_for_label, "label": row.named(box.label), "text": error}
        for row in rows
        for box in row.wrong
        for error in box.errors
    ]
