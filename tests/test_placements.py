"""Placements: codes and no names, extensions, rough dates, and outcomes that are only added to."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from placements.models import Outcome, Participant, Placement
from programmes.models import ClosedYear

from .factories import (
    EnterpriseFactory,
    GrantFactory,
    OrganisationFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    member_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def world(programme, client):
    """A programme with a grant, and its process leader signed in."""
    GrantFactory(programme=programme, year=2017, months=6)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    return programme


NO_CODE = "Det är ingen kod. En kod har åtta bokstäver och siffror, som på lappen."


def address(name, programme, *args):
    return reverse(f"placements:{name}", args=[programme.slug, *args])


def typed(**changes):
    """What a person would send for a new participant."""
    return {
        "participant": "",
        "sex": "women",
        "when": "hösten 2017",
        "ended": "",
        "enterprise": "",
        "supervisor": "",
        "referrer": "municipality",
        "extent": "50",
        "extension_of": "",
    } | changes


def place(client, programme, **changes):
    grant = programme.grants.get()
    changes = {"grant": grant.pk} | changes
    return client.post(address("placement_add", programme, grant.pk), typed(**changes))


def test_a_new_participant_is_a_code_and_a_sex(client, world):
    response = place(client, world)

    placement = Placement.objects.get()
    participant = Participant.objects.get()
    assert (placement.participant, participant.sex, participant.programme) == (
        participant,
        "women",
        world,
    )
    assert (placement.starts_on, placement.precision, placement.extent) == (
        date(2017, 7, 1),
        "season",
        50,
    )
    assert response.url == placement.get_absolute_url()


def test_the_planned_end_is_the_last_possible_start_and_the_months(client, world):
    place(client, world)

    page = client.get(Placement.objects.get().get_absolute_url()).content.decode()

    assert "2018-06-30" in page


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"sex": ""}, "sex", "Välj kön för den nya deltagaren."),
        ({"sex": "okänt"}, "sex", "giltigt alternativ"),
        ({"when": ""}, "when", "Skriv när placeringen började."),
        ({"when": "snart"}, "when", "Skriv datumet som 2026-03-12"),
        ({"ended": "2016"}, "ended", "kan inte sluta innan den börjar"),
        ({"ended": "2099"}, "ended", "Den dagen har inte kommit."),
        ({"when": "2017-09-01", "ended": "hösten 2017"}, "ended", "skriv månaden eller dagen"),
        ({"extent": "0"}, "extent", "Skriv ett tal mellan 1 och 100."),
        ({"extent": "101"}, "extent", "Skriv ett tal mellan 1 och 100."),
        ({"extent": "halv"}, "extent", "heltal"),
        ({"referrer": ""}, "referrer", "Välj vem som anvisade deltagaren."),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    client, world, changes, field, message
):
    response = place(client, world, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert (Placement.objects.count(), Participant.objects.count()) == (0, 0)


def test_an_end_known_by_the_year_alone_is_not_before_the_start(client, world):
    place(client, world, when="2017-03-12", ended="2017")

    placement = Placement.objects.get()
    assert (placement.ends_on, placement.ends_precision) == (date(2017, 3, 12), "year")
    form = client.get(address("placement_edit", world, placement.pk)).context["form"]
    assert form["ended"].value() == "2017"


def test_an_extension_is_of_the_same_participant(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    place(client, world, sex="", extension_of=earlier.pk)

    later = Placement.objects.latest("pk")
    assert (later.participant, later.extension_of) == (earlier.participant, earlier)
    assert Participant.objects.count() == 1


def test_an_extension_of_someone_elses_placement_is_refused(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    other = ParticipantFactory(programme=world)

    response = place(client, world, participant=other.code, extension_of=earlier.pk)

    assert list(response.context["form"].errors) == ["extension_of"]


def test_a_placement_is_extended_once(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    place(client, world, extension_of=earlier.pk)

    response = place(client, world, extension_of=earlier.pk)

    assert list(response.context["form"].errors) == ["extension_of"]


def test_extending_takes_over_who_and_where(client, world):
    earlier = PlacementFactory(
        grant=world.grants.get(), enterprise=EnterpriseFactory(programme=world), extent=75
    )
    add = address("placement_add", world, earlier.grant_id)

    form = client.get(add, {"extends": earlier.pk}).context["form"]
    missing = client.get(add, {"extends": "9" * 30}).context["form"]

    names = ("participant", "extension_of", "when", "enterprise", "extent")
    assert [form[name].value() for name in names] == [
        earlier.participant.code,
        earlier.pk,
        "2018-07-01",
        earlier.enterprise_id,
        75,
    ]
    assert missing["participant"].value() is None


def test_another_programmes_choices_are_refused(client, world):
    other = PlacementFactory()
    response = place(
        client,
        world,
        participant=other.participant.code,
        enterprise=EnterpriseFactory().pk,
        supervisor=OrganisationFactory().pk,
        extension_of=other.pk,
    )

    assert sorted(response.context["form"].errors) == [
        "enterprise",
        "extension_of",
        "participant",
        "supervisor",
    ]
    assert Placement.objects.count() == 1


def test_a_form_sent_twice_makes_one_placement_and_one_participant(client, world):
    add = address("placement_add", world, world.grants.get().pk)
    key = str(client.get(add).context["form"]["form_key"].value())

    for _time in range(2):
        place(client, world, form_key=key)

    assert (Placement.objects.count(), Participant.objects.count()) == (1, 1)


def test_an_edit_changes_the_placement_and_the_participants_sex(client, world):
    place(client, world)
    placement = Placement.objects.get()
    edit = address("placement_edit", world, placement.pk)

    client.post(edit, typed(version=1, sex="men", ended="2018-02-01"))
    conflict = client.post(edit, typed(version=1, sex="women"))

    placement.refresh_from_db()
    assert (placement.participant.sex, placement.ends_on) == ("men", date(2018, 2, 1))
    assert ("Kön", "man") in conflict.context["form"].conflicts


def test_a_closed_year_asks_for_a_reason(client, world):
    ClosedYear.objects.create(programme=world, year=2017)

    refused = place(client, world)
    place(client, world, change_reason="Kom för sent")

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Placement.objects.get().history.get().history_change_reason == "Kom för sent"


def test_a_changed_sex_asks_for_a_reason_if_it_counts_in_a_closed_year(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    later = PlacementFactory(
        grant__programme=world, grant__year=2018, participant=earlier.participant
    )
    ClosedYear.objects.create(programme=world, year=2017)
    edit = address("placement_edit", world, later.pk)

    refused = client.post(edit, typed(version=1, when="2018", sex="men"))
    client.post(edit, typed(version=1, when="2018", sex="men", change_reason="Fel kryss"))

    assert list(refused.context["form"].errors) == ["change_reason"]
    participant = Participant.objects.get()
    assert (participant.sex, participant.history.first().history_change_reason) == (
        "men",
        "Fel kryss",
    )


def test_a_participant_goes_with_the_last_placement(client, world):
    first = PlacementFactory(grant=world.grants.get())
    second = PlacementFactory(grant=first.grant, participant=first.participant)

    client.post(address("placement_delete", world, second.pk))
    kept = Participant.objects.count()
    client.post(address("placement_delete", world, first.pk))

    assert (kept, Participant.objects.count()) == (1, 0)


def test_a_placement_with_an_outcome_stays(client, world):
    placement = OutcomeFactory(placement__grant=world.grants.get()).placement

    response = client.post(address("placement_delete", world, placement.pk))

    assert len(response.context["protected"]) == 1
    assert (Placement.objects.count(), Participant.objects.count()) == (1, 1)


def outcome(**changes):
    return {"result": "work", "when": "2017-12-01", "follow_up": "0"} | changes


def test_an_outcome_is_added(client, world):
    placement = PlacementFactory(grant=world.grants.get())

    client.post(address("outcome_add", world, placement.pk), outcome(when="december 2017"))

    stored = Outcome.objects.values_list("result", "known_on", "precision", "year", "follow_up")
    assert list(stored) == [("work", date(2017, 12, 1), "month", 2017, 0)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"result": "lycka"}, "result"),
        ({"when": ""}, "when"),
        ({"when": "2099-01-01"}, "when"),
        ({"follow_up": "5"}, "follow_up"),
    ],
)
def test_a_bad_outcome_is_told_at_its_field(client, world, changes, field):
    placement = PlacementFactory(grant=world.grants.get())

    response = client.post(address("outcome_add", world, placement.pk), outcome(**changes))

    assert list(response.context["form"].errors) == [field]
    assert Outcome.objects.count() == 0


@pytest.mark.parametrize(
    ("began", "precision", "known", "refused"),
    [
        (date(2017, 3, 12), "day", "2017-03-11", True),
        (date(2017, 3, 12), "day", "2017-03-12", False),
        (date(2017, 3, 12), "day", "mars 2017", False),
        (date(2017, 3, 12), "day", "februari 2017", True),
        (date(2017, 7, 1), "season", "2017-08-01", False),
        (date(2017, 7, 1), "season", "2017-06-30", True),
    ],
)
def test_an_outcome_is_not_known_before_the_placement_can_have_begun(
    client, world, began, precision, known, refused
):
    placement = PlacementFactory(grant=world.grants.get(), starts_on=began, precision=precision)

    response = client.post(address("outcome_add", world, placement.pk), outcome(when=known))

    errors = response.context["form"].errors if refused else {}
    assert (list(errors), Outcome.objects.count()) == ((["when"], 0) if refused else ([], 1))
    assert not refused or errors["when"][0].startswith("Det är före placeringens start, ")


def test_a_placement_does_not_move_past_its_outcome(client, world):
    known = OutcomeFactory(
        placement__grant=world.grants.get(), known_on=date(2017, 12, 1), precision="month"
    )
    edit = address("placement_edit", world, known.placement_id)

    refused = client.post(edit, typed(version=1, when="2018-01-01"))
    client.post(edit, typed(version=1, when="2017-12-31"))

    assert list(refused.context["form"].errors) == ["when"]
    known.placement.refresh_from_db()
    assert known.placement.starts_on == date(2017, 12, 31)


def test_a_second_outcome_of_a_follow_up_is_a_correction(client, world):
    known = OutcomeFactory(placement__grant=world.grants.get(), follow_up=0)
    add = address("outcome_add", world, known.placement_id)

    refused = client.post(add, outcome(follow_up="0"))
    client.post(add, outcome(follow_up="3"))

    assert refused.context["form"].errors == {
        "follow_up": ["Det finns redan ett utfall för den uppföljningen. Rätta det i stället."]
    }
    assert sorted(row.follow_up for row in Outcome.objects.standing()) == [0, 3]


def test_a_correction_keeps_its_follow_up_or_takes_a_free_one(client, world):
    end = OutcomeFactory(placement__grant=world.grants.get(), follow_up=0)
    later = OutcomeFactory(placement=end.placement, follow_up=3)
    correct = address("outcome_correct", world, later.pk)

    refused = client.post(correct, outcome(follow_up="0", reason="Fel ruta"))
    client.post(correct, outcome(follow_up="6", reason="Fel ruta"))

    assert list(refused.context["form"].errors) == ["follow_up"]
    assert sorted(row.follow_up for row in Outcome.objects.standing()) == [0, 6]


def test_a_correction_is_a_new_row_with_a_reason(client, world):
    wrong = OutcomeFactory(placement__grant=world.grants.get())
    correct = address("outcome_correct", world, wrong.pk)

    page = client.get(correct)
    refused = client.post(correct, outcome(result="studies", reason=""))
    client.post(correct, outcome(result="studies", reason="Fel rad i brevet"))

    assert page.context["form"]["result"].value() == "work"
    assert list(refused.context["form"].errors) == ["reason"]
    assert [row.result for row in Outcome.objects.standing()] == ["studies"]
    assert Outcome.objects.count() == 2


def test_an_outcome_is_corrected_once(client, world):
    wrong = OutcomeFactory(placement__grant=world.grants.get())
    correct = address("outcome_correct", world, wrong.pk)
    client.post(correct, outcome(result="studies", reason="Fel rad"))

    response = client.post(correct, outcome(result="other", reason="Fel igen"))
    opened = client.get(correct, follow=True)

    stands = address("outcome_correct", world, Outcome.objects.standing().get().pk)
    (told,) = response.context["form"].non_field_errors()
    assert told.startswith("Utfallet är redan rättat. Nu är det ”studier”.")
    assert (f'href="{stands}"' in told, opened.redirect_chain) == (True, [(stands, 302)])
    assert "Utfallet är redan rättat. Det här är det som gäller." in opened.content.decode()
    assert Outcome.objects.count() == 2


def test_a_reason_may_not_point_at_a_person(client, world):
    wrong = OutcomeFactory(placement__grant=world.grants.get())

    response = client.post(
        address("outcome_correct", world, wrong.pk), outcome(reason="Se 811228-9874")
    )

    assert list(response.context["form"].errors) == ["reason"]


PAGES = ["placement", "placement_edit", "placement_delete", "outcome_add", "outcome_correct"]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, None])
@pytest.mark.parametrize("name", PAGES)
def test_closed_pages_are_not_there_for_partner_board_and_strangers(client, programme, role, name):
    row = OutcomeFactory(placement__grant__programme=programme)
    pk = row.pk if name == "outcome_correct" else row.placement_id
    client.force_login(member_of(programme, role))

    answers = [client.get(address(name, programme, pk)), client.post(address(name, programme, pk))]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_auditor_reads_and_never_writes(client, programme):
    row = OutcomeFactory(placement__grant__programme=programme)
    client.force_login(member_of(programme, Role.AUDITOR))

    codes = {
        name: client.get(
            address(name, programme, row.pk if name == "outcome_correct" else row.placement_id)
        ).status_code
        for name in PAGES
    }

    assert codes == dict.fromkeys(PAGES, 404) | {"placement": 200}


def test_a_corrected_outcome_is_told_apart(client, world):
    wrong = OutcomeFactory(placement__grant=world.grants.get())
    OutcomeFactory(placement=wrong.placement, result="studies", corrects=wrong, reason="Fel rad")

    page = client.get(wrong.placement.get_absolute_url()).content.decode()

    assert "<s>Arbete</s>" in page
    assert page.count(reverse("placements:outcome_correct", args=[world.slug, wrong.pk])) == 0


def questions(client, url):
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


def test_pages_ask_the_same_number_of_questions(client, world):
    grant = world.grants.get()
    placement = OutcomeFactory(placement__grant=grant).placement
    pages = [
        grant.get_absolute_url(),
        placement.get_absolute_url(),
        address("placement_add", world, grant.pk),
    ]
    counts = []
    for rows in (1, 2):
        for _row in range(rows):
            row = Outcome.objects.standing().filter(placement=placement).last()
            OutcomeFactory(placement=placement, corrects=row, reason="Fel")
            other = PlacementFactory(grant=grant, enterprise=EnterpriseFactory(programme=world))
            OutcomeFactory(placement=other)
        client.get(pages[0])
        counts.append([questions(client, page) for page in pages])

    assert counts[0] == counts[1]


# Codes, slips and the list


@pytest.mark.parametrize("typed_as", ["kx4t-9pdm", "KX4T 9PDM", " kx4t9pdm ", "KX4T–9PDM"])
def test_a_code_is_read_however_it_is_typed(client, world, typed_as):
    known = ParticipantFactory(programme=world, code="KX4T-9PDM", sex="men")

    place(client, world, participant=typed_as, sex="")

    assert [row.participant for row in Placement.objects.all()] == [known]
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("KX4T-9PDN", "Ingen här har koden KX4T-9PDN. Jämför med lappen, tecken för tecken."),
        *((typed, NO_CODE) for typed in ("9", "x" * 30, "' OR 1=1", "8501011234", "19850101")),
    ],
)
def test_an_unknown_code_is_said_at_its_field_and_nothing_else_is_repeated(
    client, world, code, told
):
    ParticipantFactory(programme=world, code="KX4T-9PDM")
    ParticipantFactory(code="KX4T-9PDN")  # of another programme

    form = place(client, world, participant=code).context["form"]

    assert list(form.errors) == ["participant"]
    assert form.errors["participant"] == [told]
    assert Placement.objects.count() == 0


def test_no_form_offers_codes(client, world):
    other = PlacementFactory(grant=world.grants.get())

    page = client.get(address("placement_add", world, world.grants.get().pk))

    assert other.participant.code not in page.content.decode()


def test_a_planned_end_that_is_typed_goes_before_the_months(client, world):
    place(client, world, when="2017-03-01", planned_ends_on="2017-05-01")
    refused = place(client, world, when="2017-03-01", planned_ends_on="2017-02-01")

    placement = Placement.objects.get()
    assert placement.planned_end == date(2017, 5, 1)
    assert refused.context["form"].errors == {
        "planned_ends_on": ["En placering kan inte sluta innan den börjar."]
    }


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2017, 2, 28), "planned"),
        (date(2017, 3, 1), "ongoing"),
        (date(2017, 8, 31), "ongoing"),
        (date(2017, 9, 1), "ended"),
    ],
)
def test_a_placement_is_planned_goes_on_and_ends(world, today, state):
    PlacementFactory(grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day")
    of_all = Placement.objects.all()

    assert [list(of_all.in_state(one, today)) for one in ("planned", "ongoing", "ended")] == [
        list(of_all) if one == state else [] for one in ("planned", "ongoing", "ended")
    ]


def test_an_outcome_ends_a_placement(world):
    row = PlacementFactory(grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day")
    OutcomeFactory(placement=row, known_on=date(2017, 4, 1), precision="month")

    ended = [list(Placement.objects.in_state("ended", date(2017, 4, d))) for d in (29, 30)]

    assert ended == [[], [row]]


def test_an_extension_may_stand_under_another_grant(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    later = GrantFactory(programme=world, year=2018)
    add = address("placement_add", world, earlier.grant_id) + f"?extends={earlier.pk}"

    offered = client.get(add).context["form"].fields["grant"].queryset
    client.post(add, typed(when="2018", sex="", extension_of=earlier.pk, grant=later.pk))

    assert set(offered) == {earlier.grant, later}
    placed = Placement.objects.latest("pk")
    assert (placed.grant, placed.participant, placed.extension_of) == (
        later,
        earlier.participant,
        earlier,
    )


def test_an_extension_does_not_begin_before_what_it_extends(client, world):
    earlier = PlacementFactory(grant=world.grants.get())

    form = place(client, world, when="2016", sex="", extension_of=earlier.pk).context["form"]

    early = "En förlängning börjar efter placeringen som den förlänger, som började 2017."
    assert form.errors == {"when": [early]}


def test_more_placements_than_places_are_remarked_and_saved(client, world):
    grant = world.grants.get()
    PlacementFactory.create_batch(4, grant=grant)
    add = address("placement_add", world, grant.pk)

    page = client.post(add, typed(), follow=True)

    assert "5 placeringar på 4 beviljade platser" in page.content.decode()
    assert grant.placements.count() == 5


def test_a_place_of_a_closed_years_grant_asks_for_a_reason(client, world):
    ClosedYear.objects.create(programme=world, year=2017)

    refused = place(client, world, when="2018-02-01")
    place(client, world, when="2018-02-01", change_reason="Kom för sent")

    assert list(refused.context["form"].errors) == ["change_reason"]
    assert Placement.objects.count() == 1


def test_the_list_is_narrowed(client, world):
    grant = world.grants.get()
    enterprise = EnterpriseFactory(programme=world)
    there = PlacementFactory(grant=grant, enterprise=enterprise)
    later = PlacementFactory(grant__programme=world, grant__year=2018)
    OutcomeFactory(placement=later, known_on=date(2018, 2, 1))
    PlacementFactory()  # of another programme

    def found(**query):
        page = client.get(address("placement_list", world), query).context["page"]
        return [row.pk for row in page]

    assert found() == [later.pk, there.pk]
    assert found(year="2017") == found(grant=grant.pk) == [there.pk]
    assert found(enterprise=enterprise.pk) == found(municipality=grant.municipality_id)
    assert found(without_outcome="1") == [there.pk]
    assert found(state="planned") == []
    assert found(state="nonsense", year="9" * 30) == [later.pk, there.pk]


def test_a_code_finds_the_latest_placement_and_stands_in_no_address(client, world):
    first = PlacementFactory(grant=world.grants.get())
    last = PlacementFactory(
        grant=first.grant, participant=first.participant, starts_on=date(2018, 1, 1)
    )
    find = address("placement_find", world)

    answer = client.post(find, {"code": first.participant.code.lower().replace("-", " ")})
    unknown = client.post(find, {"code": "ZZZZ-ZZZZ"}, follow=True)

    assert answer.url == last.get_absolute_url()
    assert "Ingen här har koden ZZZZ-ZZZZ." in unknown.content.decode()
    assert (client.get(find).status_code, unknown.redirect_chain[0][0]) == (
        405,
        address("placement_list", world),
    )


def test_a_slip_a_participant(client, world):
    first = PlacementFactory(grant=world.grants.get())
    PlacementFactory(grant=first.grant, participant=first.participant, extension_of=first)
    other = PlacementFactory(grant=first.grant)

    all_of_them = client.get(address("slips", world, first.grant_id)).content.decode()
    one = client.get(address("slip", world, other.pk)).content.decode()

    codes = (first.participant.code, other.participant.code)
    assert [all_of_them.count(code) for code in codes] == [1, 1]
    assert [one.count(code) for code in codes] == [0, 1]
    assert "<input" not in one.split("<main")[1].split("</main>")[0]


def test_a_code_and_another_sex_is_no_match(client, world):
    known = PlacementFactory(grant=world.grants.get()).participant

    refused = place(client, world, participant=known.code, sex="men").context["form"]
    place(client, world, participant=known.code, sex="women", when="2018-09-01")

    assert refused.errors == {
        "sex": [
            "Den som har koden är antecknad som ”kvinna”. Är det rätt lapp? Är det den, "
            "så lämna könet tomt."
        ]
    }
    assert Placement.objects.filter(participant=known).count() == 2


@pytest.mark.parametrize(
    ("when", "is_remarked"), [("2017-03-01", True), ("2017-09-01", True), ("2017-09-02", False)]
)
def test_two_placements_at_once_are_remarked_and_saved(client, world, when, is_remarked):
    first = PlacementFactory(grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day")

    add = address("placement_add", world, first.grant_id)
    sent = typed(participant=first.participant.code, sex="", when=when)
    page = client.post(add, sent, follow=True).content.decode()

    told = f"{first.participant} har en placering samtidigt: {first.grant}, från 2017-03-01"
    assert (told in page, Placement.objects.count()) == (is_remarked, 2)


def test_an_edit_that_makes_two_at_once_is_remarked(client, world):
    first = PlacementFactory(grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day")
    second = PlacementFactory(
        grant=first.grant, participant=first.participant, starts_on=date(2018, 1, 1)
    )

    edit = address("placement_edit", world, second.pk)
    page = client.post(edit, typed(version=1, when="2017-04-01"), follow=True)

    assert "har en placering samtidigt" in page.content.decode()


@pytest.mark.parametrize(("moved", "day"), [("extension", "2017-03-01"), ("earlier", "2018-01-01")])
def test_an_extension_stays_after_what_it_extends(client, world, moved, day):
    earlier = PlacementFactory(
        grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day"
    )
    later = PlacementFactory(
        grant=earlier.grant,
        participant=earlier.participant,
        extension_of=earlier,
        starts_on=date(2018, 1, 1),
        precision="day",
    )
    row = {"extension": later, "earlier": earlier}[moved]
    edit = address("placement_edit", world, row.pk)

    sent = typed(version=1, when=day, extension_of=row.extension_of_id or "")
    response = client.post(edit, sent)

    assert list(response.context["form"].errors) == ["when"]


def test_an_extended_placement_leads_to_its_extension(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    place(client, world, extension_of=earlier.pk, when="2018", sex="")
    add = address("placement_add", world, earlier.grant_id) + f"?extends={earlier.pk}"

    opened = client.get(add)
    sent = place(client, world, extension_of=earlier.pk, when="2018", sex="")

    assert opened.url == earlier.extension.get_absolute_url()
    (told,) = sent.context["form"].errors["extension_of"]
    assert told.startswith("Placeringen är redan förlängd")
    assert earlier.extension.get_absolute_url() in told


def test_an_extension_sent_twice_is_one(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    add = address("placement_add", world, earlier.grant_id) + f"?extends={earlier.pk}"
    key = str(client.get(add).context["form"]["form_key"].value())

    answers = [
        place(client, world, extension_of=earlier.pk, when="2018", sex="", form_key=key)
        for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Placement.objects.count() == 2


def test_an_extension_is_proposed_under_the_grant_of_the_year_it_begins(client, world):
    earlier = PlacementFactory(grant=world.grants.get())
    add = address("placement_add", world, earlier.grant_id) + f"?extends={earlier.pk}"

    def proposed():
        return client.get(add).context["form"]["grant"].value()

    before = proposed()
    coming = GrantFactory(
        programme=world, year=2018, municipality=earlier.grant.municipality, places=2
    )
    after = proposed()
    sent = typed(when="2018", sex="", extension_of=earlier.pk, grant=coming.pk)
    page = client.post(add, sent, follow=True).content.decode()

    assert (before, after) == (earlier.grant_id, coming.pk)
    assert f"Den tar en plats av de beviljade medlen {coming}." in page


def test_the_end_is_asked_for_with_an_outcome(client, world):
    placement = PlacementFactory(
        grant=world.grants.get(), starts_on=date(2017, 3, 1), precision="day"
    )
    add = address("outcome_add", world, placement.pk)

    proposed = client.get(add, {"follow_up": "0"}).context["form"]["ended"].value()
    late = client.post(add, outcome(when="2017-06-01", ended="2017-06-02"))
    early = client.post(add, outcome(when="2017-06-01", ended="2017-02-28"))
    client.post(add, outcome(when="2017-06-01", ended="2017-05-31"))

    assert proposed == "2017-09-01"
    assert list(late.context["form"].errors) == list(early.context["form"].errors) == ["ended"]
    placement.refresh_from_db()
    assert (placement.ends_on, Outcome.objects.get().known_on) == (
        date(2017, 5, 31),
        date(2017, 6, 1),
    )
    assert "ended" not in client.get(add).context["form"].fields


def test_an_outcome_is_saved_without_an_end(client, world):
    placement = PlacementFactory(grant=world.grants.get())

    client.post(address("outcome_add", world, placement.pk), outcome(ended=""))

    placement.refresh_from_db()
    assert (placement.ends_on, Outcome.objects.count()) == (None, 1)


def test_an_outcome_sent_twice_is_one(client, world):
    add = address("outcome_add", world, PlacementFactory(grant=world.grants.get()).pk)
    key = str(client.get(add).context["form"]["form_key"].value())

    answers = [client.post(add, outcome(follow_up="3", form_key=key)) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Outcome.objects.count() == 1


def test_who_noted_and_who_corrected_an_outcome_is_told(client, world):
    placement = PlacementFactory(grant=world.grants.get())
    client.post(address("outcome_add", world, placement.pk), outcome())
    correct = address("outcome_correct", world, Outcome.objects.get().pk)
    other = member_of(world, Role.PROCESS_LEADER)
    first = Outcome.history.get().history_user
    client.force_login(other)
    client.post(correct, outcome(result="studies", reason="Fel rad"))

    page = client.get(placement.get_absolute_url()).content.decode()

    assert (f"Antecknat av {first}" in page, f"Rättat av {other}" in page) == (True, True)


@pytest.mark.parametrize("name", ["placement_edit", "outcome_add"])
def test_who_saves_a_placement_that_is_gone_is_told_so(client, world, name):
    placement = PlacementFactory(grant=world.grants.get())
    pk = placement.pk
    placement.delete()

    page = client.post(address(name, world, pk), outcome() | typed())

    assert page.status_code == 404
    assert "togs bort medan du skrev" in page.content.decode()


def test_the_reason_is_asked_for_at_once_where_the_year_is_closed(client, world):
    known = OutcomeFactory(placement__grant=world.grants.get())
    ClosedYear.objects.create(programme=world, year=2017)

    for name, pk in (
        ("placement_add", known.placement.grant_id),
        ("placement_edit", known.placement_id),
        ("outcome_correct", known.pk),
    ):
        assert "change_reason" in client.get(address(name, world, pk)).context["form"].fields


def test_nothing_is_found_of_a_year_without_placements(client, world):
    PlacementFactory(grant=world.grants.get())

    page = client.get(address("placement_list", world), {"year": "2030"})

    assert (list(page.context["page"]), "Ingen placering passar" in page.content.decode()) == (
        [],
        True,
    )
    assert '<option value="2030" selected>2030</option>' in page.content.decode()


def test_a_replaced_code_is_called_so(client, world):
    placement = PlacementFactory(
        grant=world.grants.get(), participant__code="GA-7K2MPQ", participant__programme=world
    )

    page = client.get(address("placement_list", world)).content.decode()

    assert "utbytt kod GA-7K2MPQ</a>" in page
    assert str(placement.participant) == "utbytt kod GA-7K2MPQ"


def test_the_end_is_asked_for_where_follow_ups_are_noted_too(client, world):
    PlacementFactory(grant=world.grants.get(), starts_on=date(2024, 3, 1), precision="day")
    PlacementFactory(
        grant=world.grants.get(),
        starts_on=date(2024, 3, 1),
        precision="day",
        ends_on=date(2024, 9, 1),
    )

    page = client.get(address("due", world)).content.decode()

    assert (page.count('name="result"'), page.count('name="ended"')) == (2, 1)
