"""The money of a grant: what is paid, what is to be paid, and whether the parts make the whole."""

from dataclasses import dataclass
from datetime import date

from programmes.figures import share


@dataclass(frozen=True)
class Money:
    """The amount granted (kronor, None if unknown) and its instalments, as known on a day."""

    amount: int | None
    instalments: list
    today: date

    @property
    def planned(self):
        """The sum of the instalments, paid or not."""
        return sum(row.amount for row in self.instalments)

    @property
    def paid(self):
        return sum(row.amount for row in self.instalments if row.paid_on)

    @property
    def whole(self):
        """What is to be paid: the amount granted, or the instalments where that is unknown."""
        return (self.planned or None) if self.amount is None else self.amount

    @property
    def paid_share(self):
        return share(self.paid, self.whole)

    @property
    def difference(self):
        """Instalments less the amount granted; None where there is nothing to compare."""
        return self.planned - self.amount if self.instalments and self.amount is not None else None

    @property
    def lacking(self):
        return max(-(self.difference or 0), 0)

    @property
    def beyond(self):
        return max(self.difference or 0, 0)

    def paid_before(self, day):
        """The instalments that were paid before `day`, such as the decision; none where it is unknown."""
        return [row for row in self.instalments if day and row.paid_on and row.paid_on < day]

    @property
    def rows(self):
        """Each instalment, and whether its day has passed without its being paid."""
        return [(row, row.is_overdue(self.today)) for row in self.instalments]

    @property
    def overdue(self):
        return [row for row, late in self.rows if late]
