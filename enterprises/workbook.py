"""The census as a workbook to fill in: a row an enterprise, last year's number beside each box.

What a cell says, in the file as it is given out and as it comes back:

* nothing: the box is left as it is, whatever stands in it
* a number: that number; 0 is zero
* a dash: not answered; in a comment or a reason: what stood there is taken away
* in the column of the state one of `state_words`; "same as 2025" confirms the row, with last year's
  number in each box that holds nothing

The first row, which is hidden, names the columns for the program, and the hidden columns at the end
tell which answer a row is, and which version of it was read.
"""

import io

import xlsxwriter
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from programmes.exports import LIKE_A_FORMULA, LONGEST_CELL
from programmes.text import writable

from .forms.answers import MOST, NUMBERS, CommentField, RowForm, typed
from .models import CensusReturn, usual_range
from .table import COLUMNS, GROUPS, HEADS

State = CensusReturn.State
FORMERLY = pgettext_lazy("state of a row", "unchanged")  # in files fetched some time ago
TEXTS = {
    "explanation": gettext_lazy("Reason for a large change"),
    "comment": gettext_lazy("Comment"),
}
LABELS = {"state": gettext_lazy("State"), **COLUMNS, **TEXTS}  # what can be filled in, in order
MARK = "census"  # begins the name of the column of keys

INK, QUIET, PALE, RULE = "#14262A", "#5B6B6E", "#F1F5F4", "#C4CFCD"
SPRUCE, ASKS = "#0B5751", "#FDE9B8"
FIRST_ROW = 4  # of the enterprises, counted from that of the columns' names, which is 0
LINE = 15  # points
REASON_WIDTH, COMMENT_WIDTH, HELP_WIDTH = 34, 44, 84  # characters


def mark(census):
    """The name of the column of keys: it says of which census the file is."""
    return f"{MARK}-{census.pk}-{census.year}"


def columns(census):
    """The names of the columns for the program, in order; those that are only read have none."""
    numbers = [name for number in NUMBERS for name in (number, "")]
    return ["enterprise", "", "state", "", *numbers, *TEXTS, mark(census), "version"]


def words_of(answer):
    """What the cells of an answer say, by what is filled in."""
    words = typed(answer)
    words |= {name: shown(words[name]) for name in TEXTS}
    return words | {"state": str(State(answer.state).label)}


def state_words(census):
    """What the column of the state may say, by state, in lower case."""
    same = str(RowForm.same_as(census))
    words = {state.value: str(state.label) for state in State}
    return words | {RowForm.SAME: same[:1].lower() + same[1:]}


def shown(text):
    """A text as a cell can hold it."""
    text = writable(CommentField.plain(text)).replace("\r", "\n")
    units = text.encode("utf-16-le")[: 2 * LONGEST_CELL]  # as Excel counts
    return units.decode("utf-16-le", "ignore")


def states(census):
    """The state each word means, in any of the languages."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words = state_words(census).items()
            found |= {word.casefold(): value for value, word in words}
            found[str(FORMERLY).casefold()] = RowForm.SAME
    return found


def workbook(census, answers, before, unconfirmed):
    """The workbook of `answers` as bytes.

    `before` are last year's confirmed ones by enterprise, `unconfirmed` what stands instead of them.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    title = _("Census %(year)s") % {"year": census.year}
    book.set_properties(
        {
            "title": writable(f"{title}, {census.programme}")[:255],
            "author": writable(census.programme.association)[:255],
            "created": timezone.localtime().replace(tzinfo=None, microsecond=0),
        }
    )
    _Table(book, title, census).write(answers, before, unconfirmed)
    _write_help(book, census)
    book.close()
    return file.getvalue()


class _Table:
    """The sheet that is filled in."""

    def __init__(self, book, title, census):
        self.census = census
        self.names = columns(census)
        self.at = {name: index for index, name in enumerate(self.names) if name}
        self.sheet = book.add_worksheet(title[:31])
        base = {"valign": "top", "font_color": INK}
        box = base | {"border": 1, "border_color": RULE, "locked": False}
        quiet = base | {"font_color": QUIET, "bg_color": PALE}
        head = base | {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}
        looks = {
            "line": base | {"italic": True, "font_color": QUIET},
            "group": base | {"bold": True, "font_color": SPRUCE},
            "head": head,
            "was": quiet,
            "head_was": head | {"bold": False, "font_color": QUIET, "bg_color": PALE},
            "head_right": head | {"align": "right"},
            "head_quiet": head
            | {"align": "right", "bold": False, "font_color": QUIET, "bg_color": PALE},
            "name": base | {"bold": True, "text_wrap": True},
            "marked_name": base | {"bold": True, "text_wrap": True, "quote_prefix": True},
            "read": base,
            "marked_read": base | {"quote_prefix": True},
            "last": quiet | {"align": "right", "num_format": "0"},
            "number": box | {"align": "right", "num_format": "0"},
            "state": box,
            "text": box | {"text_wrap": True},
            "marked_text": box | {"text_wrap": True, "quote_prefix": True},
            "asks": {"bg_color": ASKS},
        }
        self.looks = {name: book.add_format(look) for name, look in looks.items()}

    def write(self, answers, before, unconfirmed):
        self._write_heads()
        row = FIRST_ROW - 1
        for row, answer in enumerate(answers, FIRST_ROW):
            was = unconfirmed.get(answer.enterprise_id, "")
            self._write_row(row, answer, before.get(answer.enterprise_id), was)
        self._set_up(row)
        if row >= FIRST_ROW:
            self._help_to_fill_in(row)

    def _write_heads(self):
        sheet, looks, at = self.sheet, self.looks, self.at
        for index, name in enumerate(self.names):
            sheet.write_string(0, index, name)
        line = _(
            "Fill in the framed boxes. An empty box is left as it is, 0 is zero, – is not answered."
        )
        sheet.write_string(1, 0, line, looks["line"])
        for group, names in GROUPS.items():
            sheet.write_string(2, at[names[0]], str(HEADS[group]), looks["group"])
        sheet.write_string(3, 0, _("Enterprise"), looks["head"])
        sheet.write_string(3, 1, _("Municipality"), looks["head"])
        sheet.write_string(3, at["state"], str(LABELS["state"]), looks["head"])
        sheet.write_string(3, at["state"] + 1, str(self.census.year - 1), looks["head_was"])
        for name in NUMBERS:
            label = _unbroken(LABELS[name])
            sheet.write_string(3, at[name], label, looks["head_right"])
            sheet.write_string(3, at[name] + 1, str(self.census.year - 1), looks["head_quiet"])
        for name in TEXTS:
            sheet.write_string(3, at[name], str(LABELS[name]), looks["head"])

    def _write_row(self, row, answer, before, was):
        at, words = self.at, words_of(answer)
        self._write_text(row, 0, answer.enterprise.name, "name")
        self._write_text(row, 1, answer.enterprise.municipality.name, "read")
        self.sheet.write_string(row, at["state"], words["state"], self.looks["state"])
        was = str(State(before.state).label) if before else str(was)
        self._write_text(row, at["state"] + 1, was, "was")
        for name in NUMBERS:
            self._write_number(row, at[name], words[name], "number")
            last = before.typed(name) if before else ""
            self._write_number(row, at[name] + 1, last, "last")
        for name in TEXTS:
            self._write_text(row, at[name], words[name], "text")
        lines = max(
            _lines(words["explanation"], REASON_WIDTH), _lines(words["comment"], COMMENT_WIDTH)
        )
        self.sheet.set_row(row, LINE * lines + 4)
        self.sheet.write_number(row, at[mark(self.census)], answer.pk)
        self.sheet.write_number(row, at["version"], answer.version)
        if before:
            self._ask_why(row, before)

    def _write_number(self, row, column, typed, look):
        if typed.isdecimal():
            self.sheet.write_number(row, column, int(typed), self.looks[look])
        elif typed:
            self.sheet.write_string(row, column, typed, self.looks[look])
        else:
            self.sheet.write_blank(row, column, None, self.looks[look])

    def _write_text(self, row, column, text, look):
        text = writable(text)
        if not text:
            self.sheet.write_blank(row, column, None, self.looks[look])
        else:
            look = f"marked_{look}" if LIKE_A_FORMULA.match(text) else look
            self.sheet.write_string(row, column, text, self.looks[look])

    def _ask_why(self, row, before):
        """Colour the box of the reason while a total lies outside what needs none."""
        reason = self._cell(row, self.at["explanation"])
        for group, names in GROUPS.items():
            earlier = getattr(before, group)
            if earlier is None:
                continue
            least, most = usual_range(earlier)
            boxes = ",".join(self._cell(row, self.at[name]) for name in names)
            large = f"OR(SUM({boxes})<{least},SUM({boxes})>{most})"
            # As CensusNumbers.gives_the_same: an unknown part may hide a change, or be all of it.
            compared = [name for name in names if name not in CensusReturn.MAY_BE_EMPTY]
            given = before.given(compared)
            same = [
                f"ISNUMBER({self._cell(row, self.at[name])})={str(name in given).upper()}"
                for name in compared
            ]
            rule = f'=AND(COUNT({boxes})>0,{",".join(same)},{large},{reason}="")'
            self.sheet.conditional_format(
                row,
                self.at["explanation"],
                row,
                self.at["explanation"],
                {"type": "formula", "criteria": rule, "format": self.looks["asks"]},
            )

    @staticmethod
    def _cell(row, column):
        return xlsxwriter.utility.xl_rowcol_to_cell(row, column, col_abs=True)

    def _set_up(self, last):
        sheet, at = self.sheet, self.at
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(3, 32)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 16)
        sheet.set_column(at["state"], at["state"], 16)
        sheet.set_column(at["state"] + 1, at["state"] + 1, 13)
        for name in NUMBERS:
            longest = max(map(len, _unbroken(LABELS[name]).split()))
            sheet.set_column(at[name], at[name], max(longest + 2, 9))
            sheet.set_column(at[name] + 1, at[name] + 1, 6)
        sheet.set_column(at["explanation"], at["explanation"], REASON_WIDTH)
        sheet.set_column(at["comment"], at["comment"], COMMENT_WIDTH)
        sheet.set_column(at["version"] - 1, at["version"], None, None, {"hidden": True})
        sheet.freeze_panes(FIRST_ROW, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2, 3)
        sheet.print_area(1, 0, max(last, FIRST_ROW), at["comment"])
        # Without a password: it guards against a slip, not against anybody.
        sheet.protect(
            "",
            {"format_cells": True, "format_columns": True, "format_rows": True, "autofilter": True},
        )
        sheet.autofilter(FIRST_ROW - 1, 0, max(last, FIRST_ROW), at["state"])

    def _help_to_fill_in(self, last):
        at, first = self.at, FIRST_ROW
        self.sheet.data_validation(
            first,
            at["state"],
            last,
            at["state"],
            {
                "validate": "list",
                "source": list(state_words(self.census).values()),
                "error_title": _("State"),
                "error_message": _("Choose one of the words in the list."),
            },
        )
        for name in NUMBERS:
            cell = xlsxwriter.utility.xl_rowcol_to_cell(first, at[name])
            whole = f"AND(ISNUMBER({cell}),{cell}>=0,{cell}<={MOST},{cell}=INT({cell}))"
            rule = f'=IF(ISNUMBER({cell}),{whole},OR({cell}="–",{cell}="-"))'
            self.sheet.data_validation(
                first,
                at[name],
                last,
                at[name],
                {
                    "validate": "custom",
                    "value": rule,
                    "error_title": _unbroken(LABELS[name])[:32],
                    "error_message": _("Write a whole number, or – where it is not answered."),
                },
            )


def _unbroken(label):
    """A label without the places where a narrow table may break it."""
    return str(label).replace("\u00ad", "")


def _lines(text, width):
    """How many lines a text takes, at most ten: not every program counts them when it opens a file."""
    lines = sum(1 + len(line) // width for line in text.split("\n"))
    return min(lines, 10)


def _write_help(book, census):
    """The sheet that says how the other is filled in."""
    top = {"valign": "top", "text_wrap": True, "font_color": INK}
    title = book.add_format({"bold": True, "font_size": 14, "font_color": SPRUCE})
    label, words = book.add_format(top | {"bold": True}), book.add_format(top)
    sheet = book.add_worksheet(_("How to fill it in"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, HELP_WIDTH)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, _("How to fill it in"), title)
    for row, (name, value) in enumerate(_help(census), 2):
        sheet.write_string(row, 0, writable(name), label)
        sheet.write_string(row, 1, writable(value), words)
        sheet.set_row(row, LINE * max(_lines(value, HELP_WIDTH), _lines(name, 18)) + 4)


def _help(census):
    year = {"year": census.year, "last_year": census.year - 1}
    words = state_words(census)
    facts = [
        (
            _("The boxes"),
            _(
                "Fill in the framed boxes. In grey beside each number stands that of %(last_year)s, "
                "which counts for nothing until it is confirmed."
            )
            % year,
        ),
        (_("Empty box"), _("Is left as it is: nothing is taken away, nothing becomes 0.")),
        ("0", _("Zero: the enterprise has answered that there is nobody.")),
        ("–", _("Not answered. A hyphen does as well. It is not zero.")),
        (
            words[State.NOT_APPLICABLE].capitalize(),
            _(
                "In the column of the state: the census is not about this enterprise. "
                "Empty the boxes with numbers too."
            ),
        ),
        (
            words[RowForm.SAME].capitalize(),
            _(
                "In the column of the state: the answer is the same as in %(last_year)s and is "
                "confirmed. Empty boxes get that year's numbers; what you have written stands."
            )
            % year,
        ),
        (
            words[State.CONFIRMED].capitalize(),
            _("The answer counts. Empty boxes become not answered."),
        ),
        (
            words[State.DRAFT].capitalize(),
            _("The numbers are kept but do not count. Numbers without a state become a draft."),
        ),
        (
            str(TEXTS["explanation"]),
            _(
                "Write shortly why the numbers differ much from %(last_year)s, or that you do not "
                "know. The box turns yellow when it is asked for; without it the row stays a draft."
            )
            % year,
        ),
        (
            _("Take away a text"),
            _("Write – in the comment or the reason to take away what stands there."),
        ),
        (
            _("Rows and columns"),
            _(
                "Do not add enterprises here, add them to the register. "
                "Columns without frames are not read back."
            ),
        ),
        (
            _("When you are done"),
            _(
                "Save the file and choose “Take in a filled in file” on the page of the census. "
                "You see every change before anything is stored, also whether somebody else has "
                "changed the same row meanwhile."
            ),
        ),
        (_("Programme"), census.programme.name),
        (_("Fetched"), timezone.localtime().strftime("%Y-%m-%d %H.%M")),
    ]
    if census.programme.is_practice:
        facts.insert(0, (_("EXERCISE"), _("Everything here is made up.")))
    return facts
