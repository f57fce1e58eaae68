"""Every page, looked at by axe, the way the law asks (WCAG 2.1 AA), and nothing the policy refuses.

All pages once in light at 1280 px; a sample in dark, at 320 px and with errors shown, where also
nothing may be wider than the screen.
"""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Invitation, Membership, SavedFilter, User
from activities.models import (
    ActionPlan,
    Attachment,
    CollaborationGroup,
    Draft,
    Event,
    GroupStatus,
    Milestone,
    PlannedActivity,
    Publication,
    TrainingStep,
)
from enterprises.models import CensusReturn, Contact, Enterprise, EnterpriseStatus, Industry
from placements.models import Grant, Instalment, Outcome, Placement
from programmes.models import (
    ClosedYear,
    Initiative,
    InitiativeYear,
    Judgement,
    Municipality,
    Objective,
    Organisation,
    Staffing,
    Subregion,
)
from reports.demo import practice
from reports.models import PublishedFigure

from .copies import copy_of
from .factories import TOKEN, member_of, one_of_each
from .test_access import EVERYBODY, MATRIX, address, session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
MODELS = {
    "member": Membership,
    "invitation": Invitation,
    "saved_filter": SavedFilter,
    "event": Event,
    "draft": Draft,
    "step": TrainingStep,
    "file": Attachment,
    "plan": ActionPlan,
    "activity": PlannedActivity,
    "publication": Publication,
    "milestone": Milestone,
    "group": CollaborationGroup,
    "group_status": GroupStatus,
    "enterprise": Enterprise,
    "enterprise_status": EnterpriseStatus,
    "contact": Contact,
    "industry": Industry,
    "answer": CensusReturn,
    "grant": Grant,
    "instalment": Instalment,
    "placement": Placement,
    "outcome": Outcome,
    "initiative": Initiative,
    "initiative_year": InitiativeYear,
    "objective": Objective,
    "judgement": Judgement,
    "municipality": Municipality,
    "subregion": Subregion,
    "organisation": Organisation,
    "staffing": Staffing,
    "closed_year": ClosedYear,
    "printed": PublishedFigure,
}
PAGES = [name for name, rule in MATRIX.items() if not rule.only_post]
WITHOUT_A_PAGE = {
    "activities:file",
    "accounts:favicon",
    "accounts:here",
    "accounts:invitation_mail",
    "answers:opened",
    "activities:draft_add",
    "activities:draft_edit",
    "mfa_download_recovery_codes",
    "reports:figures_csv",
}
FILES = {name for name in PAGES if name.endswith("_file")} - {"enterprises:census_file"}
VISITED = sorted({*PAGES} - WITHOUT_A_PAGE - FILES)
OF_THE_EXERCISE = {"reports:report": {"first": 2024, "last": 2025}}
FORMS = [
    name
    for name in VISITED
    if name.endswith(("add", "edit", "census_open", "invite")) and MATRIX[name].may
]
SAMPLE = [
    "account_login",
    "accounts:members",
    "activities:add",
    "activities:calendar",
    "activities:list",
    "activities:plan",
    "activities:plan_forward",
    "activities:plan_outcome",
    "enterprises:census",
    "placements:detail",
    "placements:due",
    "placements:placement_list",
    "placements:slips",
    "programmes:completeness",
    "reports:figure",
    "reports:figures",
    "reports:overview",
    "reports:quality",
    "reports:report",
    "reports:reports",
]


@pytest.fixture
def exercise(db):
    """The exercise programme as it is shown, and a record of each kind in it."""
    programme = copy_of("exercise", lambda: practice.load(date(2026, 11, 24)))
    member_of(programme, Membership.Role.BOARD)
    closed = list(programme.closed_years.all())
    programme.closed_years.all().delete()  # what is made for the pages counts in those years too
    made = one_of_each(programme, TOKEN)
    ClosedYear.objects.bulk_create(closed)
    first = {name: model.objects.of([programme.pk]).first() for name, model in MODELS.items()}
    return {
        "of": programme,
        "programme": programme.slug,
        **made,
        **{name: row for name, row in first.items() if row},
    }


class Visit:
    """An administrator's browser, and what it had to complain of."""

    def __init__(self, page, live_server, exercise):
        self.page, self.root, self.exercise = page, live_server.url, exercise
        self.complaints = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        session = session_of(Membership.Role.ADMINISTRATOR, exercise["of"])
        # A filter is seen by its owner alone.
        SavedFilter.objects.filter(pk=exercise["saved_filter"].pk).update(
            user=User.objects.latest("pk")
        )
        self.cookie = {"name": "sessionid", "value": session, "url": self.root}

    def _said(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, name):
        where = OF_THE_EXERCISE.get(name, {})
        signed_in = MATRIX[name].may != EVERYBODY
        self.page.context.clear_cookies()
        if signed_in:
            self.page.context.add_cookies([self.cookie])
        answer = self.page.goto(self.root + address(name, self.exercise, **where))
        if answer.status == 404 and 404 in MATRIX[name].also:
            self.complaints = [c for c in self.complaints if "404" not in c]
        elif answer.status != 200:
            self.complaints.append(f"answered {answer.status}")
        if signed_in and "/konto/login/" in self.page.url:
            self.complaints.append("asked to sign in")

    def problems(self):
        found = Axe().run(self.page, options=RULES).response["violations"]
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        heard, self.complaints = self.complaints, []
        return [
            *((problem["id"], problem["nodes"][0]["html"][:120]) for problem in found),
            *([("wider than the screen", wide)] if wide > 0 else []),
            *heard,
        ]


@pytest.fixture
def visit(page, live_server, exercise):
    return Visit(page, live_server, exercise)


def found_on(visit, names):
    found = {}
    for name in names:
        visit.go(name)
        if problems := visit.problems():
            found[name] = problems
    return found


@pytest.mark.parametrize("part", range(4))
def test_no_page_has_a_problem(visit, part):
    assert found_on(visit, VISITED[part::4]) == {}


def test_no_page_has_a_problem_in_the_dark(visit):
    visit.page.emulate_media(color_scheme="dark")

    assert found_on(visit, SAMPLE) == {}


def test_no_page_has_a_problem_on_a_small_screen(visit):
    visit.page.set_viewport_size({"width": 320, "height": 700})

    assert found_on(visit, SAMPLE) == {}


@pytest.mark.parametrize("part", range(2))
def test_no_form_has_a_problem_with_its_errors_shown(visit, part):
    found = {}
    for name in FORMS[part::2]:
        visit.go(name)
        for box in visit.page.locator("main form input[type=text], main form textarea").all():
            if box.is_visible() and box.is_editable():
                box.fill("\u202e-1")
        with visit.page.expect_navigation():
            visit.page.locator("main form button.btn-primary[type=submit]").first.click()
        if problems := visit.problems():
            found[name] = problems
    assert found == {}
