"""The census as a workbook: fetched, filled in elsewhere, looked at and taken in again."""

import io

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from programmes.exports import FORMATS
from programmes.restoring import undo_all_address
from programmes.text import whole_number
from programmes.workbooks import TableForm, Unreadable

from ..models import Census
from ..table import answers_of, last_years, unconfirmed_before
from ..workbook import workbook
from ..workbook_changes import Comparison, Stale, edits_of, opened, read_table, seal
from .census import census_of

MOST_PROBLEMS = 100  # told at once


def census_workbook(request, programme, year):
    """The workbook to fill in, for those who read single answers."""
    census = census_of(Census.objects.of(request.user.full_programmes()), programme, year)
    answers = list(answers_of(request.user, census))
    before = last_years(request.user, census, answers)
    return FileResponse(
        io.BytesIO(workbook(census, answers, before, unconfirmed_before(census, answers))),
        as_attachment=True,
        filename=f"inventering-{year}-{programme}-{timezone.localdate()}.xlsx",
        content_type=FORMATS["xlsx"],
    )


def census_file(request, programme, year):
    """Choose a file that was filled in, and look at what it would change. Nothing is stored."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    if request.method != "POST" or _obstacle(census):
        return _page(request, census, TableForm())
    typed, files = request.POST, request.FILES  # reading them is what receives the file
    form = TableForm(typed, files, refused=bool(getattr(request, "refused_uploads", [])))
    if form.is_valid():
        try:
            found = read_table(form.cleaned_data["file"], census)
            edited, problems = edits_of(found, request.user, census)
            comparison = Comparison(
                request.user, census, edited, columns=found.columns, problems=problems
            )
            return _page(request, census, TableForm(), comparison)
        except Unreadable as refusal:
            form.add_error("file", refusal)
    return _page(request, census, form)


@require_POST
def census_file_take(request, programme, year):
    """Take in what was looked at: all of it, checked anew, or nothing."""
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    try:
        rows, columns, seen = opened(request.POST.get("seal", ""), request.user, census)
    except Stale:
        messages.error(request, _("It was too long since you chose the file. Choose it again."))
        return redirect("enterprises:census_file", programme, year)
    chosen = {whole_number(key) for key in request.POST.getlist("take")}
    taken = {key: version for key, version in seen.items() if key in chosen}
    with transaction.atomic():
        census = census_of(
            Census.objects.editable_by(request.user).select_for_update(of=("self",)),
            programme,
            year,
        )
        if _obstacle(census):
            return _page(request, census, TableForm())
        comparison = Comparison(request.user, census, rows, columns=columns, taken=taken)
        is_new = comparison.versions.items() - (seen.items() - taken.items())
        if comparison.problems or is_new:
            return _page(request, census, TableForm(), comparison, again=True)
        comparison.write()
    _tell(request, comparison)
    return redirect(census)


def _obstacle(census):
    """Why no file is taken in, in words; nothing where it is."""
    if census.programme.has_closed(census.year):
        return _(
            "The report of %(year)s is adopted. Correct single answers in the table, each with "
            "its reason."
        ) % {"year": census.year}
    if census.closed_on:
        return _("The census was closed on %(day)s. Reopen it to take in a file.") % {
            "day": census.closed_on
        }
    return ""


def _page(request, census, form, comparison=None, again=False):
    """The page; with what a file would change, and what hands it back if nothing is in the way."""
    sealed = ""
    if comparison and not comparison.problems and (comparison.changed or comparison.overtaken):
        sealed = seal(comparison, request.user)
    context = {
        "programme": census.programme,
        "census": census,
        "last_year": census.year - 1,
        "obstacle": _obstacle(census),
        "form": form,
        "found": comparison,
        "seal": sealed,
        "again": again,
        "most_problems": MOST_PROBLEMS,
    }
    status = 409 if again else 200
    return render(request, "enterprises/census_file.html", context, status=status)


def _tell(request, comparison):
    number = len(comparison.changed)
    if not number:
        messages.info(request, _("Nothing is changed: it all stands so already."))
        return
    words = ngettext("%(number)s row is taken in.", "%(number)s rows are taken in.", number)
    first = comparison.changed[0].answer
    undo = undo_all_address(comparison.census.programme, first)
    messages.success(request, words % {"number": number}, extra_tags=undo)
    drafts = sum(row.form.asks_why for row in comparison.changed)
    if drafts:
        words = ngettext(
            "%(number)s of them stays a draft until its reason is written.",
            "%(number)s of them stay drafts until their reasons are written.",
            drafts,
        )
        messages.warning(request, words % {"number": drafts})
    if any(row.ends for row in comparison.changed):
        messages.info(request, _("Is an enterprise gone? Give it a status in the register."))
