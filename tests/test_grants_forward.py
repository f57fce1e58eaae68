"""Grants given again: one like another, or all of a year together, and nothing by halves."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from placements.models import Grant, Instalment
from programmes.models import ClosedYear
from programmes.restoring import undo_all_address

from .factories import (
    GrantFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
SAME = ("places", "months", "amount", "target_group", "conditions", "organisation", "initiative")


@pytest.fixture
def world(programme, client):
    """Two grants of 2017, the first with all that can be said of it, and one of another programme."""
    client.force_login(member_of(programme, Membership.Role.PROCESS_LEADER))
    first = GrantFactory(
        programme=programme,
        municipality=MunicipalityFactory(programme=programme, name="Bollnäs"),
        organisation=OrganisationFactory(programme=programme),
        amount=240_000,
        target_group="Unga",
        conditions="Träff varje månad",
        decided_on=date(2016, 12, 1),
        reference="§ 12",
        report_due_on=date(2018, 2, 28),
        reported_on=date(2018, 2, 20),
    )
    Instalment.objects.create(
        grant=first, amount=240_000, due_on=date(2017, 3, 31), paid_on=date(2017, 3, 30)
    )
    GrantFactory(
        programme=programme,
        municipality=MunicipalityFactory(programme=programme, name="Gävle"),
        initiative=first.initiative,
        months=3,
    )
    GrantFactory()
    return programme


def where(programme, query=""):
    return reverse("placements:forward", args=[programme.slug]) + query


def sent(client, programme, query="", **changes):
    """What a browser would send of the page as it stands, with some of it changed; None is not sent."""
    form = client.get(where(programme, query)).context["form"]
    data = {}
    for one in (form, *form.rows):
        for box in one:
            value = box.value()
            is_tick = box.name in ("take", "instalments")
            if not is_tick or value:
                data[box.html_name] = "on" if is_tick else "" if value is None else str(value)
    return {name: value for name, value in (data | changes).items() if value is not None}


def of_year(programme, year):
    return list(programme.grants.filter(year=year).order_by("municipality__sort_name"))


def test_all_of_a_year_is_granted_again_in_the_next(client, world):
    answer = client.post(where(world), sent(client, world, reference="§ 3"))

    made = of_year(world, 2018)
    earlier = of_year(world, 2017)
    assert answer.url == reverse("placements:list", args=[world.slug]) + "?year=2018"
    assert [[getattr(g, n) for n in (*SAME, "municipality")] for g in made] == [
        [getattr(g, n) for n in (*SAME, "municipality")] for g in earlier
    ]
    assert [(g.reference, g.decided_on, g.report_due_on, g.reported_on) for g in made] == [
        ("§ 3", None, date(2019, 2, 28), None),
        ("§ 3", None, None, None),
    ]
    assert {g.retain_until for g in made} == {Grant.usual_retention(world, 2018)}


def test_the_instalments_follow_unpaid_a_year_later(client, world):
    client.post(where(world), sent(client, world))

    first, second = of_year(world, 2018)
    assert [(r.amount, r.due_on, r.paid_on) for r in first.instalments.all()] == [
        (240_000, date(2018, 3, 31), None)
    ]
    assert second.instalments.count() == 0


def test_the_instalments_stay_where_nobody_takes_them_along(client, world):
    client.post(where(world), sent(client, world, instalments=None))

    assert Instalment.objects.count() == 1


def test_numbers_are_changed_and_grants_left_out(client, world):
    first, second = of_year(world, 2017)
    changes = {
        f"g{first.pk}-take": None,
        f"g{second.pk}-places": "2",
        f"g{second.pk}-amount": "84 000",
    }
    client.post(where(world), sent(client, world, **changes))

    (made,) = of_year(world, 2018)
    assert (made.municipality, made.places, made.months, made.amount) == (
        second.municipality,
        2,
        3,
        84_000,
    )


def test_one_wrong_row_stores_none(client, world):
    _first, second = of_year(world, 2017)

    response = client.post(where(world), sent(client, world, **{f"g{second.pk}-places": "0"}))

    assert [(p["id"], p["text"]) for p in response.context["problems"]] == [
        (f"id_g{second.pk}-places", "Skriv ett tal mellan 1 och 999.")
    ]
    assert of_year(world, 2018) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": "1917"}, "year"),
        ({"year": "nästa"}, "year"),
        ({"year": "2099"}, "year"),
        ({"decided_on": "1999-01-01"}, "decided_on"),
        ({"decided_on": "imorgon"}, "decided_on"),
        ({"reference": "811228-9874"}, "reference"),
        ({"reference": "x" * 201}, "reference"),
    ],
)
def test_what_is_wrong_for_all_is_told_and_stores_none(client, world, changes, field):
    response = client.post(where(world), sent(client, world, **changes))

    assert (list(response.context["form"].errors), of_year(world, 2018)) == ([field], [])


def test_somebody_has_to_be_ticked(client, world):
    none = {f"g{grant.pk}-take": None for grant in of_year(world, 2017)}

    response = client.post(where(world), sent(client, world, **none))

    assert response.context["form"].non_field_errors() == ["Kryssa i minst ett beslut."]


def test_sent_twice_they_are_made_once(client, world):
    data = sent(client, world)
    page = client.get(where(world)).content.decode()

    answers = [client.post(where(world, "?from=2017"), data) for _time in range(2)]

    assert 'action="?from=2017"' in page
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (len(of_year(world, 2018)), Instalment.objects.count()) == (2, 2)


def test_a_closed_year_takes_none_this_way(client, world):
    ClosedYear.objects.create(programme=world, year=2018)

    response = client.post(where(world), sent(client, world, change_reason="Ändå"))

    assert (list(response.context["form"].errors), of_year(world, 2018)) == (["year"], [])


def test_what_is_granted_already_is_not_ticked(client, world):
    first, _second = of_year(world, 2017)
    GrantFactory(
        programme=world, year=2018, municipality=first.municipality, initiative=first.initiative
    )
    form = client.get(where(world, "?from=2017")).context["form"]

    assert [row["take"].value() for row in form.rows] == [False, True]


def boxes_of(form):
    """What a browser would send of a page it was answered with."""
    data = {}
    for one in (form, *form.rows):
        for box in one:
            if box.name in ("take", "instalments"):
                if box.value():
                    data[box.html_name] = "on"
            else:
                data[box.html_name] = "" if box.value() is None else str(box.value())
    return data


def test_the_ticks_follow_the_year_that_is_typed(client, world):
    first, second = of_year(world, 2017)
    for year, grant in ((2018, first), (2020, second)):
        GrantFactory(
            programme=world,
            year=year,
            municipality=grant.municipality,
            initiative=grant.initiative,
        )
    typed = sent(client, world, "?from=2017", year="2020", **{f"g{first.pk}-places": "7"})

    shown = client.post(where(world, "?from=2017"), typed)
    form = shown.context["form"]
    stored = len(of_year(world, 2020))
    client.post(where(world, "?from=2017"), boxes_of(form))

    assert [row.goes_along for row in form.rows] == [True, False]
    assert shown.content.decode().count("Det finns redan medel för 2020") == 1
    assert form.non_field_errors() == [
        "Kryssen följer nu vad 2020 redan har. Se efter innan du lägger till."
    ]
    assert (stored, [grant.places for grant in of_year(world, 2020)]) == (1, [7, second.places])


def test_what_somebody_granted_meanwhile_is_remarked_before_it_is_made_twice(client, world):
    first, _second = of_year(world, 2017)
    typed = sent(client, world)
    GrantFactory(
        programme=world, year=2018, municipality=first.municipality, initiative=first.initiative
    )

    form = client.post(where(world, "?from=2017"), typed).context["form"]

    assert [row.goes_along for row in form.rows] == [False, True]
    assert len(of_year(world, 2018)) == 1


def test_a_tick_taken_away_stays_away_when_the_page_is_shown_again(client, world):
    first, _second = of_year(world, 2017)
    typed = sent(client, world, year="2019", **{f"g{first.pk}-take": None})

    form = client.post(where(world), typed).context["form"]

    assert [row.goes_along for row in form.rows] == [False, True]


def test_the_same_year_is_refused(client, world):
    response = client.post(where(world), sent(client, world, year="2017"))

    assert response.context["form"].errors == {
        "year": ["Det här är medlen för 2017: skriv ett annat år."]
    }
    assert [row.goes_along for row in response.context["form"].rows] == [True, True]
    assert len(of_year(world, 2017)) == 2


def test_a_row_that_is_left_out_is_not_marked_as_wrong(client, world):
    first, _second = of_year(world, 2017)
    changes = {f"g{first.pk}-take": None, f"g{first.pk}-places": "x", "year": "1917"}

    page = client.post(where(world), sent(client, world, **changes)).content.decode()

    assert page.count('aria-invalid="true"') == 1


def undone(client, answer):
    """The page after the button in the message was used."""
    page = client.get(answer.url).content.decode()
    (address,) = re.findall(r'action="([^"]*/allt/[^"]*)"|action="([^"]*angra[^"]*)"', page)
    return client.post("".join(address), follow=True).content.decode()


def test_all_that_was_added_is_undone_together(client, world):
    answer = client.post(where(world), sent(client, world))
    page = undone(client, answer)

    assert "Allt är ångrat." in page
    assert (of_year(world, 2018), Instalment.objects.count()) == ([], 1)


@pytest.mark.parametrize("since", ["changed", "paid", "used", "gone", "closed"])
def test_what_was_done_since_keeps_all_of_it(client, world, since):
    answer = client.post(where(world), sent(client, world))
    first, second = of_year(world, 2018)
    match since:
        case "changed":
            second.places = 9
            second.save()
        case "paid":
            Instalment.objects.create(grant=second, amount=1)
        case "used":
            PlacementFactory(grant=second)
        case "gone":
            second.delete()
        case "closed":
            ClosedYear.objects.create(programme=world, year=2018)
    before = len(of_year(world, 2018))

    undone(client, answer)

    assert (len(of_year(world, 2018)), first.instalments.count()) == (before, 1)


def test_a_single_grant_is_not_undone_as_many(client, world):
    first, _second = of_year(world, 2017)
    first.places = 9
    first.save()

    client.post(undo_all_address(world, first), follow=True)

    first.refresh_from_db()
    assert first.places == 9


@pytest.mark.parametrize(("years", "shown"), [((0,), 0), ((0, 1), 0), ((-1, 2), -1), ((1, 2), 1)])
def test_the_latest_year_that_has_begun_is_offered(client, programme, years, shown):
    client.force_login(member_of(programme, Membership.Role.PROCESS_LEADER))
    this_year = timezone.localdate().year
    for year in years:
        GrantFactory(programme=programme, year=this_year + year)

    page = client.get(reverse("placements:list", args=[programme.slug]))

    assert page.context["latest"] == this_year + shown
    assert client.get(where(programme)).context["year"] == this_year + shown


@pytest.mark.parametrize(
    ("query", "year"), [("", 2017), ("?from=2015", 2015), ("?from=1", 2017), ("?from=x", 2017)]
)
def test_the_latest_year_is_shown_unless_another_is_asked_for(client, world, query, year):
    GrantFactory(programme=world, year=2015)

    assert client.get(where(world, query)).context["year"] == year


def test_without_grants_the_page_says_what_to_do(client, programme):
    client.force_login(member_of(programme, Membership.Role.PROCESS_LEADER))

    assert "Lägg till det första beslutet" in client.get(where(programme)).content.decode()


def like(client, grant):
    add = reverse("placements:add", args=[grant.programme.slug])
    return client.get(f"{add}?like={grant.pk}").context["form"]


def test_one_grant_fills_in_another(client, world):
    first = of_year(world, 2017)[0]
    form, this_year = like(client, first), timezone.localdate().year

    filled = {name: form[name].value() for name in (*SAME, "municipality", "year")}
    same = {
        n: getattr(first, n) for n in ("places", "months", "amount", "target_group", "conditions")
    }
    keys = {n: getattr(first, f"{n}_id") for n in ("organisation", "initiative", "municipality")}
    assert filled == same | keys | {"year": this_year}
    assert [form[name].value() for name in ("decided_on", "reference", "reported_on")] == [
        None,
        "",
        None,
    ]
    row = form.rows[0]
    assert [row[name].value() for name in ("amount", "due_on", "paid_on")] == [
        240_000,
        f"{this_year}-03-31",
        None,
    ]


def test_another_programmes_grant_fills_in_nothing(client, world):
    other = Grant.objects.exclude(programme=world).get()
    add = reverse("placements:add", args=[world.slug])

    form = client.get(f"{add}?like={other.pk}").context["form"]

    assert form["municipality"].value() is None
