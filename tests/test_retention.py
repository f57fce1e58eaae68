"""Erasure under a decision: codes become keys everywhere and no figure moves; contacts leave no trace; all is logged."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings

from accounts.models import Membership
from enterprises.models import Contact, Enterprise, SentAnswer
from placements.models import Outcome, Participant, Placement, Sex
from placements.retention import KEY, Codes, replace_codes, without_codes
from programmes.erasing import Decision
from programmes.models import Erasure
from programmes.periods import Period
from programmes.restoring import deleted_since, oldest, restore
from reports.figures import View, figures

from .factories import (
    AnswerLinkFactory,
    CensusReturnFactory,
    ContactFactory,
    DraftFactory,
    EnterpriseFactory,
    EventFactory,
    GrantFactory,
    InitiativeFactory,
    LetterFactory,
    MunicipalityFactory,
    OutcomeFactory,
    ParticipantFactory,
    PlacementFactory,
    ProgrammeFactory,
    SavedFilterFactory,
    SentAnswerFactory,
    UserFactory,
    file_on,
    member_of,
    one_of_each,
)
from .worlds import in_any, worlds

pytestmark = pytest.mark.django_db
Role = Membership.Role
TODAY = date(2030, 1, 1)
PAST, AHEAD = date(2029, 12, 31), date(2030, 1, 1)
DECISION = Decision("§ 12/2030", date(2029, 12, 1))
CODE = "KX4T-9PDM"


@pytest.fixture
def grant(programme):
    return GrantFactory(programme=programme, retain_until=PAST)


def placed(grant, code=CODE, **participant):
    person = ParticipantFactory(programme=grant.programme, code=code, **participant)
    return PlacementFactory(grant=grant, participant=person)


def codes(programme, today=TODAY):
    return Codes(programme, today)


def replace(programme, today=TODAY):
    found = codes(programme, today)
    grants = {row.grant.pk for row in found.of_grants}
    return replace_codes(found, grants, DECISION, with_no_grant=True)


def dump():
    """Everything in the database as text, and what its sessions hold."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table} {row}" for row in cursor.fetchall()]
    return found + [json.dumps(session.get_decoded()) for session in Session.objects.all()]


def told(text):
    return [row for row in dump() if text.lower() in row.lower()]


# Which codes are due


def test_codes_are_due_when_the_day_of_their_grant_has_passed(programme, grant):
    later = GrantFactory(programme=programme, retain_until=AHEAD)
    never = GrantFactory(programme=programme)
    due = placed(grant).participant
    placed(later, "BBBB-2222")
    placed(never, "CCCC-3333")

    assert codes(programme).due == {due.pk}
    assert codes(programme).without_a_day == [never]
    assert codes(programme).next_day == AHEAD


def test_a_participant_of_two_grants_waits_for_both(programme, grant):
    later = GrantFactory(programme=programme, retain_until=AHEAD)
    first = placed(grant)
    PlacementFactory(grant=later, participant=first.participant, extension_of=first)

    rows = [(row.grant, len(row.due), row.kept) for row in codes(programme).of_grants]
    assert (rows, codes(programme).due) == ([(grant, 0, 1)], set())
    assert replace(programme) is None
    assert codes(programme, date(2030, 1, 2)).due == {first.participant_id}


def test_a_deleted_participant_is_due_with_its_grant(programme, grant):
    first = placed(grant)
    person = first.participant_id
    first.delete()

    assert codes(programme).due == {person}
    grant.delete()
    assert codes(programme).of_no_grant == {person}
    replace(programme)
    assert told(CODE) == []


def test_what_is_replaced_is_not_due_again(programme, grant):
    placed(grant)
    replace(programme)

    assert (codes(programme).due, codes(programme).of_grants) == (set(), [])
    assert replace(programme) is None


def test_another_programme_is_left_alone(programme, grant):
    placed(grant)
    elsewhere = placed(GrantFactory(retain_until=PAST), "BBBB-2222").participant

    replace(programme)

    elsewhere.refresh_from_db()
    assert elsewhere.code == "BBBB-2222"


def test_what_is_due_costs_as_much_for_many(programme, django_assert_num_queries):
    def ask(number):
        found = codes(programme)
        with django_assert_num_queries(number):
            _all = found.of_grants, found.of_no_grant, found.next_day

    placed(GrantFactory(programme=programme, retain_until=PAST)).delete()
    for n in range(3):
        placed(GrantFactory(programme=programme, retain_until=PAST), code=_code(n))
    ask(4)
    for n in range(3, 9):
        placed(GrantFactory(programme=programme, retain_until=PAST), code=_code(n))
    ask(4)


def _code(n):
    return f"BBBB-222{n + 1}"


def save_grant(client, programme, **typed):
    """Type a grant of 2018 and save it."""
    place = MunicipalityFactory(programme=programme)
    sent = {
        "municipality": place.pk,
        "initiative": InitiativeFactory(programme=programme).pk,
        "year": "2018",
        "places": "4",
        "months": "6",
    }
    where = reverse("placements:add", args=[programme.slug])
    answer = client.post(where, sent | typed)
    return answer, programme.grants.filter(year=2018).first()


@pytest.mark.parametrize(
    ("typed", "kept"), [("", date(2025, 12, 31)), ("2021-06-30", date(2021, 6, 30))]
)
def test_a_grant_keeps_codes_as_long_as_the_programme_says_or_its_own_day(
    client, programme, typed, kept
):
    programme.codes_kept = 7
    programme.save()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    _answer, grant = save_grant(client, programme, retain_until=typed)

    assert grant.retain_until == kept


def test_codes_are_kept_while_the_grants_year_goes_on(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    answer, grant = save_grant(client, programme, retain_until="2018-06-30")

    assert (list(answer.context["form"].errors), grant) == (["retain_until"], None)


# A code becomes a key


@pytest.mark.parametrize(
    "written",
    [
        "KX4T-9PDM",
        "kx4t9pdm",
        "KX4T 9PDM",
        "kx4t–9pdm",
        "code=KX4T%209PDM",
        "aKX4T-9PDMb",
        "Kx4T+9pdm.",
    ],
)
def test_a_code_is_found_however_it_is_written(written):
    text = without_codes(f"Se {written} och 2345-6789.", {"KX4T9PDM": "GA-222333"})

    assert "9pdm" not in text.lower()
    assert (len(text) <= len(written) + 18, text.endswith("och 2345-6789.")) == (True, True)


def test_a_key_has_another_shape_than_a_printed_code(programme, grant):
    for n in range(5):
        placed(grant, _code(n))
    replace(programme)

    keys = list(Participant.objects.values_list("code", flat=True))
    assert (len(set(keys)), {len(key) for key in keys}) == (5, {9})
    assert all(key.startswith(KEY) for key in keys)


def plant(text):
    """Write `text` into every column of text of every record and row of history that can hold it."""
    planted = 0
    for model in apps.get_models():
        if model._meta.app_label in ("auth", "contenttypes", "sessions", "account", "mfa"):
            continue
        for field in model._meta.concrete_fields:
            typed = isinstance(field, (models.CharField, models.TextField, models.JSONField))
            secret = field.name in ("password", "token_hash", "seed", "sort_name")
            if not typed or field.choices or secret or field.name == "code":
                continue
            if field.max_length and field.max_length < len(text) + 2:
                continue
            row = model._base_manager.order_by("pk").last()
            if row is not None:
                value = {text: [f"se {text}"]} if isinstance(field, models.JSONField) else text
                if isinstance(field, models.SlugField):
                    value = text.lower()
                model._base_manager.filter(pk=row.pk).update(**{field.name: value})
                planted += 1
    return planted


def test_no_table_tells_the_old_code(programme, grant, client):
    one_of_each(programme)
    person = placed(grant).participant
    person.sex = Sex.MEN
    person.save()
    planted = plant(CODE)
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    session = client.session
    session["waiting"] = [f"Deltagarens kod är {CODE}."]
    session.save()

    entry = replace(programme)

    person.refresh_from_db()
    assert told(CODE) + told(CODE.replace("-", "")) == []
    assert planted > 100
    assert entry.texts > 50
    assert {row.code for row in person.history.all()} == {person.code}
    assert client.session["waiting"] == [f"Deltagarens kod är {person.code}."]


def test_the_text_around_a_code_stays(programme, grant):
    person = placed(grant).participant
    event = EventFactory(programme=programme, outcome=f"Vi talade om {CODE}.\nOch kx4t 9pdm kom.")
    draft = DraftFactory(programme=programme, typed={"outcome": [f"om {CODE}"]})
    narrowed = SavedFilterFactory(programme=programme, page="placements:list", query=f"code={CODE}")

    replace(programme)

    for row in (person, event, draft, narrowed):
        row.refresh_from_db()
    assert event.outcome == f"Vi talade om {person.code}.\nOch {person.code} kom."
    assert draft.typed == {"outcome": [f"om {person.code}"]}
    assert narrowed.query == f"code={person.code}"


def test_a_form_that_was_open_does_not_bring_the_text_back(client, programme, grant):
    placed(grant)
    writer = member_of(programme, Role.PROCESS_LEADER)
    enterprise = EnterpriseFactory(programme=programme, note=f"Tar emot {CODE}")
    client.force_login(writer)
    version = enterprise.version

    replace(programme)
    where = reverse("enterprises:edit", args=[programme.slug, enterprise.pk])
    client.post(
        where,
        {
            "name": enterprise.name,
            "municipality": enterprise.municipality_id,
            "legal_form": "unknown",
            "basis": "own",
            "note": f"Tar emot {CODE} igen",
            "version": version,
            **dict.fromkeys(Enterprise.CRITERIA, "unknown"),
        },
    )

    assert told(CODE) == []


def test_what_is_rewritten_is_told_in_its_history(programme, grant):
    by = member_of(programme, Role.ADMINISTRATOR)
    placed(grant)
    event = EventFactory(programme=programme, title=f"Möte om {CODE}")
    found = codes(programme)

    replace_codes(found, {grant.pk}, Decision("§ 12/2030", None, by))

    change = event.history.first()
    assert (change.history_user, change.history_change_reason) == (by, "Gallrat: § 12/2030")
    assert Participant.objects.get().history.first().history_user == by


def test_nothing_undone_brings_a_code_back(programme, grant):
    first = placed(grant)
    event = EventFactory(programme=programme, outcome=f"Om {CODE}")
    event.outcome = "Annat"
    event.save()
    deleted = placed(grant, "BBBB-2222")
    pk = deleted.pk
    deleted.delete()

    replace(programme)
    restore(event.history.get(outcome="Annat"))
    restore(Placement.history.get(id=pk, history_type="-"))

    event.refresh_from_db()
    assert (
        event.outcome
        == f"Om {first.participant.__class__.objects.get(pk=first.participant_id).code}"
    )
    assert Participant.objects.count() == 2
    assert told(CODE) + told("BBBB-2222") == []


def test_an_outcome_and_a_closed_year_are_rewritten_too(programme, grant):
    wrong = OutcomeFactory(placement=placed(grant))
    OutcomeFactory(
        placement=wrong.placement, known_on=wrong.known_on, corrects=wrong, reason=f"Fel, {CODE}"
    )
    programme.closed_years.create(year=2017)

    replace(programme)

    assert told(CODE) == []
    assert Outcome.objects.count() == 2


def everything(programme):
    """Every figure in both views, of each year, the period, and each initiative."""
    found = []
    for initiative in [None, *programme.initiatives.all()]:
        for view in View:
            of = figures(programme, Period(2016, 2020), view, today=TODAY, initiative=initiative)
            found += [(f.indicator.code, f.key, f.period, f.value, f.basis) for f in of]
    return found


def test_every_figure_is_as_before(gavleborg):
    for row in gavleborg.grants.all():
        row.retain_until, row._change_reason = PAST, "Gallringstid"
        row.save()
    before, persons = everything(gavleborg), Participant.objects.count()

    entry = replace(gavleborg)

    assert (entry.number, persons) == (10, 10)
    assert everything(gavleborg) == before


def test_a_key_is_never_printed_but_can_be_extended(client, programme, grant):
    first = placed(grant)
    replace(programme)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    slips = client.get(reverse("placements:slips", args=[programme.slug, grant.pk]))
    assert list(slips.context["slips"]) == []
    assert "Koderna är gallrade" in slips.content.decode()

    key = Participant.objects.get().code
    assert Participant.objects.of([programme.pk]).with_code(key).pk == first.participant_id


@settings(in_any, max_examples=4)
@given(world=worlds("placements"))
def test_in_any_world_each_keeps_a_key_of_their_own_and_no_figure_moves(world):
    programme = world.programme
    for n, row in enumerate(programme.grants.order_by("pk")):
        row.retain_until = AHEAD if n % 3 == 1 else PAST
        row.save()
    due, before = codes(programme).due, everything(programme)
    printed = dict(programme.participants.values_list("pk", "code"))

    replace(programme)

    now = dict(programme.participants.values_list("pk", "code"))
    assert everything(programme) == before
    assert {pk for pk in now if now[pk] != printed[pk]} == due
    assert len(set(now.values())) == len(printed)


# The log


def test_the_log_tells_how_many_and_of_what_but_names_nobody(programme, grant):
    by = member_of(programme, Role.ADMINISTRATOR)
    placed(grant)

    replace_codes(codes(programme), {grant.pk}, Decision("§ 12/2030", PAST, by))

    entry = Erasure.objects.get()
    assert (entry.programme, entry.what, entry.number) == (programme, "codes", 1)
    assert (entry.decision, entry.decided_on, entry.erased_by, entry.by) == (
        "§ 12/2030",
        PAST,
        by,
        str(by),
    )
    assert entry.records == {"grants": [grant.pk]}


@pytest.mark.parametrize("how", ["save", "delete"])
def test_an_entry_is_never_changed(programme, how):
    entry = Erasure.objects.create(programme=programme, what="files", number=1, decision="§ 1")

    with pytest.raises(TypeError):
        getattr(entry, how)()
    with pytest.raises(TypeError):
        Erasure.objects.filter(pk=entry.pk).update(number=2)
    with pytest.raises(TypeError):
        Erasure.objects.all().delete()


# The pages


def page(client, programme, name="retention", **post):
    where = reverse(f"reports:{name}", args=[programme.slug])
    return client.post(where, post) if post else client.get(where)


@pytest.fixture
def administrator(client, programme, monkeypatch):
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    monkeypatch.setattr("reports.views.retention.timezone.localdate", lambda: TODAY)
    return client


def typed(client, programme, name, **more):
    """What the page sends as it stands, with a decision."""
    form = page(client, programme, name).context["form"]
    return {
        "seen": form["seen"].value(),
        form.ABOUT: form[form.ABOUT].value(),
        "reference": "§ 12/2025",
        "decided_on": "2025-12-01",
        "meant": "on",
    } | more


def test_the_page_tells_numbers_and_no_codes(administrator, programme, grant):
    placed(grant)
    placed(grant, "BBBB-2222")

    answer = page(administrator, programme)

    assert answer.context["due"].number_of_codes == 2
    assert CODE not in answer.content.decode()
    assert CODE not in page(administrator, programme, "retention_codes").content.decode()


def test_codes_are_replaced_from_the_page(administrator, programme, grant):
    placed(grant)
    sent = typed(administrator, programme, "retention_codes")

    page(administrator, programme, "retention_codes", **sent)
    page(administrator, programme, "retention_codes", **sent)

    assert Erasure.objects.get().decision == "§ 12/2025"
    assert Participant.objects.get().code.startswith(KEY)


@pytest.mark.parametrize(
    ("left_out", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"decided_on": ""}, "decided_on"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"meant": ""}, "meant"),
        ({"grants": []}, "grants"),
        ({"grants": ["99999"]}, "grants"),
        ({"seen": "other"}, "__all__"),
    ],
)
def test_nothing_is_erased_without_a_decision(administrator, programme, grant, left_out, field):
    placed(grant)
    sent = typed(administrator, programme, "retention_codes") | left_out

    answer = page(administrator, programme, "retention_codes", **sent)

    assert list(answer.context["form"].errors) == [field]
    assert (Erasure.objects.count(), Participant.objects.get().code) == (0, CODE)


def test_only_the_chosen_grants_are_meant(administrator, programme, grant):
    other = GrantFactory(programme=programme, retain_until=PAST)
    placed(grant)
    placed(other, "BBBB-2222")
    sent = typed(administrator, programme, "retention_codes", grants=[str(other.pk)])

    page(administrator, programme, "retention_codes", **sent)

    assert sorted(Participant.objects.values_list("code", flat=True))[1:] == [CODE]


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.PARTNER, Role.BOARD, None])
def test_the_log_is_the_administrators_and_the_auditors(client, programme, role):
    client.force_login(member_of(programme, role))

    names = ("retention", "retention_codes", "retention_contacts", "erasures")
    assert {page(client, programme, name).status_code for name in names} == {404}


def test_the_auditor_reads_and_erases_nothing(client, programme, grant):
    client.force_login(member_of(programme, Role.AUDITOR))
    Erasure.objects.create(programme=programme, what="codes", number=3, decision="§ 1")
    Erasure.objects.create(what="files", number=1, decision="§ 2")
    Erasure.objects.create(programme=ProgrammeFactory(), what="files", number=1, decision="§ 3")

    rows = [
        entry.erasure.decision for entry in page(client, programme, "erasures").context["entries"]
    ]

    assert rows == ["§ 2", "§ 1"]
    assert page(client, programme, "retention_codes", reference="§ 1").status_code == 404


def test_the_log_is_given_out_as_a_file(client, programme, grant):
    client.force_login(member_of(programme, Role.AUDITOR))
    placed(grant)
    replace(programme)

    answer = client.get(reverse("reports:erasures_file", args=[programme.slug, "csv"]))

    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(";")[1:6] for row in rows[1:]] == [
        ["deltagares koder", "1", "0", "§ 12/2030", "2029-12-01"]
    ]
    assert str(grant) in rows[1]


# Contact persons


@pytest.fixture
def contact(programme):
    """A contact of a closed enterprise, written to, who answered, and of whom notes tell."""
    answer = CensusReturnFactory(
        census__programme=programme, comment="Anna Granbarr svarade, tel 070 - 1740605."
    )
    person = ContactFactory(
        enterprise=answer.enterprise,
        name="Anna Granbarr",
        email="anna.granbarr@example.se",
        telephone="070-174 06 05",
    )
    link = AnswerLinkFactory(answer=answer, contact=person)
    LetterFactory(link=link, refused="anna.granbarr@example.se: no such mailbox")
    SentAnswerFactory(answer=answer, link=link, comment="Hälsar Anna Granbarr")
    person.telephone = "070-174 06 06"
    person.save()
    enterprise = answer.enterprise
    enterprise.note = "Ring Anna Granbarrs mobil eller skriv till Anna.Granbarr@example.se"
    enterprise.save()
    EventFactory(programme=programme, outcome="Svar till anna.granbarr@example.se")
    enterprise.statuses.create(status="closed", starts_on=date(2020, 1, 1))
    return person


TRACES = ("granbarr", "1740605", "174 06 05", "174 06 06")


def test_an_erased_contact_is_in_no_table(administrator, programme, contact):
    sent = typed(administrator, programme, "retention_contacts")
    before = everything(programme)

    page(administrator, programme, "retention_contacts", **sent)

    assert [row for trace in TRACES for row in told(trace)] == []
    assert Erasure.objects.get().records == {"enterprises": [contact.enterprise_id]}
    assert SentAnswer.objects.get().comment == "Hälsar [gallrat]"
    assert everything(programme) == before


def test_a_contact_deleted_long_ago_is_erased_from_the_history(administrator, programme, contact):
    contact.delete()
    assert page(administrator, programme).context["due"].contacts["deleted"] == []
    Contact.history.update(history_date=timezone.now() - timedelta(days=31))
    sent = typed(administrator, programme, "retention_contacts")

    page(administrator, programme, "retention_contacts", **sent)

    assert [row for trace in TRACES for row in told(trace)] == []
    assert list(deleted_since(programme, oldest())) == []


@pytest.mark.parametrize(("reference", "left"), [("§ 3", 0), ("", 1)])
def test_the_administrator_erases_one_contact_under_a_decision(
    client, programme, contact, reference, left
):
    client.force_login(member_of(programme, Role.ADMINISTRATOR))
    where = reverse("enterprises:contact_erase", args=[programme.slug, contact.pk])

    client.post(where, {"reference": reference, "decided_on": "2025-12-01", "meant": "on"})

    assert (Contact.objects.count(), Erasure.objects.count()) == (left, 1 - left)


def test_what_another_contact_has_too_stays(administrator, programme, contact):
    twin = ContactFactory(
        enterprise=EnterpriseFactory(programme=programme), name=contact.name, email=contact.email
    )
    sent = typed(administrator, programme, "retention_contacts")

    page(administrator, programme, "retention_contacts", **sent)

    twin.refresh_from_db()
    assert (twin.name, Contact.objects.count()) == ("Anna Granbarr", 1)
    assert SentAnswer.objects.get().comment == "Hälsar Anna Granbarr"


def test_a_member_with_the_same_address_stays_a_member(administrator, programme, contact):
    user = UserFactory(email=contact.email)
    sent = typed(administrator, programme, "retention_contacts")

    page(administrator, programme, "retention_contacts", **sent)

    user.refresh_from_db()
    assert user.email == "anna.granbarr@example.se"


def test_contacts_are_kept_as_long_as_the_programme_says(administrator, programme, contact):
    programme.contacts_kept = 20
    programme.save()

    assert page(administrator, programme).context["due"].contacts["gone"] == []


# Files


def test_the_bytes_of_files_go_under_a_decision_alone(programme, monkeypatch):
    file = file_on(EventFactory(programme=programme))
    name = file.file.name
    file.delete()
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr("activities.management.commands.erase_files.timezone.now", lambda: later)

    with pytest.raises(CommandError, match="--decision"):
        call_command("erase_files")
    assert default_storage.exists(name)
    call_command("erase_files", decision="Dokumenthanteringsplanen")

    entry = Erasure.objects.get()
    assert (entry.programme, entry.what, entry.number) == (programme, "files", 1)
    assert not default_storage.exists(name)


def test_the_command_tells_what_is_due_and_erases_nothing(programme, contact, grant, capsys):
    grant.retain_until = date(2020, 1, 1)
    grant.save()
    placed(grant)
    ProgrammeFactory()

    call_command("due_for_erasure")

    said = f"{programme.slug}: codes 1, contacts 1\ndeleted files: 0\n"
    assert (capsys.readouterr().out, Erasure.objects.count()) == (said, 0)
    assert Participant.objects.get().code == CODE
