"""Undo: what was changed or deleted comes back whole, for 30 days, by who may write it."""

import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from activities.models import Attachment, Event, Link
from enterprises.models import CensusReturn, SentAnswer
from enterprises.sent_answers import Compared, accept
from placements.models import Participant, Placement
from programmes.acts import one_act
from programmes.changes import changes_of
from programmes.models import ClosedYear, Organisation
from programmes.periods import Period
from programmes.records import Record
from programmes.restoring import (
    NOT_RESTORED,
    RESTORED,
    CannotRestore,
    NeedsReason,
    deleted_since,
    kinds,
    oldest,
    restore,
)
from reports.figures import View, figures

from . import factories
from .factories import AttendanceFactory, EventFactory, OrganisationFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def deletion_of(model, pk):
    return model.history.filter(id=pk, history_type="-").latest("history_id")


@pytest.fixture
def whole(programme):
    """An event with everything that can hang on one."""
    place = factories.MunicipalityFactory(programme=programme)
    activity = factories.PlannedActivityFactory(plan__programme=programme)
    event = EventFactory(programme=programme, municipality=place, planned_activity=activity)
    organisation = OrganisationFactory(programme=programme)
    event.organisers.add(organisation)
    event.partners.add(organisation)
    event.objectives.add(factories.ObjectiveFactory(programme=programme))
    event.municipalities.add(place)
    AttendanceFactory(event=event)
    AttendanceFactory(event=event, audience="officer", organisation=organisation, women=7)
    factories.TrainingStepFactory(event=event, participants=4)
    Link.objects.create(programme=programme, event=event, url="https://example.se/a")
    file = Attachment(programme=programme, event=event, name="a.pdf", content_type="x/y", size=3)
    file.file.save("a", ContentFile(b"abc"))
    return event


def all_of(event):
    """Everything that is kept of an event but its version."""
    rows = [Event.objects.filter(pk=event.pk)]
    rows += [getattr(event, name).all() for name in ("attendance", "steps", "links", "attachments")]
    fields = [sorted(sorted(row.items()) for row in found.values()) for found in rows]
    lists = ("organisers", "partners", "objectives", "municipalities")
    joined = [set(getattr(event, name).values_list("pk", flat=True)) for name in lists]
    quiet = ("version",)
    return [[[p for p in row if p[0] not in quiet] for row in found] for found in fields], joined


def test_a_deleted_event_comes_back_whole(whole):
    before = all_of(whole)
    pk = whole.pk
    Event.objects.get(pk=pk).delete()

    restore(deletion_of(Event, pk))

    assert all_of(Event.objects.get(pk=pk)) == before


def test_the_figures_before_a_deletion_and_after_its_undoing_are_equal(programme, whole):
    def all_figures():
        found = figures(programme, Period(2016, 2020), View.FULL, today=date(2021, 3, 1))
        return [(f.indicator.code, f.breakdown, f.value, f.basis) for f in found]

    before = all_figures()
    pk = whole.pk
    Event.objects.get(pk=pk).delete()
    without = all_figures()
    restore(deletion_of(Event, pk))

    assert (all_figures(), without == before) == (before, False)


def test_the_page_before_a_deletion_and_after_its_undoing_are_equal(client, programme, whole):
    client.force_login(member_of(programme, Role.BOARD))
    address, pk = whole.get_absolute_url(), whole.pk
    before = client.get(address).content
    Event.objects.get(pk=pk).delete()
    gone = client.get(address).status_code
    restore(deletion_of(Event, pk))

    assert (gone, _without_tokens(client.get(address).content)) == (404, _without_tokens(before))


def _without_tokens(page):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', b"", page)


def test_a_change_is_undone_with_its_counts_and_links(client, programme):
    cell = AttendanceFactory(event__programme=programme, event__title="Frukost", women=3)
    event = cell.event
    with one_act():
        event.title = "Lunch"
        event.save()
        cell.women = 30
        cell.save()
        AttendanceFactory(event=event, audience="manager")
        Link.objects.create(programme=programme, event=event, url="https://example.se/b")

    restore(event.history.latest())

    event.refresh_from_db()
    counts = list(event.attendance.values_list("audience", "women"))
    assert (event.title, counts, event.links.count()) == ("Frukost", [("officer", 3)], 0)


def test_an_undoing_can_be_undone(programme):
    event = EventFactory(programme=programme, title="Frukost")
    event.title = "Lunch"
    event.save()

    restore(event.history.latest())
    restore(event.history.latest())

    assert Event.objects.get(pk=event.pk).title == "Lunch"


def test_what_an_act_did_not_touch_stays(programme):
    event = EventFactory(programme=programme, title="Frukost")
    event.title = "Lunch"
    event.save()
    change = event.history.latest()
    AttendanceFactory(event=event)

    restore(change)

    assert (Event.objects.get().title, event.attendance.count()) == ("Frukost", 1)


def test_lists_are_put_back(programme):
    event = EventFactory(programme=programme)
    first, second = OrganisationFactory.create_batch(2, programme=programme)
    event.organisers.set([first])
    with one_act():
        event.save()
        event.organisers.set([second])

    restore(event.history.latest())

    assert list(event.organisers.all()) == [first]


def test_undoing_twice_changes_nothing_more(programme):
    event = EventFactory(programme=programme)
    event.delete()
    change = Event.history.get(history_type="-")
    restore(change)
    rows = Event.history.count()

    assert (restore(change), Event.history.count()) == (None, rows)


def test_an_open_form_notices_the_undoing(programme):
    event = EventFactory(programme=programme)
    seen = event.version
    pk = event.pk
    event.delete()

    restore(deletion_of(Event, pk))

    assert Event.objects.get(pk=pk).version > seen


def test_a_planned_activity_comes_back_with_its_events(programme):
    activity = factories.PlannedActivityFactory(plan__programme=programme)
    event = EventFactory(programme=programme, planned_activity=activity)
    plan = activity.plan
    pk = plan.pk
    plan.delete()
    emptied = Event.objects.get().planned_activity

    restore(deletion_of(type(plan), pk))

    assert (emptied, Event.objects.get().planned_activity) == (None, activity)
    assert Event.history.filter(id=event.pk).count() == 3


def test_an_organisation_comes_back_to_where_it_took_part(programme):
    event = EventFactory(programme=programme)
    organisation = OrganisationFactory(programme=programme)
    event.organisers.add(organisation)
    pk = organisation.pk
    organisation.delete()
    told = changes_of(event)[0].fields

    restore(deletion_of(Organisation, pk))

    assert (event.organisers.get().pk, len(told)) == (pk, 1)


def test_a_placement_comes_back_with_its_participant(programme):
    placement = factories.PlacementFactory(grant__programme=programme)
    code, pk = placement.participant.code, placement.pk
    placement.delete()
    gone = Participant.objects.count()

    restore(deletion_of(Placement, pk))

    assert (gone, Placement.objects.get(pk=pk).participant.code) == (0, code)


def test_what_needs_something_deleted_is_refused_with_its_name(programme):
    event = EventFactory(programme=programme)
    initiative, pk = event.initiative, event.pk
    event.delete()
    initiative.delete()

    with pytest.raises(CannotRestore, match=initiative.name):
        restore(deletion_of(Event, pk))

    assert Event.objects.count() == 0


def test_a_municipality_that_is_gone_is_asked_for(programme):
    place = factories.MunicipalityFactory(programme=programme, name="Ockelbo")
    event = EventFactory(programme=programme, municipality=place)
    pk = event.pk
    event.delete()
    place.delete()

    with pytest.raises(CannotRestore, match="Ockelbo"):
        restore(deletion_of(Event, pk))


def test_what_may_be_missing_is_left_out_and_told(programme):
    event = EventFactory(programme=programme)
    organisation = OrganisationFactory(programme=programme, name="Region Exempel")
    event.organisers.add(organisation)
    pk = event.pk
    event.delete()
    organisation.delete()

    done = restore(deletion_of(Event, pk))

    assert done.left_out == ["organisation “Region Exempel”"]


def test_a_name_taken_meanwhile_is_told(programme):
    group = factories.GroupFactory(programme=programme, name="Norra")
    pk = group.pk
    group.delete()
    factories.GroupFactory(programme=programme, name="Norra")

    with pytest.raises(CannotRestore, match="En annan grupp har det namnet"):
        restore(deletion_of(type(group), pk))


def test_a_file_whose_contents_are_gone_is_told(programme, whole):
    file, pk = whole.attachments.get(), whole.pk
    whole.delete()
    file.file.storage.delete(file.file.name)

    done = restore(deletion_of(Event, pk))

    assert (done.record.attachments.count(), done.left_out) == (0, ["innehållet i ”a.pdf”"])


def test_how_a_record_began_is_not_undone(programme):
    event = EventFactory(programme=programme)

    with pytest.raises(CannotRestore):
        restore(event.history.latest())


def test_each_kind_of_record_is_put_back_or_not_for_a_reason():
    records = {
        model._meta.label_lower
        for model in apps.get_models()
        if issubclass(model, Record) and hasattr(model, "history")
    }

    assert records == {*RESTORED, *NOT_RESTORED}


def test_every_kind_comes_back_as_it_was(programme):
    """Each of the records that have pages of their own and are not needed by another."""
    found = {}
    for name, record in factories.one_of_each(programme).items():
        model = type(record)
        if model._meta.model_name not in kinds() or model is type(programme):
            continue
        before = model.objects.filter(pk=record.pk).values().get()
        try:
            with transaction.atomic():
                record = model.objects.get(pk=record.pk)
                record.delete()
        except ProtectedError:
            continue
        restore(deletion_of(model, before["id"]))
        after = model.objects.filter(pk=before["id"]).values().get()
        found[name] = {key for key in before if before[key] != after[key]}

    assert {name: keys - {"version", "saved_at"} for name, keys in found.items() if keys} == {
        name: set() for name in found
    }


# On the pages


def undo(client, programme, row, **data):
    kind = row.instance_type._meta.model_name
    address = reverse("programmes:restore", args=[programme.slug, kind, row.pk])
    return client.post(address, data, follow=True)


def test_a_deletion_offers_to_be_undone_at_once(client, programme):
    event = EventFactory(programme=programme, title="Frukost")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    delete = reverse("activities:delete", args=[programme.slug, event.pk])
    page = client.post(delete, follow=True).content.decode()
    address = reverse(
        "programmes:restore", args=[programme.slug, "event", deletion_of(Event, event.pk).pk]
    )
    offered = f'action="{address}"' in page

    answer = client.post(address, follow=True)

    assert (offered, answer.redirect_chain[0][0]) == (True, event.get_absolute_url())


def test_the_deleted_are_listed_with_when_and_who(client, programme):
    user = member_of(programme, Role.PROCESS_LEADER)
    event = AttendanceFactory(event__programme=programme, event__title="Frukost").event
    client.force_login(user)
    client.post(reverse("activities:delete", args=[programme.slug, event.pk]))

    rows = client.get(reverse("programmes:deleted", args=[programme.slug])).context["page"]

    assert [(r.kind, r.name, r.change.history_user) for r in rows] == [("event", "Frukost", user)]


def test_an_empty_list_of_the_deleted_says_so(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    page = client.get(reverse("programmes:deleted", args=[programme.slug]))

    assert "Inget är borttaget" in page.content.decode()


def test_restored_records_leave_the_list(programme):
    event = EventFactory(programme=programme)
    event.delete()
    restore(Event.history.get(history_type="-"))

    assert deleted_since(programme, oldest()) == []


def test_a_cell_taken_away_in_an_edit_is_not_listed_alone(programme):
    cell = AttendanceFactory(event__programme=programme)
    with one_act():
        cell.event.save()
        cell.delete()

    assert deleted_since(programme, oldest()) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_placements_without_participants_are_named_in_as_many_questions(
    programme, rows, django_assert_num_queries
):
    codes = []
    for placement in factories.PlacementFactory.create_batch(rows, grant__programme=programme):
        codes.append(placement.participant.code)
        placement.delete()

    with django_assert_num_queries(len(kinds()) - 1 + 1):
        found = deleted_since(programme, oldest())

    assert sorted(row.name.split(",")[0] for row in found) == sorted(codes)


def test_after_thirty_days_it_is_too_late(client, programme):
    event = EventFactory(programme=programme)
    event.delete()
    row = Event.history.get(history_type="-")
    Event.history.filter(pk=row.pk).update(history_date=timezone.now() - timedelta(days=31))
    client.force_login(member_of(programme, Role.ADMINISTRATOR))

    assert (undo(client, programme, row).status_code, Event.objects.count()) == (404, 0)


def test_a_closed_year_asks_for_a_reason(client, programme):
    event = EventFactory(programme=programme)
    event.delete()
    row = Event.history.get(history_type="-")
    ClosedYear.objects.create(programme=programme, year=2017)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    asked = undo(client, programme, row)
    still_gone = not Event.objects.exists()

    undo(client, programme, row, change_reason="Borttagen av misstag")

    assert (asked.status_code, still_gone) == (200, True)
    assert Event.history.latest().history_change_reason == "Borttagen av misstag"


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_readers_and_strangers_cannot_undo(client, programme, role):
    event = EventFactory(programme=programme)
    event.delete()
    client.force_login(member_of(programme, role))

    answer = undo(client, programme, Event.history.get(history_type="-"))

    assert (answer.status_code, Event.objects.count()) == (404, 0)


def test_what_is_not_put_back_has_no_address(client, world):
    client.force_login(member_of(world["of"], Role.ADMINISTRATOR))

    answer = undo(client, world["of"], world["member"].history.latest())

    assert answer.status_code == 404


def test_a_change_is_undone_from_the_page_it_is_told_on(client, programme):
    event = EventFactory(programme=programme, title="Frukost")
    event.title = "Lunch"
    event.save()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    answer = undo(client, programme, event.history.latest(), next=event.get_absolute_url())

    assert answer.redirect_chain == [(event.get_absolute_url(), 302)]
    assert Event.objects.get().title == "Frukost"


def test_a_foreign_address_to_go_back_to_is_not_followed(client, programme):
    event = EventFactory(programme=programme)
    pk = event.pk
    event.delete()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    row = deletion_of(Event, pk)
    address = reverse("programmes:restore", args=[programme.slug, "event", row.pk])

    answer = client.post(address, {"next": "https://example.se/"})

    assert answer["Location"] == Event.objects.get().get_absolute_url()


# What no row obeys alone


def counted_later(programme):
    """An event that was planned, then held, then counted; with the row that says it was held."""
    event = EventFactory(programme=programme, status="planned")
    event.status = "held"
    event.save()
    change = event.history.latest()
    AttendanceFactory(event=event, women=7)
    return event, change


def test_an_undoing_leaves_no_counts_on_an_event_that_is_planned(programme):
    event, change = counted_later(programme)

    with pytest.raises(CannotRestore, match="Bara en genomförd händelse har antal"):
        restore(change)

    event.refresh_from_db()
    assert (event.status, event.attendance.get().women) == ("held", 7)


def test_an_undoing_of_counts_first_lets_the_event_be_planned_again(programme):
    event, change = counted_later(programme)
    event.attendance.get().delete()

    restore(change)

    event.refresh_from_db()
    assert (event.status, event.attendance.count()) == ("planned", 0)


def test_an_undoing_leaves_no_total_beside_a_split(programme):
    cell = AttendanceFactory(event__programme=programme)
    AttendanceFactory(event=cell.event, audience="")
    cell.event.title = "Lunch"
    cell.event.save()

    with pytest.raises(CannotRestore, match="En totalsumma står ensam"):
        restore(cell.event.history.latest())


def test_a_late_undo_keeps_what_was_written_since(client, programme):
    event = EventFactory(programme=programme, title="Frukost")
    pk = event.pk
    event.delete()
    row = deletion_of(Event, pk)
    restore(row)
    event = Event.objects.get()
    event.title = "Ny text"
    event.save()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    page = undo(client, programme, row).content.decode()

    assert Event.objects.get().title == "Ny text"
    assert "”Ny text” finns redan igen" in page


@pytest.mark.parametrize("kind", ["attendance", "link"])
def test_what_has_no_page_of_its_own_is_not_undone_alone(client, programme, kind):
    event = EventFactory(programme=programme)
    cell = AttendanceFactory(event=event)
    link = Link.objects.create(programme=programme, event=event, url="https://example.se/a")
    part = {"attendance": cell, "link": link}[kind]
    model, pk = type(part), part.pk
    part.delete()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    answer = undo(client, programme, deletion_of(model, pk))

    assert (answer.status_code, model.objects.filter(pk=pk).exists()) == (404, False)
    assert [change.undo for change in changes_of(event) if change.what == "Borttagen"] == [None]


@pytest.mark.parametrize("back", ["abc", "programmes:deleted", "//example.se/", "/\\example.se"])
def test_what_is_no_path_of_ours_is_not_gone_back_to(client, programme, back):
    event = EventFactory(programme=programme)
    pk = event.pk
    event.delete()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    row = deletion_of(Event, pk)
    address = reverse("programmes:restore", args=[programme.slug, "event", row.pk])

    answer = client.post(address, {"next": back})

    assert answer["Location"] == Event.objects.get().get_absolute_url()


def test_the_address_of_an_undoing_is_no_page(client, programme):
    event = EventFactory(programme=programme)
    event.delete()
    row = Event.history.get(history_type="-")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    address = reverse("programmes:restore", args=[programme.slug, "event", row.pk])

    answer = client.get(address)

    assert (answer.status_code, "Här finns inget" in answer.content.decode()) == (404, True)


def test_a_decision_is_not_undone_without_a_reason(client, programme):
    plan = factories.ActionPlanFactory(programme=programme)
    plan.adopted_on, plan.reference = date(2016, 12, 1), "Styrelsen 2016, § 8"
    plan.save()
    row = plan.history.latest()
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    asked = undo(client, programme, row)
    empty = undo(client, programme, row, change_reason="")
    plan.refresh_from_db()
    still_adopted = plan.is_adopted

    undo(client, programme, row, change_reason="Fel paragraf")

    plan.refresh_from_db()
    assert ("Varför?" in asked.content.decode(), "Fel: " in empty.content.decode()) == (True, True)
    assert (still_adopted, plan.is_adopted) == (True, False)
    assert plan.history.latest().history_change_reason == "Fel paragraf"


def test_a_deleted_plan_does_not_come_back_as_a_draft_without_a_reason(programme):
    plan = factories.ActionPlanFactory(programme=programme)
    pk = plan.pk
    plan.adopted_on, plan.reference = date(2016, 12, 1), "Styrelsen 2016, § 8"
    plan.save()
    adoption = plan.history.latest()
    plan.delete()

    with pytest.raises(NeedsReason):
        restore(adoption)
    restore(deletion_of(type(plan), pk))

    assert type(plan).objects.get().is_adopted


# Saving what somebody else deleted meanwhile


def save_deleted(client, programme, room, record, **data):
    """Send the form of a record that was deleted after it was opened."""
    address = reverse(f"activities:{room}", args=[programme.slug, record.pk])
    type(record).objects.get(pk=record.pk).delete()
    return address, client.post(address, {"title": "Min text"} | data)


def test_who_saves_what_was_deleted_meanwhile_can_put_it_back(client, programme):
    event = EventFactory(programme=programme, title="Frukost")
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    address, answer = save_deleted(client, programme, "edit", event, kept_draft="a" * 32)
    page = answer.content.decode()

    back = undo(client, programme, deletion_of(Event, event.pk), next=address)

    assert (answer.status_code, back.redirect_chain) == (404, [(address, 302)])
    assert "”Frukost” togs bort medan du skrev" in page
    assert "finns kvar på den här enheten" in page
    assert f'name="next" value="{address}"' in page
    assert "saved_drafts" not in answer.cookies


@pytest.mark.parametrize(
    ("room", "factory"),
    [
        ("milestone_edit", factories.MilestoneFactory),
        ("publication_edit", factories.PublicationFactory),
        ("group_edit", factories.GroupFactory),
    ],
)
def test_other_forms_tell_of_a_deletion_too(client, programme, room, factory):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))

    _address, answer = save_deleted(client, programme, room, factory(programme=programme))

    assert "togs bort medan du skrev" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.BOARD, Role.AUDITOR, None])
def test_readers_and_strangers_are_not_told_what_was_deleted(client, programme, role):
    client.force_login(member_of(programme, role))

    event = EventFactory(programme=programme, title="Frukost")
    _address, answer = save_deleted(client, programme, "edit", event)

    assert (answer.status_code, "Frukost" in answer.content.decode()) == (404, False)


def test_a_form_of_what_was_deleted_is_not_there_to_open(client, programme):
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    event = EventFactory(programme=programme, title="Frukost")
    address, _answer = save_deleted(client, programme, "edit", event)

    answer = client.get(address)

    assert (answer.status_code, "Här finns inget" in answer.content.decode()) == (404, True)


# The answers to a census, where a dash is not an empty box


def an_answer(programme):
    """A draft that says 4 women, and a dash for men; the rest is not typed yet."""
    return factories.CensusReturnFactory(
        census__programme=programme,
        state=CensusReturn.State.DRAFT,
        employed_women=4,
        employed_men=None,
        not_given=["employed_men"],
    )


def as_typed(answer):
    answer = CensusReturn.objects.get(pk=answer.pk)
    return [answer.typed(name) for name in ("employed_women", "employed_men", "placed_other")]


def type_in(client, answer, **boxes):
    """A row of the census as it stands, but for what is typed."""
    answer.refresh_from_db()
    names = (*CensusReturn.EMPLOYED, *CensusReturn.PLACED)
    sent = {name: answer.typed(name) for name in names}
    sent |= {"state": answer.state, "version": answer.version} | boxes
    save = reverse("enterprises:row_save", args=[answer.census.programme.slug, answer.pk])
    client.post(save, {f"{answer.pk}-{name}": value for name, value in sent.items()})


@pytest.mark.parametrize(
    ("boxes", "stood"),
    [
        ({"employed_men": "7"}, ["4", "7", ""]),
        ({"employed_men": ""}, ["4", "", ""]),
        ({"placed_other": "-"}, ["4", "–", "–"]),
        ({"state": "confirmed", "placed_other": "2"}, ["4", "–", "2"]),
    ],
)
def test_undoing_brings_back_which_boxes_had_a_dash(client, programme, boxes, stood):
    answer = an_answer(programme)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    type_in(client, answer, **boxes)
    changed = as_typed(answer)

    (change,) = [change for change in changes_of(answer) if change.undo]
    undo(client, programme, change.undo)

    answer.refresh_from_db()
    assert (changed, as_typed(answer), answer.state) == (stood, ["4", "–", ""], "draft")


def test_a_dash_alone_is_told_as_a_change(client, programme):
    answer = an_answer(programme)
    client.force_login(member_of(programme, Role.PROCESS_LEADER))
    type_in(client, answer, placed_other="-")

    change = changes_of(CensusReturn.objects.get(pk=answer.pk))[0]

    assert change.fields == (
        ("Ej besvarat", "Anställda män", "Anställda män, placerade av övriga"),
    )


def test_undoing_an_acceptance_lets_the_answer_wait_again(programme):
    answer = an_answer(programme)
    with one_act():
        sent = factories.SentAnswerFactory(answer=answer, employed_women=6, employed_men=2)
    with one_act():
        accept(Compared(sent, None).seen, census=answer.census, now=timezone.now())

    restore(CensusReturn.history.latest())

    assert (as_typed(answer), SentAnswer.objects.waiting().count()) == (["4", "–", ""], 1)
