"""Every list and overview asks the database as often for many rows as for one."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from programmes.models import Erasure

from . import factories
from .factories import member_of, one_of_each
from .test_access import ADDRESSES, MATRIX, address

pytestmark = pytest.mark.django_db
Role = Membership.Role


def events(programme, number):
    """Events with counts, each in its own municipality as far as there are some."""
    places = list(programme.municipalities.all())
    initiative = programme.initiatives.first()
    for n in range(number):
        event = factories.EventFactory(
            programme=programme, initiative=initiative, municipality=places[n % len(places)]
        )
        factories.AttendanceFactory(event=event)
        factories.AttendanceFactory(event=event, audience="politician")


def activities(programme, number):
    plan = programme.action_plans.get()
    factories.PlannedActivityFactory.create_batch(number, plan=plan)


def publications(programme, number):
    factories.PublicationFactory.create_batch(number, programme=programme)


def milestones(programme, number):
    factories.MilestoneFactory.create_batch(number, programme=programme)


def groups(programme, number):
    place = programme.municipalities.first()
    for group in factories.GroupFactory.create_batch(
        number, programme=programme, municipality=place
    ):
        factories.GroupStatusFactory(group=group)


def enterprises(programme, number):
    place = programme.municipalities.first()
    census = programme.censuses.get()
    for row in factories.EnterpriseFactory.create_batch(
        number, programme=programme, municipality=place
    ):
        factories.EnterpriseStatusFactory(enterprise=row)
        factories.CensusReturnFactory(census=census, enterprise=row)


def answers_by_link(programme, number):
    """Enterprises with contacts, letters and answers sent in, of which some wait for each step."""
    place, census = programme.municipalities.first(), programme.censuses.get()
    for n in range(number):
        row = factories.EnterpriseFactory(programme=programme, municipality=place)
        factories.EnterpriseStatusFactory(enterprise=row)
        answer = factories.CensusReturnFactory(
            census=census, enterprise=row, state="not_answered", employed_women=None
        )
        link = factories.AnswerLinkFactory(answer=answer)
        factories.LetterFactory(link=link)
        if n % 2:
            factories.SentAnswerFactory(answer=answer, link=link)


def unused_contacts(programme, number):
    place = programme.municipalities.first()
    for row in factories.EnterpriseFactory.create_batch(
        number, programme=programme, municipality=place
    ):
        factories.EnterpriseStatusFactory(enterprise=row, status="closed")
        factories.ContactFactory(enterprise=row)


def grants(programme, number):
    place, initiative = programme.municipalities.first(), programme.initiatives.first()
    for n in range(number):
        grant = factories.GrantFactory(
            programme=programme, municipality=place, initiative=initiative, year=2017 + n % 3
        )
        factories.PlacementFactory(grant=grant)
        grant.instalments.create(amount=50_000)


def settings(programme, number):
    for n in range(number):
        factories.OrganisationFactory(programme=programme)
        factories.SubregionFactory(programme=programme)
        factories.StaffingFactory(programme=programme, starts_on=date(2016, 1, 1 + n % 28))
        objective = factories.ObjectiveFactory(programme=programme, position=500 + n)
        factories.JudgementFactory(objective=objective)


def printed(programme, number):
    for n in range(number):
        factories.PublishedFigureFactory(
            programme=programme, first_year=2017, is_main=False, place=f"sidan {n}"
        )


def deletions(programme, number):
    """Records of several kinds that were deleted, each with something that names it."""
    place, initiative = programme.municipalities.first(), programme.initiatives.first()
    for n in range(number):
        for record in (
            factories.EventFactory(programme=programme, initiative=initiative, municipality=place),
            programme.grants.first().instalments.create(amount=50_000),
            factories.JudgementFactory(
                objective=programme.objectives.first(),
                first_year=1990 + n % 100,
                last_year=2100 - n // 100,
            ),
        ):
            record.delete()


def members(programme, number):
    for _n in range(number):
        member_of(programme, Role.BOARD)


def calendar(programme, number):
    """Events and planned activities of this year, which the calendar shows first."""
    today, initiative = timezone.localdate(), programme.initiatives.first()
    plan = factories.ActionPlanFactory(programme=programme, initiative=initiative, year=today.year)
    for _n in range(number):
        factories.EventFactory(programme=programme, initiative=initiative, starts_on=today)
        factories.PlannedActivityFactory(plan=plan)


def saved_filters(programme, number):
    user = programme.memberships.get(role=Role.ADMINISTRATOR).user
    factories.SavedFilterFactory.create_batch(number, programme=programme, user=user)


def over(programme, number):
    """Grants whose day has passed, with participants whose codes may go."""
    place, initiative = programme.municipalities.first(), programme.initiatives.first()
    for _n in range(number):
        grant = factories.GrantFactory(
            programme=programme,
            municipality=place,
            initiative=initiative,
            retain_until=date(2020, 12, 31),
        )
        factories.PlacementFactory(grant=grant)
    unused_contacts(programme, number)


def erasures(programme, number):
    grants, enterprises = programme.grants.all(), programme.enterprises.all()
    for _n in range(number):
        Erasure.objects.create(
            programme=programme,
            what="codes",
            number=2,
            decision="§ 1",
            records={
                "grants": [row.pk for row in grants],
                "enterprises": [row.pk for row in enterprises],
            },
        )


def gaps(programme, number):
    """Each kind of what is to be filled in."""
    initiative, plan = programme.initiatives.first(), programme.action_plans.get()
    factories.EventFactory.create_batch(number, programme=programme, initiative=initiative)
    factories.EventFactory.create_batch(
        number, programme=programme, initiative=initiative, status="planned"
    )
    factories.PlannedActivityFactory.create_batch(number, plan=plan)


LISTS = {
    "accounts:filters": saved_filters,
    "activities:list": events,
    "activities:calendar": calendar,
    "activities:add": events,
    "activities:missing": gaps,
    "activities:plan": activities,
    "activities:plan_outcome": activities,
    "activities:publications": publications,
    "activities:milestones": milestones,
    "activities:groups": groups,
    "enterprises:list": enterprises,
    "enterprises:contacts": unused_contacts,
    "enterprises:census": enterprises,
    "enterprises:letters": answers_by_link,
    "enterprises:letters_send": answers_by_link,
    "enterprises:sent": answers_by_link,
    "placements:list": grants,
    "placements:detail": grants,
    "placements:add": grants,
    "placements:forward": grants,
    "placements:placement_list": grants,
    "programmes:settings": settings,
    "programmes:organisation": settings,
    "programmes:objective": settings,
    "programmes:judgement": settings,
    "programmes:staffing": settings,
    "programmes:subregion": settings,
    "programmes:deleted": deletions,
    "accounts:members": members,
    "reports:overview": events,
    "reports:figures": events,
    "reports:figure": events,
    "reports:census_change": enterprises,
    "reports:quality": events,
    "reports:national_follow_up": events,
    "reports:retention": over,
    "reports:erasures": erasures,
    "reports:printed": printed,
    "reports:report": milestones,
    "reports:reports": events,
}
MANY = [3, pytest.param(1000, marks=pytest.mark.full)]


def queries(client, where):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(where)
    assert answer.status_code == 200
    return len(asked)


@pytest.mark.parametrize("many", MANY)
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_many_rows(client, programme, name, many):
    world = {"of": programme, "programme": programme.slug, **one_of_each(programme)}
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    where = address(name, world)
    queries(client, where)
    for_one = queries(client, where)
    LISTS[name](programme, many - 1)

    assert queries(client, where) == for_one


def test_every_list_is_watched():
    """Rooms of lists are those that all members or the office read and that show no single record."""
    rooms = {
        name
        for name, rule in MATRIX.items()
        if not rule.record and not rule.only_post and "programme" in ADDRESSES[name]
    }
    quiet = {name for name in rooms if name.endswith(("_add", "_edit", ":add", "_csv", "_file"))}
    assert rooms - quiet - LISTS.keys() == {
        "accounts:invite",
        "enterprises:census_ask",
        "enterprises:census_close",
        "enterprises:census_delete",
        "enterprises:census_open",
        "enterprises:census_reopen",
        "enterprises:industries",
        "enterprises:links_revoke",
        "placements:due",
        "programmes:closed_years",
        "programmes:completeness",
        "programmes:initiative",
        "programmes:initiative_year",
        "programmes:municipality",
        "reports:first_steps",
        "reports:retention_codes",
        "reports:retention_contacts",
    }
