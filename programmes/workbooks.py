"""What is read of a table that somebody filled in elsewhere: an Excel workbook or a CSV file.

The file is measured before it is parsed: its bytes, what it says it becomes when it is unpacked and
what it does become, its rows, cells and texts. Then each cell is text, as a person would have typed
it, at a row and a column that a message can name. Nothing is computed: of a formula only what the
program that saved the file wrote as its value is read.
"""

import csv
import logging
import re
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO

import openpyxl
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from . import formats

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_ROWS = 10_000
MOST_COLUMNS = 200
MOST_CELLS = 200_000
MOST_PARTS = 1_000
MOST_TAGS = 1_500_000  # of all parts together
MOST_SLOW_TAGS = 40_000  # those that are no cells: each becomes an object of the reader's
MOST_SHEETS = 100
MOST_BETWEEN_TAGS = 400_000  # bytes: a longer tag is read over and over, chunk by chunk
MOST_OF_A_CELL = 32_767  # characters, as Excel has it

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # of Excel before 2007, or locked with a password
BEGINNING = b"PK\x03\x04"
ROW_OF_DIRECTORY = b"PK\x01\x02"
TYPES = "[Content_Types].xml"
MAIN = b"spreadsheetml.sheet.main+xml"
MACROS = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
XML = (".xml", ".rels")
BEGINNINGS_OF_XML = (b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<")
BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
DECLARATION = re.compile(rb"<!(?!\[CDATA\[)")
AFTER_MARK = 4  # bytes, at most, before the first tag
SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
LONG_TAG = re.compile(rb"<[^<]{%d}" % MOST_BETWEEN_TAGS)
QUICK_TAGS = re.compile(rb"</?(?:\w+:)?(?:row|c|v|f|t)[\s/>]|</")
LONGEST_FOR_SURE = 10**15  # a whole number below it is kept to the last digit

log = logging.getLogger(__name__)


class Unreadable(ValidationError):
    """A file that is not read, and why."""


@dataclass
class Row:
    """A row of a sheet: its number as the program shows it, and the texts of its cells by column (A is 1)."""

    number: int
    cells: dict = field(default_factory=dict)

    def text(self, column):
        """What stands in the column, without space around it; nothing for an empty cell."""
        return self.cells.get(column, "").strip()


@dataclass
class Sheet:
    """A sheet: its rows that hold something, and what is wrong with single cells.

    `problems` are (row, column, message), in the order of the sheet: a formula without a value, an
    error, cells that are merged.
    """

    title: str
    rows: list = field(default_factory=list)
    problems: list = field(default_factory=list)


def address(row, column):
    """A cell as its program names it, such as D7."""
    return f"{get_column_letter(column)}{row}"


class TableField(forms.FileField):
    """A file with a table; its value is the sheets that are read of it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ".xlsx,.csv"
        self.error_messages["required"] = _("Choose a file.")
        self.error_messages["empty"] = _("The file is empty.")

    def to_python(self, data):
        file = super().to_python(data)
        return file and read(file.name, file.read(MOST_BYTES + 1))


class TableForm(forms.Form):
    """One file to be read. `refused` says that a file was sent which was let go of, too large to keep."""

    file = TableField(label=_("File"))

    def __init__(self, *args, refused=False, **kwargs):
        super().__init__(*args, **kwargs)
        words = _("Excel (.xlsx) or CSV, at most %(most)s")
        self.fields["file"].help_text = words % {"most": formats.bytes_of(MOST_BYTES)}
        if refused:
            self.fields["file"].error_messages["required"] = too_large()


def read(name, content):
    """The sheets of a file by its content; `Unreadable` says why there is nothing to read."""
    if not content:
        raise Unreadable(_("The file is empty."), code="empty")
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large(), code="too_large")
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            _(
                "The file is of Excel's old form (.xls), or locked with a password. "
                "Save it as .xlsx, without a password."
            ),
            code="old",
        )
    ending = name.lower().rpartition(".")[2]
    is_archive = content.startswith(BEGINNING)
    if ending == "csv" and not is_archive:
        return [_read_csv(content)]
    if not is_archive:
        raise Unreadable(_("This is not an Excel workbook. Save it as .xlsx."), code="unknown")
    if ending != "xlsx":
        raise Unreadable(
            _("The name of the file does not end in .xlsx. Save it as an Excel workbook, .xlsx."),
            code="misnamed",
        )
    return _read_workbook(content)


def too_large():
    return _("The file is larger than %(most)s.") % {"most": formats.bytes_of(MOST_BYTES)}


def _damaged():
    return Unreadable(
        _("The file is damaged and cannot be opened. Open it in Excel and save it anew."),
        code="damaged",
    )


def _too_much():
    return Unreadable(_("The file would become far too large when it is opened."), code="bomb")


def _too_many_rows():
    most = formats.number(MOST_ROWS)
    return Unreadable(
        _("The file has more than %(most)s rows. Take away those that hold nothing.")
        % {"most": most},
        code="rows",
    )


# A workbook


def _read_workbook(content):
    try:
        _measure(content)
        return _read_sheets(content)
    except Unreadable:
        raise
    except Exception as error:  # whatever a reader meets in a stranger's file is no fault of ours
        log.info("A workbook could not be read: %s", type(error).__name__)
        raise _damaged() from None


def _measure(content):
    """Refuse what would take too much to read; what is unpacked here is counted and let go of."""
    if content.count(ROW_OF_DIRECTORY) > MOST_PARTS:  # before the rows are read, which takes long
        raise _too_much()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        most = min(MOST_UNPACKED, MOST_RATIO * len(content))
        if sum(part.file_size for part in parts) > most:
            raise _too_much()
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable(
                _("The file is locked with a password. Save it without one."), code="locked"
            )
        names = [part.filename for part in parts]
        if len(names) != len(set(names)) or TYPES not in names:
            raise _damaged()
        _count(archive, parts, most)


def _count(archive, parts, most):
    rows = cells = tags = slow = sheets = 0
    for part in parts:
        with archive.open(part) as unpacked:
            data = unpacked.read(most + 1)  # and its checksum, so that no part lies about its size
        most -= len(data)
        if most < 0:
            raise _too_much()
        if not _is_xml(part.filename, data):
            continue
        if b"\x00" in data or _is_unusual(data):
            raise _damaged()
        if part.filename == TYPES:
            _check_kind(data)
        rows += len(ROW.findall(data))
        if rows > MOST_ROWS:
            raise _too_many_rows()
        of_part = data.count(b"<")
        tags += of_part
        if tags > MOST_TAGS or LONG_TAG.search(data):
            raise _too_much()
        sheets += len(SHEET.findall(data))
        cells += len(CELL.findall(data))
        slow += of_part - len(QUICK_TAGS.findall(data))
        if sheets > MOST_SHEETS or cells > MOST_CELLS or slow > MOST_SLOW_TAGS:
            raise _too_much()


def _is_xml(name, data):
    """Whatever it is called: a part is found by what points at it, not by its ending."""
    begins = data.lstrip(BEFORE_XML)[:2]
    return name.lower().endswith(XML) or begins.startswith(BEGINNINGS_OF_XML)


def _is_unusual(data):
    """Whether it has what no program for tables writes: entities, comments, instructions."""
    return DECLARATION.search(data) or data.find(b"<?", AFTER_MARK) >= 0


def _check_kind(types):
    if MACROS.search(types):
        raise Unreadable(_("The file holds macros. Save it as .xlsx, without them."), code="macros")
    if MAIN not in types:
        raise Unreadable(_("This is not an Excel workbook. Save it as .xlsx."), code="unknown")


class _Parser(WorkSheetParser):
    """Cells as they are in the file, none added; knows which formulas came without a value."""

    def parse_formatting(self, element):
        """How cells look is not read, nor what a program adds for itself."""

    parse_extensions = parse_legacy = parse_custom_views = parse_formatting

    def parse_cell(self, element):
        cell = super().parse_cell(element)
        cell["is_bare_formula"] = cell["value"] is None and element.find(FORMULA_TAG) is not None
        return cell


def _read_sheets(content):
    book = openpyxl.load_workbook(
        BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    with closing(book):
        return [
            _read_sheet(book, sheet)
            for sheet in book.worksheets
            if sheet.sheet_state == "visible" and hasattr(sheet, "_worksheet_path")
        ]


def _read_sheet(book, sheet):
    found = Sheet(sheet.title)
    with book._archive.open(sheet._worksheet_path) as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            row = Row(number)
            for cell in cells:
                _read_cell(found, row, cell)
            if row.cells:
                found.rows.append(row)
    for merged in parser.merged_cells.mergeCell if parser.merged_cells else ():
        words = _("The cells %(cells)s are merged. Unmerge them.") % {"cells": merged.ref}
        found.problems.append((merged.min_row, merged.min_col, words))
    found.problems.sort(key=lambda problem: problem[:2])
    return found


def _read_cell(found, row, cell):
    column, text = cell["column"], _text(cell["value"])
    if cell["is_bare_formula"]:
        words = _("The formula has no value. Write the number itself.")
        found.problems.append((row.number, column, words))
    elif cell["data_type"] == "e":
        words = _("The cell holds an error, %(error)s.") % {"error": text[:20]}
        found.problems.append((row.number, column, words))
    elif text.strip():
        _check_cell(row.number, column, text)
        row.cells[column] = text


def _check_cell(number, column, text):
    if column > MOST_COLUMNS:
        raise Unreadable(
            _("Something stands in %(cell)s. Take away what stands beside the table."),
            code="columns",
            params={"cell": address(number, column)},
        )
    if len(text) > MOST_OF_A_CELL:
        raise Unreadable(
            _("The text in %(cell)s is too long."),
            code="long",
            params={"cell": address(number, column)},
        )


def _text(value):
    """A value as a person would have typed it: 7, 2,5, 2026-03-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("TRUE") if value else _("FALSE"))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if abs(value) < LONGEST_FOR_SURE and value == int(value):
            return str(int(value))
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# A CSV file


def _read_csv(content):
    """The one table of a CSV file: in UTF-8, UTF-16 or as Windows writes it, between ; , or tabs."""
    text = _decoded(content)
    if text.count("\n") > MOST_ROWS * 10:  # a cell may hold several lines
        raise _too_many_rows()
    head = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=head.count)
    found = Sheet("")
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise _too_many_rows()
            row = Row(number)
            for column, cell in enumerate(cells, 1):
                if cell.strip():
                    _check_cell(number, column, cell)
                    row.cells[column] = cell
            if row.cells:
                found.rows.append(row)
    except csv.Error:
        raise _damaged() from None
    return found


def _decoded(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise _damaged()
