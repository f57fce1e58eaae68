"""The table of a census: read it, and type the answers into it, row by row or all at once."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from programmes.figures import Levels
from programmes.models import Completeness
from programmes.periods import Period

from ..forms.answers import RowForm
from ..letters import ahead, follow
from ..models import Census, CensusReturn
from ..table import COLUMNS, HEADS, Foot, Row, answers_of, last_years, unconfirmed_before
from .census import census_of

A_PAGE = 100


def census(request, programme, year):
    """Full roles read each answer beside last year's; the others who was asked, and the coverage."""
    census = census_of(Census.objects.visible_to(request.user), programme, year)
    return _page(request, census)


@require_POST
def census_answers(request, programme, year):
    """Store the rows of the table that were changed.

    Rows are answers of different enterprises: what is right is saved though another row is not,
    so that one slip does not hold up thirty answers. Refused rows come back as they were typed.
    """
    census = census_of(Census.objects.editable_by(request.user), programme, year)
    forms = _sent_rows(request, census)
    saved = [form for form in forms if form.is_valid() and form.save()]
    if saved:
        number = len(saved)
        words = ngettext("%(number)s row is saved.", "%(number)s rows are saved.", number)
        messages.success(request, words % {"number": number})
    for form in saved:
        if told := form.told_status:
            messages.info(request, f"{form.instance.enterprise}: {told}.")
    unfinished = {form.instance.pk: form for form in forms if form.errors or form.asks_why}
    if unfinished:
        return _page(request, census, unfinished)
    return redirect(f"{census.get_absolute_url()}?{request.GET.urlencode()}".rstrip("?"))


@require_POST
def row_save(request, programme, pk):
    """Store one row, and answer with the row as it then stands: 200, refused 422, overtaken 409.

    A page that is left sends along what it sent `earlier` without knowing what came of it. That may
    have come in already or come in later: it is stored first, and what was typed since after it.
    """
    typed = request.POST.copy()
    if "earlier" in typed:
        form = _row_form(request, programme, pk, QueryDict(typed["earlier"]))
        if form.has_come_in() or (form.is_valid() and form.save()):
            typed[form.add_prefix("version")] = form.instance.version
    form = _row_form(request, programme, pk, typed)
    answer, census, before = form.instance, form.instance.census, form.previous
    if form.differs and not form.is_as_read():
        stored = form.save() if form.is_valid() else None
    else:
        stored = answer
    was = unconfirmed_before(census, [answer]).get(answer.enterprise_id, "")
    context = _words(census) | {
        "programme": census.programme,
        "census": census,
        "last_year": census.year - 1,
        "coverage": census.coverage(),
        "foot": Foot(census, census.programme.censuses.filter(year=census.year - 1).first()),
        "checks": _is_complete(census),
        "row": Row(
            answer,
            before,
            asks_why=form.asks_why,
            is_saved=True,
            told=form.told_status if form.is_valid() else "",
            was=was,
        )
        if stored
        else Row(answer, before, form, is_alone=True, was=was),
    }
    status = 200 if stored else 409 if form.is_overtaken else 422
    return render(request, "enterprises/census_row.html", context, status=status)


def _row_form(request, programme, pk, typed):
    answer = get_object_or_404(
        CensusReturn.objects.editable_by(request.user).select_related(
            "census__programme", "enterprise__municipality", "sent"
        ),
        census__programme__slug=programme,
        pk=pk,
    )
    census = answer.census
    before = last_years(request.user, census, [answer]).get(answer.enterprise_id)
    return RowForm(typed, instance=answer, programme=census.programme, previous=before)


def _sent_rows(request, census):
    """The form of each row that was sent and is something else than what stands."""
    answers = list(answers_of(request.user, census))
    before = last_years(request.user, census, answers)
    forms = (
        RowForm(
            request.POST,
            instance=answer,
            programme=census.programme,
            previous=before.get(answer.enterprise_id),
        )
        for answer in answers
        if f"{answer.pk}-version" in request.POST
    )
    return [form for form in forms if form.differs and not form.is_as_read()]


def _page(request, census, unfinished=None):
    """The page of a census; `unfinished` are the forms of rows that were refused or lack a reason."""
    me = request.user.membership_in(census.programme)
    only_waiting = me.sees_full_figures and request.GET.get("show") == "waiting"
    if me.sees_full_figures:
        found = answers_of(request.user, census)
        found = found.waiting() if only_waiting else found
    else:
        found = census.asked().select_related("municipality")
    years = list(census.programme.censuses.order_by("year"))
    earlier = next((one for one in years if one.year == census.year - 1), None)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = _rows(request.user, census, page, unfinished or {}) if me.sees_full_figures else []
    context = _words(census) | {
        "programme": census.programme,
        "census": census,
        "last_year": census.year - 1,
        "coverage": census.coverage(),
        "foot": Foot(census, earlier),
        "checks": _is_complete(census),
        "full": me.sees_full_figures,
        "only_waiting": only_waiting,
        "page": page,
        "rows": rows,
        "first_to_answer": next((row for row in rows if row.is_waiting), None),
        "year_is_closed": me.writes and census.programme.has_closed(census.year),
        "problems": [
            {"id": at, "label": f"{row.answer.enterprise}, {label}".rstrip(", "), "text": text}
            for row in rows
            for at, label, text in row.problems
        ],
        "years": years,
        "uncounted": census.returns.uncounted().select_related("enterprise")
        if me.sees_full_figures
        else [],
        "ahead": ahead(follow(census)) if me.writes else None,
        "not_asked": census.not_asked().select_related("municipality") if me.writes else [],
    }
    return render(request, "enterprises/census.html", context)


def _words(census):
    """The choices of a row, put into words once for all rows."""
    return {
        "columns": {name: str(label) for name, label in COLUMNS.items()},
        "heads": {group: str(label) for group, label in HEADS.items()},
        "options": {},
        "same": (RowForm.SAME, RowForm.same_as(census)),
        "states": [(value, capfirst(str(label))) for value, label in CensusReturn.State.choices],
        "became_choices": [
            *((one.value, capfirst(str(one.label))) for one in RowForm.BECAME),
            ("", _("No change there")),
        ],
    }


def _is_complete(census):
    """Whether all who were active are in the register: else a share of their answers tells nothing."""
    level = Levels(census.programme, Period.of_year(census.year))
    return level.of(census.year, Completeness.Area.CENSUS) == Completeness.Level.COMPLETE


def _rows(user, census, answers, unfinished):
    before, was = last_years(user, census, answers), unconfirmed_before(census, answers)
    rows = []
    for answer in answers:
        form, last = unfinished.get(answer.pk), before.get(answer.enterprise_id)
        words = was.get(answer.enterprise_id, "")
        if form is not None and not form.errors:
            rows.append(Row(answer, last, asks_why=True, was=words))
        else:
            rows.append(Row(answer, last, form, was=words))
    return rows
