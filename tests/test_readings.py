"""Whoever is shown a placement is noted: who, when, which and where; and never changed or lost."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from placements.models import Participant, Placement, Reading
from programmes.models import Programme

from .factories import (
    EnterpriseFactory,
    GrantFactory,
    MunicipalityFactory,
    OutcomeFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def grant(programme):
    return GrantFactory(programme=programme)


@pytest.fixture
def auditor(client, programme):
    user = member_of(programme, Role.AUDITOR)
    client.force_login(user)
    return user


def address(name, programme, *args):
    name = name if ":" in name else f"placements:{name}"
    return reverse(name, args=[programme.slug, *args])


def noted():
    return sorted(Reading.objects.values_list("placement", "where"))


def pages(grant, placement):
    """Every page that shows placements, and what it is called in the log."""
    programme, enterprise = grant.programme, placement.enterprise_id
    card = address("reports:figure", programme, "placements.persons")
    return {
        address("placement", programme, placement.pk): "page",
        address("placement_list", programme): "list",
        address("placement_list_file", programme, "csv"): "file",
        address("placements_file", programme, grant.pk, "xlsx"): "file",
        address("due", programme): "due",
        address("detail", programme, grant.pk): "grant",
        address("slip", programme, placement.pk): "slip",
        address("slips", programme, grant.pk): "slip",
        address("enterprises:detail", programme, enterprise): "enterprise",
        f"{card}?from=2017&to=2017": "figure",
    }


def test_each_page_that_shows_a_placement_notes_it(client, programme, grant, auditor):
    placement = PlacementFactory(grant=grant, enterprise=EnterpriseFactory(programme=programme))
    for page, where in pages(grant, placement).items():
        before = set(Reading.objects.values_list("pk", flat=True))

        answer = client.get(page)

        assert answer.status_code == 200
        new = Reading.objects.exclude(pk__in=before)
        found = list(new.values_list("placement", "user", "where", "programme"))
        assert (page, found) == (page, [(placement.pk, auditor.pk, where, programme.pk)])


FORMS = ["placement_edit", "placement_delete", "outcome_add", "outcome_correct"]


@pytest.mark.parametrize("name", FORMS)
def test_forms_note_it_too(client, programme, grant, name):
    outcome = OutcomeFactory(placement__grant=grant)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    pk = outcome.pk if name == "outcome_correct" else outcome.placement_id

    client.get(address(name, programme, pk))

    assert noted() == [(outcome.placement_id, "form")]


def test_a_form_that_extends_notes_what_it_extends(client, programme, grant):
    earlier = PlacementFactory(grant=grant)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    client.get(address("placement_add", programme, grant.pk), {"extends": earlier.pk})

    assert noted() == [(earlier.pk, "form")]


def test_what_uses_a_record_and_what_was_deleted_note_it(client, programme, grant):
    placement = PlacementFactory(grant=grant)
    pk = placement.pk
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    client.post(address("delete", programme, grant.pk))
    used = noted()
    placement.delete()
    client.get(address("programmes:deleted", programme))

    assert used == [(pk, "elsewhere")]
    assert noted() == [(pk, "elsewhere")] * 2


def test_only_what_is_found_is_noted(client, programme, grant, auditor):
    PlacementFactory(grant=grant)
    shown = PlacementFactory(grant__programme=programme, grant__year=2018)

    client.get(address("placement_list", programme), {"year": "2018"})

    assert noted() == [(shown.pk, "list")]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, None])
def test_who_sees_nothing_is_not_noted(client, programme, grant, role):
    placement = PlacementFactory(grant=grant, enterprise=EnterpriseFactory(programme=programme))
    client.force_login(member_of(programme, role))

    for page in pages(grant, placement):
        client.get(page)

    assert noted() == []


def test_a_placement_tells_who_read_it_a_line_for_each_day(client, programme, grant, auditor):
    placement = PlacementFactory(grant=grant)
    leader = member_of(programme, Role.PROCESS_LEADER)
    for _time in range(12):
        Reading.objects.note(leader, [placement], "form", programme)
    client.get(address("placement_list", programme))

    page = client.get(placement.get_absolute_url())

    told = [(line["user"], line["times"], line["where"]) for line in page.context["page"]]
    assert told == [
        (auditor, 2, "Placeringens sida, listan över placeringar"),
        (leader, 12, "Ett formulär"),
    ]
    assert "12 gånger" in page.content.decode()


def test_the_readings_of_other_days_are_on_further_pages(client, programme, grant, auditor):
    placement = PlacementFactory(grant=grant)
    now = timezone.now()
    Reading.objects.bulk_create(
        Reading(
            programme=programme,
            placement=placement,
            user=auditor,
            read_at=now - timedelta(days),
            where="page",
        )
        for days in range(1, 53)
    )

    page = client.get(placement.get_absolute_url(), {"page": "6"}).context["page"]

    assert (page.paginator.count, len(page)) == (53, 3)


def test_many_are_noted_in_one_query(client, programme, grant, auditor):
    place = MunicipalityFactory(programme=programme)
    counts = []
    for number in (1, 2, 30):
        for _row in range(number):
            PlacementFactory(
                grant=grant,
                enterprise=EnterpriseFactory(programme=programme, municipality=place),
            )
        placement = Placement.objects.last()
        asked = []
        for page in pages(grant, placement):
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                client.get(page)
            asked.append((page.split("/")[4], len(captured)))
        counts.append([number for _page, number in asked])

    assert counts[0] == counts[1] == counts[2]


def test_a_reading_is_never_changed_nor_deleted(grant, auditor):
    placement = PlacementFactory(grant=grant)
    Reading.objects.note(auditor, [placement, placement], "page", grant.programme)
    reading = Reading.objects.get()

    for wrong in (
        reading.save,
        reading.delete,
        lambda: Reading.objects.update(where="list"),
        Reading.objects.all().delete,
    ):
        with pytest.raises(TypeError):
            wrong()


def test_a_reading_outlives_the_placement_and_keeps_no_code(client, programme, grant, auditor):
    placement = PlacementFactory(grant=grant)
    code, pk = placement.participant.code, placement.pk
    client.get(placement.get_absolute_url())

    placement.delete()

    assert (Participant.objects.count(), noted()) == (0, [(pk, "page")])
    reading = Reading.objects.values().get()
    assert code not in str(reading)


def test_readings_of_somebody_who_left_stay(client, grant, auditor):
    placement = PlacementFactory(grant=grant)
    client.get(placement.get_absolute_url())

    auditor.delete()

    assert list(Reading.objects.values_list("placement", "user")) == [(placement.pk, None)]


@pytest.mark.parametrize("role", Role.values)
def test_readings_are_closed_records(programme, grant, role):
    user = member_of(programme, role)
    Reading.objects.note(user, [PlacementFactory(grant=grant)], "page", programme)

    seen = Reading.objects.visible_to(user).count()

    assert seen == (1 if role in Membership.FULL else 0)
    assert Programme.objects.count() == 1


def test_the_file_holds_all_that_is_found_with_codes(client, programme, grant, auditor):
    rows = [PlacementFactory(grant=grant) for _row in range(3)]
    PlacementFactory(grant__programme=programme, grant__year=2018)

    answer = client.get(address("placement_list_file", programme, "xlsx"), {"year": "2017"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    codes = [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert sorted(codes) == sorted(row.participant.code for row in rows)
    assert len(noted()) == 3
