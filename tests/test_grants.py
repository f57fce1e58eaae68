"""Grants: the decision for every member, what it is for and its money for those who see everything."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from placements.models import Grant, Instalment
from programmes.changes import changes_of
from programmes.models import ClosedYear

from .factories import (
    GrantFactory,
    InitiativeFactory,
    MunicipalityFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    """A programme with what a grant needs, and its process leader signed in."""
    InitiativeFactory(programme=programme, direction="individual")
    InitiativeFactory(programme=programme, direction="structural")
    MunicipalityFactory(programme=programme, code="2101", name="Ockelbo")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


def address(name, programme, *args):
    return reverse(f"placements:{name}", args=[programme.slug, *args])


def typed(programme, **changes):
    """What a person would send for four places in Ockelbo."""
    return {
        "year": "2017",
        "municipality": programme.municipalities.get(code="2101").pk,
        "places": "4",
        "months": "6",
        "amount": "240000",
        "decided_on": "2017-01-20",
        "reference": "§ 12",
        "initiative": programme.initiatives.get(direction="individual").pk,
        "target_group": "Unga",
        "conditions": "",
    } | changes


def test_a_grant_is_added(client, world):
    client.post(address("add", world), typed(world))

    grant = Grant.objects.get()
    assert (grant.year, grant.places, grant.months, grant.amount) == (2017, 4, 6, 240000)
    assert (grant.decided_on, grant.reference, str(grant)) == (
        date(2017, 1, 20),
        "§ 12",
        "Ockelbo 2017",
    )


def test_the_line_of_work_about_individuals_is_chosen_beforehand(client, world):
    form = client.get(address("add", world)).context["form"]

    assert form["initiative"].value() == world.initiatives.get(direction="individual").pk


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"places": "0"}, "places", "Skriv ett tal mellan 1 och 999."),
        ({"places": "1000"}, "places", "Skriv ett tal mellan 1 och 999."),
        ({"places": "fyra"}, "places", "heltal"),
        ({"months": "37"}, "months", "Skriv ett tal mellan 1 och 36."),
        ({"amount": "-1"}, "amount", "Skriv ett tal mellan 0 och 100 000 000."),
        ({"amount": "9" * 12}, "amount", "Skriv ett tal mellan 0 och 100 000 000."),
        ({"amount": "9" * 30}, "amount", "Skriv ett tal mellan 0 och 100 000 000."),
        ({"months": "9999"}, "months", "Skriv ett tal mellan 1 och 36."),
        ({"year": "2099"}, "year", "Skriv ett år, senast "),
        ({"decided_on": "1999-01-01"}, "decided_on", "Skriv en dag mellan åren "),
        ({"year": ""}, "year", "Skriv året."),
        ({"year": "1917"}, "year", "Skriv ett år mellan 1990 och 2100."),
        ({"municipality": ""}, "municipality", "Välj kommun."),
        ({"initiative": "9" * 9}, "initiative", "Välj ett giltigt alternativ i listan."),
        ({"decided_on": "imorgon"}, "decided_on", "Den dagen har inte kommit."),
        ({"decided_on": "31/11 2017"}, "decided_on", "31 november finns inte"),
        ({"target_group": "811228-9874"}, "target_group", "personnummer"),
        ({"conditions": "811228-9874"}, "conditions", "personnummer"),
        ({"reference": "811228-9874"}, "reference", "personnummer"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = client.post(address("add", world), typed(world, **changes))

    told = " ".join(response.context["form"].errors[field]).replace("\xa0", " ")
    assert message in told
    assert Grant.objects.count() == 0


def test_another_programmes_choices_are_refused(client, world):
    other = GrantFactory()
    sent = typed(world, municipality=other.municipality_id, initiative=other.initiative_id)

    response = client.post(address("add", world), sent)

    assert sorted(response.context["form"].errors) == ["initiative", "municipality"]


def test_a_form_sent_twice_makes_one_grant(client, world):
    key = str(client.get(address("add", world)).context["form"]["form_key"].value())

    for _time in range(2):
        client.post(address("add", world), typed(world, form_key=key))

    assert Grant.objects.count() == 1


def test_a_lost_update_is_shown_and_not_made(client, world):
    client.post(address("add", world), typed(world))
    edit = address("edit", world, Grant.objects.get().pk)
    client.post(edit, typed(world, version=1, places="5"))

    response = client.post(edit, typed(world, version=1, places="6", retain_until="2022-12-31"))

    assert Grant.objects.get().places == 5
    assert response.context["form"].stands_now == [("Platser", "5", "6")]


def test_who_was_overtaken_keeps_only_what_they_changed(client, world):
    client.post(address("add", world), typed(world))
    grant = Grant.objects.get()
    change = address("edit", world, grant.pk)
    client.post(change, typed(world, version=1, places="3", decided_on="", conditions="A"))

    mine = {"amount": "168 000", "reference": "§ 13", "retain_until": "2022-12-31"}
    overtaken = client.post(change, typed(world, version=1, **mine))
    form = overtaken.context["form"]
    again = {box.html_name: box.value() or "" for box in form}
    client.post(change, again)

    grant.refresh_from_db()
    assert form.stands_now == [
        ("Belopp, kronor", "240\xa0000", "168\xa0000"),
        ("Beslut", "§ 12", "§ 13"),
    ]
    assert "du skrev 168\xa0000" in overtaken.content.decode()
    assert (grant.places, grant.decided_on, grant.conditions) == (3, None, "A")
    assert (grant.amount, grant.reference) == (168_000, "§ 13")


@pytest.mark.parametrize("name", ["add", "forward"])
def test_no_number_is_cut_while_it_is_typed(client, world, name):
    GrantFactory(programme=world)
    form = client.get(address(name, world)).context["form"]
    boxes = [box for one in (form, *form.rows) for box in one]

    short = [box for box in boxes if box.field.widget.attrs.get("inputmode") == "numeric"]
    assert short
    assert [box.name for box in short if "maxlength" in box.field.widget.attrs] == []


@pytest.mark.parametrize(
    ("changes", "told"), [({}, 1), ({"year": 2016}, 0), ({"initiative": "structural"}, 0)]
)
def test_another_grant_for_the_same_is_remarked(client, world, changes, told):
    client.post(address("add", world), typed(world))
    if "initiative" in changes:
        changes = {"initiative": world.initiatives.get(direction="structural").pk}

    page = client.post(address("add", world), typed(world, **changes), follow=True).content.decode()

    assert Grant.objects.count() == 2
    assert page.count("Kommunen har ett beslut till för samma år") == told


def test_a_payment_by_mistake_is_undone_at_once(client, paid_in_parts):
    row = paid_in_parts.instalments.first()
    pay = address("instalment_paid", paid_in_parts.programme, row.pk)
    data = {"version": row.version, "paid_on": timezone.localdate().isoformat()}

    page = client.post(pay, data, follow=True).content.decode()
    (undo,) = re.findall(r'class="success".*?action="([^"]+)"', page)
    back = client.post(undo)

    row.refresh_from_db()
    assert (back.url, row.paid_on) == (paid_in_parts.get_absolute_url(), None)


def test_a_change_of_an_instalment_says_which(client, paid_in_parts):
    row = paid_in_parts.instalments.first()
    row.due_on = date(2017, 3, 31)
    row.save()

    assert changes_of(paid_in_parts)[0].subject == "60\xa0kr, 2017-03-31"
    assert str(row) == f"{paid_in_parts}: 60\xa0kr"


def test_deleted_grants_of_one_name_are_told_apart(client, world):
    place = world.municipalities.get(code="2101")
    for places, amount in ((4, 240_000), (2, None)):
        GrantFactory(programme=world, municipality=place, places=places, amount=amount).delete()

    page = client.get(reverse("programmes:deleted", args=[world.slug])).content.decode()

    assert [page.count(told) for told in ("4 platser, 240\xa0000\xa0kr", "2 platser")] == [1, 1]


@pytest.mark.parametrize(
    ("paid_on", "told"), [("2017-01-19", 1), ("2017-01-20", 0), ("2016-03-01", 1)]
)
def test_what_was_paid_before_the_decision_is_remarked(client, world, paid_on, told):
    rows = parts(new1=("240000", "", paid_on))

    page = client.post(address("add", world), typed(world) | rows, follow=True).content.decode()

    assert Instalment.objects.count() == 1
    assert page.count("före beslutet 2017-01-20") == told


TYPED_BY_PEOPLE = [
    (model, field.name)
    for model in apps.get_app_config("placements").get_models()
    if "Historical" not in model.__name__
    for field in model._meta.fields
    if isinstance(field, models.CharField | models.TextField)
    and field.editable
    and not field.choices
]


@pytest.mark.parametrize(("model", "name"), TYPED_BY_PEOPLE)
@pytest.mark.parametrize("number", ["19811228-9874", "8112289874", "Bo Ek 811228 9874"])
def test_no_text_of_a_grant_or_placement_takes_an_identity_number(model, name, number):
    with pytest.raises(ValidationError) as refused:
        model._meta.get_field(name).run_validators(number)

    assert "identity_number" in [error.code for error in refused.value.error_list]


def test_a_closed_year_asks_for_a_reason(client, world):
    ClosedYear.objects.create(programme=world, year=2017)

    refused = client.post(address("add", world), typed(world))
    client.post(address("add", world), typed(world, change_reason="Beslutet kom bort"))

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Grant.objects.get().history.get().history_change_reason == "Beslutet kom bort"


def test_a_grant_with_placements_stays(client, world):
    grant = PlacementFactory(grant__programme=world).grant

    response = client.post(address("delete", world, grant.pk))

    assert len(response.context["protected"]) == 1
    assert Grant.objects.count() == 1


def parts(**rows):
    """Rows of instalments as a browser sends them: an amount, when it is due and when it was paid."""
    names = ("amount", "due_on", "paid_on")
    return {
        f"{key}-{name}": value
        for key, row in rows.items()
        for name, value in zip(names, row, strict=False)
    }


def stored(grant):
    return [(row.amount, row.due_on, row.paid_on) for row in grant.instalments.all()]


def test_a_grant_is_saved_with_its_instalments(client, world):
    rows = parts(
        new1=("120 000", "2017-03-31", "2017-04-02"),
        new2=("120 000 kr", "2017-09-30", ""),
        new3=("", "", ""),
    )
    client.post(address("add", world), typed(world) | rows)

    assert stored(Grant.objects.get()) == [
        (120000, date(2017, 3, 31), date(2017, 4, 2)),
        (120000, date(2017, 9, 30), None),
    ]


def edit(client, grant, **sent):
    """Send the form of the grant as it stands, with some of it changed; None is not sent."""
    form = client.get(address("edit", grant.programme, grant.pk)).context["form"]
    shown = {"version": grant.version}
    for one in (form, *form.rows):
        for box in one:
            value = box.value()
            shown[box.html_name] = "" if value is None else str(value)
    data = {name: value for name, value in (shown | sent).items() if value is not None}
    return client.post(address("edit", grant.programme, grant.pk), data)


@pytest.fixture
def paid_in_parts(world):
    grant = GrantFactory(programme=world, amount=100, municipality=world.municipalities.get())
    rows = [Instalment(grant=grant, amount=60), Instalment(grant=grant, amount=40)]
    for row in rows:
        row.save()
    return grant


def test_a_row_is_changed_emptied_or_left(client, paid_in_parts):
    first, second = paid_in_parts.instalments.all()
    response = edit(
        client,
        paid_in_parts,
        **{f"i{first.pk}-amount": "70", f"i{second.pk}-amount": "", "new1-amount": "30"},
    )

    assert response.status_code == 302
    assert [(row.pk == first.pk, row.amount) for row in paid_in_parts.instalments.all()] == [
        (True, 70),
        (False, 30),
    ]
    assert Instalment.history.filter(id=second.pk, history_type="-").count() == 1


def test_a_row_left_as_it_is_is_not_written_again(client, paid_in_parts):
    edit(client, paid_in_parts, places="5")

    assert [row.version for row in paid_in_parts.instalments.all()] == [1, 1]


def test_a_row_that_is_not_sent_stays(client, paid_in_parts):
    first = paid_in_parts.instalments.first()
    names = (f"i{first.pk}-{name}" for name in ("amount", "due_on", "paid_on", "version"))
    edit(client, paid_in_parts, **dict.fromkeys(names))

    assert paid_in_parts.instalments.count() == 2


@pytest.mark.parametrize(
    ("row", "field", "message"),
    [
        (("", "2017-03-31", ""), "amount", "Skriv beloppet."),
        (("-1", "", ""), "amount", "Skriv ett tal mellan 0 och 100 000 000."),
        (("9" * 30, "", ""), "amount", "Skriv ett tal mellan 0 och 100 000 000."),
        (("1", "2099-01-01", ""), "due_on", "Skriv en dag mellan åren "),
        (("1", "", "1999-01-01"), "paid_on", "Skriv en dag mellan åren "),
        (("1", "31/11 2017", ""), "due_on", "31 november finns inte"),
        (("1", "", "imorgon"), "paid_on", "Den dagen har inte kommit."),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_stored(client, world, row, field, message):
    rows = parts(new1=row, new2=("", "", ""))
    response = client.post(address("add", world), typed(world) | rows)

    (problem,) = response.context["problems"]
    assert (problem["id"], message in str(problem["text"]).replace("\xa0", " ")) == (
        f"id_new1-{field}",
        True,
    )
    assert (Grant.objects.count(), Instalment.objects.count()) == (0, 0)


def test_a_form_sent_twice_makes_its_instalments_once(client, world):
    form = client.get(address("add", world)).context["form"]
    keys = {box.html_name: str(box.value()) for box in (form["form_key"], form.rows[0]["form_key"])}
    sent = typed(world) | parts(new1=("240000", "", "")) | keys

    answers = [client.post(address("add", world), sent) for _time in range(2)]
    other = client.post(address("add", world), sent | parts(new1=("1", "", "")))

    assert [answer.status_code for answer in (*answers, other)] == [302, 302, 200]
    assert stored(Grant.objects.get()) == [(240000, None, None)]


def test_a_row_somebody_else_changed_is_shown_and_not_overwritten(client, paid_in_parts):
    row = paid_in_parts.instalments.first()
    Instalment.objects.get(pk=row.pk).save()
    read = {f"i{row.pk}-version": "1"}

    refused = edit(client, paid_in_parts, **read, **{f"i{row.pk}-amount": "61"})

    assert refused.context["form"].conflicts == [("Delbetalning 1, belopp, kronor", "60")]
    assert paid_in_parts.instalments.first().amount == 60


def test_the_instalments_of_a_closed_year_ask_for_one_reason(client, paid_in_parts):
    ClosedYear.objects.create(programme=paid_in_parts.programme, year=2017)
    row = paid_in_parts.instalments.first()
    change = {f"i{row.pk}-amount": "61"}

    refused = edit(client, paid_in_parts, **change)
    edit(client, paid_in_parts, **change, change_reason="Fel i protokollet")

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert [told.history_change_reason for told in row.history.all()] == ["Fel i protokollet", None]


@pytest.mark.parametrize(
    ("amount", "said"),
    [(100, []), (130, ["30 kr mindre än"]), (90, ["10 kr mer än"]), (None, [])],
)
def test_instalments_that_do_not_make_the_amount_are_remarked(client, paid_in_parts, amount, said):
    paid_in_parts.amount = amount
    paid_in_parts.save()
    page = client.get(paid_in_parts.get_absolute_url()).content.decode().replace("\xa0", " ")

    assert [words for words in ("30 kr mindre än", "10 kr mer än") if words in page] == said


def test_an_instalment_is_paid_in_one_tap(client, paid_in_parts):
    row = paid_in_parts.instalments.first()
    pay = address("instalment_paid", paid_in_parts.programme, row.pk)
    today = timezone.localdate()

    answer = client.post(pay, {"version": 1, "paid_on": today.isoformat()})
    again = client.post(pay, {"version": 1, "paid_on": today.isoformat()})

    row.refresh_from_db()
    assert (row.paid_on, row.amount) == (today, 60)
    assert (answer.status_code, again.status_code) == (302, 200)


def test_paying_in_a_closed_year_asks_for_the_reason(client, paid_in_parts):
    ClosedYear.objects.create(programme=paid_in_parts.programme, year=2017)
    row = paid_in_parts.instalments.first()
    pay = address("instalment_paid", paid_in_parts.programme, row.pk)
    sent = {"version": 1, "paid_on": "2017-12-30"}

    refused = client.post(pay, sent)
    client.post(pay, sent | {"change_reason": "Betald före årsskiftet"})

    row.refresh_from_db()
    assert (list(refused.context["form"].errors), row.paid_on) == (
        ["change_reason"],
        date(2017, 12, 30),
    )


def test_a_payment_is_undone(client, paid_in_parts):
    row = paid_in_parts.instalments.first()
    pay = address("instalment_paid", paid_in_parts.programme, row.pk)
    client.post(pay, {"version": 1, "paid_on": "2017-04-02"})
    (change,) = row.history.filter(history_type="~")

    client.post(
        reverse("programmes:restore", args=[paid_in_parts.programme.slug, "instalment", change.pk])
    )

    row.refresh_from_db()
    assert row.paid_on is None


def test_an_emptied_instalment_comes_back(client, paid_in_parts):
    first, _second = paid_in_parts.instalments.all()
    edit(client, paid_in_parts, **{f"i{first.pk}-amount": ""})
    gone = Instalment.history.get(id=first.pk, history_type="-")
    before = paid_in_parts.instalments.count()

    client.post(
        reverse("programmes:restore", args=[paid_in_parts.programme.slug, "instalment", gone.pk])
    )

    assert (before, paid_in_parts.instalments.count()) == (1, 2)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
@pytest.mark.parametrize(
    "name",
    [
        "add",
        "edit",
        "delete",
        "forward",
        "placement_add",
        "instalment_paid",
    ],
)
def test_those_who_only_read_cannot_write(client, programme, role, name):
    grant = GrantFactory(programme=programme)
    row = Instalment.objects.create(grant=grant, amount=1)
    client.force_login(member_of(programme, role))
    args = {"add": [], "forward": [], "instalment_paid": [row.pk]}

    response = client.post(address(name, programme, *args.get(name, [grant.pk])), {"version": 1})

    assert response.status_code == 404
    assert (Grant.objects.count(), Instalment.objects.count()) == (1, 1)


CLOSED = ("Unga utan examen", "Träff varje månad", "77\u00a0777", "KOD")


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ADMINISTRATOR, True),
        (Role.PROCESS_LEADER, True),
        (Role.AUDITOR, True),
        (Role.PARTNER, False),
        (Role.BOARD, False),
    ],
)
def test_partner_and_board_read_the_decision_alone(client, programme, role, seen):
    grant = GrantFactory(
        programme=programme,
        amount=240000,
        reference="§ 12",
        target_group="Unga utan examen",
        conditions="Träff varje månad",
    )
    Instalment.objects.create(grant=grant, amount=77777)
    placement = PlacementFactory(grant=grant)
    client.force_login(member_of(programme, role))

    page = client.get(grant.get_absolute_url()).content.decode()

    assert [text in page for text in ("240\u00a0000\u00a0kr", "§ 12", "4 platser")] == [True] * 3
    closed = [text.replace("KOD", placement.participant.code) in page for text in CLOSED]
    assert closed == [seen] * 4
    assert ("Placeringar" in page) is seen


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD])
def test_the_pages_of_partner_and_board_are_the_same_whatever_the_use(client, programme, role):
    grant = GrantFactory(programme=programme, places=1)
    client.force_login(member_of(programme, role))
    pages = [address("list", programme), grant.get_absolute_url()]
    before = [_body(client, page) for page in pages]

    for _time in range(3):
        PlacementFactory(grant=grant)

    assert [_body(client, page) for page in pages] == before


def _body(client, page):
    """The page's own part; the frame around it holds tokens that differ each time."""
    return client.get(page).content.decode().split("<main")[1].split("</main>")[0]


def test_more_placements_than_places_is_remarked_and_not_blocked(client, world):
    grant = GrantFactory(programme=world, places=1)
    pages = [grant.get_absolute_url(), address("list", world)]

    def remarked():
        return ["fler än beviljat" in client.get(page).content.decode() for page in pages]

    PlacementFactory(grant=grant)
    before = remarked()
    PlacementFactory(grant=grant)

    assert (before, remarked()) == ([False, False], [True, True])


def listed(client, programme, **filters):
    response = client.get(address("list", programme), filters)
    return [str(grant) for year in response.context["years"] for grant, _use in year.grants]


@pytest.fixture
def three(world):
    """Grants of two years to two municipalities, and one of another programme."""
    ockelbo = world.municipalities.get()
    gavle = MunicipalityFactory(programme=world, name="Gävle")
    GrantFactory()
    return [
        GrantFactory(programme=world, municipality=ockelbo, year=2018),
        GrantFactory(programme=world, municipality=gavle, year=2018),
        GrantFactory(programme=world, municipality=ockelbo, year=2017),
    ]


def test_the_list_is_by_year_and_municipality(client, world, three):
    assert listed(client, world) == ["Gävle 2018", "Ockelbo 2018", "Ockelbo 2017"]


def test_the_list_is_narrowed(client, world, three):
    ockelbo = three[0].municipality_id

    assert listed(client, world, year="2017") == ["Ockelbo 2017"]
    assert listed(client, world, municipality=ockelbo, year="2018") == ["Ockelbo 2018"]
    assert listed(client, world, initiative=three[0].initiative_id) == ["Ockelbo 2018"]
    assert len(listed(client, world, year="x", municipality="x", page="-1")) == 3


def questions(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER])
def test_pages_ask_the_same_number_of_questions(client, programme, role):
    client.force_login(member_of(programme, role))
    grant = GrantFactory(programme=programme, year=2018)
    pages = [address("list", programme), grant.get_absolute_url()]
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            GrantFactory(programme=programme, year=2015 + rows)
            PlacementFactory(grant=grant)
            Instalment.objects.create(grant=grant, amount=1)
        client.get(pages[0])
        counts.append([questions(client, page) for page in pages])

    assert counts[0] == counts[1]


def test_without_municipality_and_initiative_the_form_says_what_is_missing(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    ways = [
        reverse(f"programmes:{name}", args=[programme.slug])
        for name in ("municipality_add", "initiative_add")
    ]

    def offered():
        response = client.get(address("add", programme))
        page = response.content.decode()
        return "form" in response.context, [way in page for way in ways]

    nothing = offered()
    MunicipalityFactory(programme=programme)
    one = offered()
    InitiativeFactory(programme=programme)

    assert [nothing, one, offered()[0]] == [(False, [True, True]), (False, [False, True]), True]


def test_an_empty_list_says_what_to_do(client, world):
    assert "Lägg till det första beslutet" in client.get(address("list", world)).content.decode()
