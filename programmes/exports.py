"""A list as it is shown, given out as a file: CSV as a Swedish Excel opens it, or a workbook.

A list's columns are said once, for both. A cell is text, a number or a day; `None` is unknown and
leaves it empty. Rows are read and written one by one, so that a long list takes no more memory than
a short one. Text is text: nothing a person typed becomes a formula.
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from defusedcsv import csv
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import formats
from .models import Programme
from .text import writable

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# As some program reads it: in wide signs too, and behind what is not seen.
LIKE_A_FORMULA = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠\\t\\r]")
MARKED_BY_WRITER = "=+-@|%"  # a CSV's writer sees to these
LONGEST_CELL = 32_767
DAY = "yyyy-mm-dd"
NARROW, WIDE, WIDEST = 14, 28, 60  # widths in characters
A_PAGE_WIDE, HEAD_HEIGHT = 250, 32  # in characters and points
IN_MEMORY = 2_000_000  # bytes, before a file is kept on disk


@dataclass(frozen=True)
class Column:
    """A column: its head, with the unit where there is one, and how its cell is had from a record."""

    head: str
    cell: Callable[[Any], str | int | float | date | None]
    width: int = NARROW


@dataclass(frozen=True)
class Listing:
    """A list as somebody narrowed it: all that is found, in the order of the page."""

    programme: Programme
    name: str  # what the file is called by
    title: str
    columns: tuple[Column, ...]
    records: Iterable
    filters: list[tuple[str, str]]  # what it is narrowed to, as (label, words)
    is_full: bool  # whether the reader sees closed records too


def rough_days(head, first="starts_on", last="ends_on", precision="precision"):
    """The columns of a date as well as it is known: in words, and the days it may mean."""

    def words(record):
        start, end = getattr(record, first), getattr(record, last)
        return formats.span(start, end, getattr(record, precision)) if start else None

    return (
        Column(head, words, WIDE),
        Column(_("First possible day"), lambda record: getattr(record, first)),
        Column(_("Last possible day"), lambda record: getattr(record, last)),
    )


def named(through, record, name):
    """The names at the other end of a many-to-many relation, by the key of the record: "A; B"."""
    found = {}
    for key, text in through.values_list(record, name).order_by(record, name):
        found[key] = f"{found[key]}; {text}" if key in found else text
    return found


def download(listing, format):
    """The answer that gives out the list as a file; 404 for a format there is none of."""
    if format not in FORMATS:
        raise Http404
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 the answer closes it
    {"csv": _write_csv, "xlsx": _write_workbook}[format](listing, file)
    file.seek(0)
    today = timezone.localdate()
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{listing.name}-{listing.programme.slug}-{today}.{format}",
        content_type=FORMATS[format],
    )


def _read(records):
    """A query's rows one by one; they hold no prefetched ones, which would be asked for by the batch."""
    return records.iterator() if hasattr(records, "iterator") else records


def _write_csv(listing, file):
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.head for column in listing.columns])
    for record in _read(listing.records):
        writer.writerow([_plain(column.cell(record)) for column in listing.columns])
    text.detach()


def _plain(value):
    """A cell of a CSV file: decimal comma, days as 2026-11-24, text that no program takes for a formula."""
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return harmless(writable(value))


def harmless(text):
    """Text for a cell of a CSV file, marked where its writer does not see that it is like a formula."""
    marked = LIKE_A_FORMULA.match(text) and text[0] not in MARKED_BY_WRITER
    return f"'{text}" if marked else text


def _write_workbook(listing, file):
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    programme = listing.programme
    book.set_properties(
        {
            "title": writable(f"{listing.title}, {programme}")[:255],
            "author": writable(programme.association)[:255],
            "created": timezone.localtime().replace(tzinfo=None, microsecond=0),
        }
    )
    rows = _write_rows(book, listing)
    _write_about(book, listing, rows)
    book.close()


def _write_rows(book, listing):
    """The sheet of the list; how many rows there are."""
    top = {"valign": "top"}
    head = book.add_format(top | {"bold": True, "text_wrap": True, "bottom": 2})
    looks = {
        "text": book.add_format(top),
        "long": book.add_format(top | {"text_wrap": True}),
        "marked": book.add_format(top | {"quote_prefix": True}),
        "number": book.add_format(top | {"num_format": "#,##0"}),
        "decimals": book.add_format(top | {"num_format": "#,##0.##"}),
        "day": book.add_format(top | {"num_format": DAY, "align": "left"}),
    }
    sheet = book.add_worksheet(listing.title[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    if sum(column.width for column in listing.columns) <= A_PAGE_WIDE:
        sheet.fit_to_pages(1, 0)
    sheet.set_row(0, HEAD_HEIGHT)
    for index, column in enumerate(listing.columns):
        longest = max(map(len, str(column.head).split()))
        sheet.set_column(index, index, max(column.width, longest + 2))
        sheet.write_string(0, index, writable(column.head), head)
    number = 0
    for number, record in enumerate(_read(listing.records), 1):
        for index, column in enumerate(listing.columns):
            _write_cell(sheet, number, index, column, column.cell(record), looks)
    sheet.autofilter(0, 0, number, len(listing.columns) - 1)
    return number


def _write_cell(sheet, row, index, column, value, looks):
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(row, index, datetime(value.year, value.month, value.day), looks["day"])
    elif isinstance(value, int | float):
        look = "number" if value == int(value) else "decimals"
        sheet.write_number(row, index, value, looks[look])
    else:
        text = _short(writable(value))
        look = "long" if column.width == WIDEST else "text"
        look = "marked" if LIKE_A_FORMULA.match(text) else look
        sheet.write_string(row, index, text, looks[look])


def _short(text):
    """What a cell of Excel can hold; it counts as UTF-16."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"


VIEWS = {
    True: gettext_lazy("full: also what is for the programme's office and the auditor alone"),
    False: gettext_lazy("protected: as all members see it"),
}


def _write_about(book, listing, rows):
    """The sheet that says what the list is."""
    label = book.add_format({"bold": True, "valign": "top"})
    words = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    marked = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    sheet = book.add_worksheet(_("About the list"))
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 1, WIDEST)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    programme = listing.programme
    facts = [
        (_("Programme"), programme.name),
        (_("Association"), programme.association),
        (_("List"), listing.title),
        *(listing.filters or [(_("Filters"), _("none, everything is here"))]),
        (_("Rows"), formats.number(rows)),
        (_("Made"), timezone.localtime().strftime("%Y-%m-%d %H.%M")),
        (_("View"), VIEWS[listing.is_full]),
        (_("Empty cells"), _("not known, or not stated; never 0")),
    ]
    if programme.is_practice:
        facts.insert(0, (_("EXERCISE"), _("Everything here is made up.")))
    for row, (name, value) in enumerate(facts):
        value = _short(writable(value))
        sheet.write_string(row, 0, writable(name), label)
        sheet.write_string(row, 1, value, marked if LIKE_A_FORMULA.match(value) else words)
