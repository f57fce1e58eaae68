"""What a workbook of the census that was filled in would change: compared, shown, and then taken in.

Nothing of a file is kept on the server. What it would change is handed out with the page that shows
it, sealed: signed for one user, one census and one hour, so that nobody can alter it; and it is
checked anew when it comes back, by the form of a row of the table.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.acts import one_act
from programmes.text import whole_number, writable
from programmes.workbooks import Unreadable, address

from . import workbook
from .forms.answers import DASHES, NUMBERS, RowForm, typed
from .models import CensusReturn, Enterprise
from .table import WORDS, answers_of, last_years

State = CensusReturn.State
SALT = "enterprises.workbook"
SECONDS = 3600
LONGEST_SEAL = 2_000_000  # of what a page may send back


class Stale(Exception):
    """What was sealed is too old, or was not sealed for this user and this census."""


@dataclass(frozen=True)
class Filled:
    """A row of the file: the return it is about, the version that was read, and what it says by name."""

    number: int
    key: int
    version: int
    enterprise: str
    texts: dict


@dataclass(frozen=True)
class Edited:
    """What a row of the file says otherwise than what was read; "" empties a box."""

    number: int
    key: int
    version: int
    edits: dict


@dataclass(frozen=True)
class Problem:
    """Something to mend in the file: where (the cell, or None for a whole row), and in words what."""

    row: int
    column: int | None
    text: str
    enterprise: str = ""
    label: str = ""
    typed: str = ""

    @property
    def cell(self):
        return address(self.row, self.column) if self.column else ""


@dataclass
class Read:
    """What is read of a file before it is compared: rows, problems, and the columns by name."""

    rows: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    columns: dict = field(default_factory=dict)


@dataclass
class Changed:
    """A return the file would change, in the fields `names`, each from what stands to what would."""

    number: int
    answer: CensusReturn
    form: RowForm
    stands: dict
    would: dict

    @cached_property
    def names(self):
        return [name for name in self.stands if self.stands[name] != self.would[name]]

    @cached_property
    def changes(self):
        """(label, as it stands, as it would stand) of each field."""
        return [
            (label_of(name), _shown(name, self.stands[name]), _shown(name, self.would[name]))
            for name in self.names
        ]

    @property
    def large(self):
        """Each large change that lacks its reason, with the words of what changed."""
        if not self.form.asks_why:
            return []
        return [(WORDS[change.names], change) for change in self.form.large_changes()]

    @property
    def ends(self):
        """Whether the census is said not to be about the enterprise, which it was before."""
        ended = self.answer.state == State.NOT_APPLICABLE
        return ended and "state" in self.names


# The file


def read_table(sheets, census):
    """The rows of the sheet that was fetched from `census`; `Unreadable` says what it is instead."""
    sheet, names = _find(sheets, census)
    at = workbook.mark(census)
    found = Read(columns=names)
    found.problems = [Problem(row, column, str(words)) for row, column, words in sheet.problems]
    seen = set()
    for row in sheet.rows[1:]:
        if row.number < sheet.rows[0].number + workbook.FIRST_ROW:
            continue
        texts = {name: row.text(names[name]) for name in workbook.LABELS}
        enterprise = row.text(names["enterprise"])
        key, version = (whole_number(row.text(names[name])) for name in (at, "version"))
        if not (row.text(names[at]) or enterprise or any(texts.values())):
            continue
        if key is None or version is None:
            words = _("The row was not in the file when it was fetched. Take it away.")
            found.problems.append(Problem(row.number, None, words, enterprise))
        elif key in seen:
            words = _("The enterprise stands in the file twice. Take away one of the rows.")
            found.problems.append(Problem(row.number, None, words, enterprise))
        else:
            seen.add(key)
            found.rows.append(Filled(row.number, key, version, enterprise, texts))
    return found


def _find(sheets, census):
    """The sheet of the census, and its columns by name."""
    mark = workbook.mark(census)
    ours = [(sheet, name) for sheet in sheets for name in _names(sheet) if _is_mark(name)]
    if not ours:
        raise Unreadable(
            _("This is not the file of the census. Fetch it here, fill it in, and send that file.")
        )
    right = [sheet for sheet, name in ours if name == mark]
    if not right:
        year = ours[0][1].rpartition("-")[2]
        raise Unreadable(
            _("The file is of another census (%(other)s), not of this one (%(year)s).")
            % {"other": year[:4], "year": census.year}
        )
    names = _names(right[0])
    wanted = [name for name in workbook.columns(census) if name]
    if len(ours) > 1 or sorted(name for name in names if name in wanted) != sorted(wanted):
        raise Unreadable(_("Columns were taken away, or stand there twice. Fetch the file anew."))
    return right[0], {text: column for column, text in _heads(right[0]) if text in wanted}


def _heads(sheet):
    head = sheet.rows[0] if sheet.rows else None
    return [(column, head.text(column)) for column in head.cells] if head else []


def _names(sheet):
    return [text for _column, text in _heads(sheet)]


def _is_mark(name):
    return name.startswith(f"{workbook.MARK}-")


def edits_of(found, user, census):
    """The rows of a file that say something else than what was read when it was fetched."""
    answers = {answer.pk: answer for answer in answers_of(user, census)}
    rows = [row for row in found.rows if row.key in answers]
    problems = list(found.problems)
    problems += [_foreign(row, row.enterprise) for row in found.rows if row.key not in answers]
    problems += _misnamed(rows, answers, found.columns["enterprise"])
    read, states = _as_read(rows, answers), workbook.states(census)
    edited = []
    for row in rows:
        edits = _edits(row, read.get((row.key, row.version), {}), answers[row.key], states)
        if edits:
            edited.append(Edited(row.number, row.key, row.version, edits))
    return edited, problems


def _foreign(row, enterprise=""):
    words = _("The enterprise is not in this census. Take the row away.")
    return Problem(row.number, None, words, enterprise)


def _misnamed(rows, answers, column):
    """Where the name is another's: somebody sorted some columns and not the hidden ones."""
    wrong = [row for row in rows if _line(row.enterprise) != _name(answers[row.key].enterprise)]
    if not wrong:
        return
    ids = [answers[row.key].enterprise_id for row in wrong]
    earlier = {
        (pk, _line(writable(name)))
        for pk, name in Enterprise.history.filter(id__in=ids).values_list("id", "name")
    }
    for row in wrong:
        enterprise = answers[row.key].enterprise
        if (enterprise.pk, _line(row.enterprise)) not in earlier:
            words = _(
                "The row is that of %(enterprise)s. Were some columns sorted without the others? "
                "Fetch the file anew."
            )
            yield Problem(row.number, column, words % {"enterprise": enterprise}, row.enterprise)


def _line(text):
    return " ".join(text.split())


def _name(enterprise):
    return _line(writable(enterprise.name))


def _as_read(rows, answers):
    """What each row said when the file was fetched, by return and version."""
    read = {(pk, answer.version): workbook.words_of(answer) for pk, answer in answers.items()}
    older = {(row.key, row.version) for row in rows} - read.keys()
    if older:
        past = CensusReturn.history.filter(
            id__in={key for key, _version in older}, version__in={version for _k, version in older}
        )
        for then in past.order_by("history_id"):
            read.setdefault((then.id, then.version), workbook.words_of(then.instance))
    return read


def _edits(row, read, answer, states):
    edits = {
        name: text
        for name, text in row.texts.items()
        if text and not _is_same(name, text, read.get(name, ""), states)
    }
    if _state(edits.get("state", ""), states) == State.NOT_APPLICABLE:
        # An empty box is left as it is; but where nothing applies it has been emptied.
        edits |= {name: "" for name in NUMBERS if not row.texts[name] and answer.typed(name)}
    return edits


def _is_same(name, text, read, states):
    if name == "state":
        return _state(text, states) == _state(read, states)
    return _plain(text) == _plain(read)


def _plain(text):
    """A text without what programs change of it: ends of lines, and how Excel writes odd signs."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("x005F_", "").strip()


def _state(text, states):
    return states.get(_line(text).casefold(), text)


# Compared with what stands


class Comparison:
    """The rows of a file beside what stands now.

    `changed` would be written, `overtaken` were changed by somebody else after the file was fetched,
    and `problems` are to be mended in the file. Of `overtaken` those in `taken` (the version that was
    seen, by return) are written all the same.
    """

    def __init__(self, user, census, edited, *, columns, problems=(), taken=None):
        self.census, self.edited, self.columns = census, edited, columns
        self.changed, self.overtaken, self.problems = [], [], list(problems)
        self.states = workbook.states(census)
        self.answers = {answer.pk: answer for answer in answers_of(user, census)}
        taken, before = taken or {}, last_years(user, census, self.answers.values())
        for row in edited:
            answer = self.answers.get(row.key)
            if answer is None:
                self.problems.append(_foreign(row))
            else:
                version = taken.get(row.key, row.version)
                self._compare(row, answer, version, before.get(answer.enterprise_id))
        self.problems.sort(key=lambda problem: (problem.row, problem.column or 0))

    def _compare(self, row, answer, version, previous):
        answer.census = self.census  # read already
        stands = typed(answer)
        data = stands | {
            name: _cleared(name, text, self.states) for name, text in row.edits.items()
        }
        data["version"] = version
        form = RowForm(
            {f"{answer.pk}-{name}": value for name, value in data.items()},
            instance=answer,
            programme=self.census.programme,
            previous=previous,
        )
        wrong = {name: errors for name, errors in form.errors.items() if not _is_told(form, name)}
        if wrong:
            self.problems += self._told(row, answer, wrong)
        elif (would := typed(answer)) != stands:
            found = self.overtaken if form.is_overtaken else self.changed
            found.append(Changed(row.number, answer, form, stands, would))

    def _told(self, row, answer, wrong):
        for name, errors in wrong.items():
            in_file = name in self.columns
            for text in errors:
                yield Problem(
                    row.number,
                    self.columns.get(name),
                    str(text),
                    answer.enterprise.name,
                    label_of(name) if in_file else "",
                    row.edits.get(name, "")[:60],
                )

    @cached_property
    def number(self):
        """How many things would be changed."""
        return sum(len(row.changes) for row in self.changed)

    @property
    def unchanged(self):
        """The enterprises of the census whose answers stay as they are."""
        touched = {row.answer.pk for row in (*self.changed, *self.overtaken)}
        return [answer for pk, answer in self.answers.items() if pk not in touched]

    @property
    def versions(self):
        """Which version of each overtaken answer is shown, by return."""
        return {row.answer.pk: row.answer.version for row in self.overtaken}

    def write(self):
        """Store all that is changed, as one act; nothing if anything is in the way."""
        with transaction.atomic(), one_act():
            for row in sorted(self.changed, key=lambda row: row.answer.pk):
                row.form.save()


def _is_told(form, name):
    return name == NON_FIELD_ERRORS and form.is_overtaken and len(form.errors[name]) == 1


def label_of(name):
    """What a box is called where no other stands beside it."""
    if name in NUMBERS:
        return capfirst(CensusReturn._meta.get_field(name).verbose_name)
    return str(workbook.LABELS[name])


def _cleared(name, text, states):
    """A text as it is typed: a dash takes a comment away, and a word of the state means a state."""
    if name == "state":
        return _state(text, states)
    if name in workbook.TEXTS and text in DASHES:
        return ""
    return text


def _shown(name, value):
    if name == "state":
        return capfirst(str(State(value).label))
    return value or _("not filled in")


# Handed out with the page, and back


def seal(comparison, user):
    """What the page hands out; `Unreadable` where it is more than can be sent back."""
    rows = [(row.number, row.key, row.version, row.edits) for row in comparison.edited]
    sealed = signing.dumps(
        {
            "census": comparison.census.pk,
            "by": user.pk,
            "rows": rows,
            "columns": comparison.columns,
            "seen": list(comparison.versions.items()),
        },
        salt=SALT,
        compress=True,
    )
    if len(sealed) > LONGEST_SEAL:
        raise Unreadable(_("The file changes too much at once. Take in some rows at a time."))
    return sealed


def opened(sealed, user, census):
    """(rows, columns, versions seen of those that were overtaken) of what was sealed, or `Stale`."""
    try:
        found = signing.loads(sealed, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):  # such as signs that cannot be written
        raise Stale from None
    if (found["census"], found["by"]) != (census.pk, user.pk):
        raise Stale
    rows = [Edited(*row) for row in found["rows"]]
    return rows, found["columns"], dict(found["seen"])
