"""Records for tests: the least that is valid, and nothing that surprises."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Invitation, Membership, SavedFilter, User
from activities.attachments import attach
from activities.models import (
    ActionPlan,
    Attendance,
    CollaborationGroup,
    Draft,
    Event,
    EventKind,
    GroupStatus,
    Milestone,
    PlannedActivity,
    Publication,
    TrainingStep,
)
from enterprises.answer_links import hash_of, token_of
from enterprises.models import (
    AnswerLink,
    Census,
    CensusReturn,
    Contact,
    Enterprise,
    EnterpriseStatus,
    Industry,
    Letter,
    SentAnswer,
)
from placements.models import Grant, Instalment, Outcome, Participant, Placement, Sex
from programmes.models import (
    ClosedYear,
    Completeness,
    Erasure,
    Initiative,
    InitiativeYear,
    Judgement,
    Municipality,
    Objective,
    Organisation,
    Place,
    Programme,
    Staffing,
    Subregion,
)
from programmes.periods import Precision, last_possible_day
from reports.models import NationalEntry, PublishedFigure

PASSWORD = "fem-tallar-vid-sjön"


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"program-{n}")
    name = factory.Sequence(lambda n: f"Program {n}")
    association = "Exempelförbundet"
    starts_on = date(2016, 1, 1)
    ends_on = date(2020, 12, 31)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.se")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or PASSWORD)
        if create:
            self.save()
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class _OfProgramme(DjangoModelFactory):
    class Meta:
        abstract = True

    programme = factory.SubFactory(ProgrammeFactory)


class InitiativeFactory(_OfProgramme):
    class Meta:
        model = Initiative

    slug = factory.Sequence(lambda n: f"insats-{n}")
    name = factory.Sequence(lambda n: f"Insats {n}")
    direction = Initiative.Direction.STRUCTURAL
    starts_on = date(2016, 1, 1)


class SubregionFactory(_OfProgramme):
    class Meta:
        model = Subregion

    slug = factory.Sequence(lambda n: f"delregion-{n}")
    name = factory.Sequence(lambda n: f"Delregion {n}")


class MunicipalityFactory(_OfProgramme):
    class Meta:
        model = Municipality

    code = factory.Sequence(lambda n: f"{1000 + n % 9000:04d}")
    name = factory.Sequence(lambda n: f"Kommun {n}")


class OrganisationFactory(_OfProgramme):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = Organisation.Kind.MEMBER_PARTY


class ObjectiveFactory(_OfProgramme):
    class Meta:
        model = Objective

    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Mål nummer {n}")


class JudgementFactory(DjangoModelFactory):
    class Meta:
        model = Judgement

    objective = factory.SubFactory(ObjectiveFactory)
    first_year = 2017
    last_year = factory.SelfAttribute("first_year")
    value = Judgement.Value.PARTLY
    reason = "Halva vägen."
    judged_by = "Processledaren"


class StaffingFactory(_OfProgramme):
    class Meta:
        model = Staffing

    starts_on = date(2017, 1, 1)
    percent = 100


class CompletenessFactory(_OfProgramme):
    class Meta:
        model = Completeness

    year = 2017
    area = Completeness.Area.ATTENDANCE
    level = Completeness.Level.PARTIAL


class EventFactory(_OfProgramme):
    class Meta:
        model = Event

    initiative = factory.SubFactory(
        InitiativeFactory, programme=factory.SelfAttribute("..programme")
    )
    kind = EventKind.BREAKFAST_MEETING
    title = factory.Sequence(lambda n: f"Frukostmöte {n}")
    starts_on = date(2017, 3, 12)
    precision = Precision.DAY
    ends_on = factory.LazyAttribute(lambda e: last_possible_day(e.starts_on, e.precision))
    municipality = None
    place = factory.LazyAttribute(lambda e: Place.MUNICIPALITY if e.municipality else Place.COUNTY)


class DraftFactory(_OfProgramme):
    class Meta:
        model = Draft

    title = factory.Sequence(lambda n: f"Halvskrivet {n}")
    typed = factory.LazyAttribute(lambda draft: {"title": [draft.title], "politician-women": ["3"]})


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    event = factory.SubFactory(EventFactory)
    audience = "officer"
    women = 3
    men = 2


class ActionPlanFactory(_OfProgramme):
    class Meta:
        model = ActionPlan

    initiative = factory.SubFactory(
        InitiativeFactory, programme=factory.SelfAttribute("..programme")
    )
    year = 2017


class PlannedActivityFactory(DjangoModelFactory):
    class Meta:
        model = PlannedActivity

    plan = factory.SubFactory(ActionPlanFactory)
    title = factory.Sequence(lambda n: f"Planerad aktivitet {n}")
    kind = EventKind.SEMINAR
    quarter = 1


class PublicationFactory(_OfProgramme):
    class Meta:
        model = Publication

    kind = Publication.Kind.FILM
    title = factory.Sequence(lambda n: f"Film {n}")
    starts_on = date(2017, 6, 1)
    ends_on = factory.SelfAttribute("starts_on")


class MilestoneFactory(_OfProgramme):
    class Meta:
        model = Milestone

    kind = Milestone.Kind.POLICY
    title = factory.Sequence(lambda n: f"Policy {n}")
    starts_on = date(2017, 10, 1)
    ends_on = factory.SelfAttribute("starts_on")
    municipality = None
    place = factory.LazyAttribute(lambda m: Place.MUNICIPALITY if m.municipality else Place.COUNTY)


class GroupFactory(_OfProgramme):
    class Meta:
        model = CollaborationGroup

    name = factory.Sequence(lambda n: f"Grupp {n}")
    municipality = factory.SubFactory(
        MunicipalityFactory, programme=factory.SelfAttribute("..programme")
    )


class GroupStatusFactory(DjangoModelFactory):
    class Meta:
        model = GroupStatus

    group = factory.SubFactory(GroupFactory)
    status = GroupStatus.Status.ACTIVE
    starts_on = date(2017, 1, 1)


class TrainingStepFactory(DjangoModelFactory):
    class Meta:
        model = TrainingStep

    event = factory.SubFactory(EventFactory, kind=EventKind.TRAINING)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Steg {n}")


class IndustryFactory(_OfProgramme):
    class Meta:
        model = Industry

    name = factory.Sequence(lambda n: f"Bransch {n}")


class EnterpriseFactory(_OfProgramme):
    class Meta:
        model = Enterprise

    name = factory.Sequence(lambda n: f"Företag {n}")
    municipality = factory.SubFactory(
        MunicipalityFactory, programme=factory.SelfAttribute("..programme")
    )


class EnterpriseStatusFactory(DjangoModelFactory):
    class Meta:
        model = EnterpriseStatus

    enterprise = factory.SubFactory(EnterpriseFactory)
    status = EnterpriseStatus.Status.ACTIVE
    starts_on = date(2015, 1, 1)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    enterprise = factory.SubFactory(EnterpriseFactory)
    name = factory.Sequence(lambda n: f"Kontakt {n}")


class CensusFactory(_OfProgramme):
    class Meta:
        model = Census

    year = 2017
    reference_date = factory.LazyAttribute(lambda c: date(c.year, 10, 31))


class CensusReturnFactory(DjangoModelFactory):
    """A confirmed answer that counts: an enterprise nobody has given a status is made active."""

    class Meta:
        model = CensusReturn
        skip_postgeneration_save = True

    census = factory.SubFactory(CensusFactory)
    enterprise = factory.SubFactory(
        EnterpriseFactory, programme=factory.SelfAttribute("..census.programme")
    )
    state = CensusReturn.State.CONFIRMED
    employed_women = 4
    employed_men = 3

    @factory.post_generation
    def expected(answer, _create, wanted, **_more):
        if wanted is not False and not answer.enterprise.statuses.exists():
            EnterpriseStatusFactory(enterprise=answer.enterprise)


class AnswerLinkFactory(DjangoModelFactory):
    class Meta:
        model = AnswerLink

    answer = factory.SubFactory(CensusReturnFactory)
    contact = factory.SubFactory(
        ContactFactory,
        enterprise=factory.SelfAttribute("..answer.enterprise"),
        email=factory.Sequence(lambda n: f"kontakt{n}@example.se"),
    )
    seed = factory.Sequence(lambda n: f"seed-{n}")
    token_hash = factory.LazyAttribute(lambda link: hash_of(token_of(link)))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class LetterFactory(DjangoModelFactory):
    class Meta:
        model = Letter

    link = factory.SubFactory(AnswerLinkFactory)
    kind = Letter.Kind.QUESTION
    sent_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))


class SentAnswerFactory(DjangoModelFactory):
    class Meta:
        model = SentAnswer

    answer = factory.SubFactory(CensusReturnFactory)
    employed_women = 5
    employed_men = 3
    sent_at = factory.LazyFunction(timezone.now)


class GrantFactory(_OfProgramme):
    class Meta:
        model = Grant

    initiative = factory.SubFactory(
        InitiativeFactory,
        programme=factory.SelfAttribute("..programme"),
        direction=Initiative.Direction.INDIVIDUAL,
    )
    municipality = factory.SubFactory(
        MunicipalityFactory, programme=factory.SelfAttribute("..programme")
    )
    year = 2017
    places = 4


class ParticipantFactory(_OfProgramme):
    class Meta:
        model = Participant

    sex = Sex.WOMEN


class PlacementFactory(DjangoModelFactory):
    class Meta:
        model = Placement

    grant = factory.SubFactory(GrantFactory)
    participant = factory.SubFactory(
        ParticipantFactory, programme=factory.SelfAttribute("..grant.programme")
    )
    starts_on = factory.LazyAttribute(lambda p: date(p.grant.year, 1, 1))
    precision = Precision.YEAR


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = Outcome

    placement = factory.SubFactory(PlacementFactory)
    result = Outcome.Result.WORK
    known_on = factory.LazyAttribute(lambda o: o.placement.starts_on)


class PublishedFigureFactory(_OfProgramme):
    class Meta:
        model = PublishedFigure

    indicator = "reach.attendances"
    first_year = 2017
    last_year = factory.SelfAttribute("first_year")
    value = 100
    source = "Rapporten"
    place = "avsnitt 3"


class SavedFilterFactory(_OfProgramme):
    class Meta:
        model = SavedFilter

    user = factory.SubFactory(UserFactory)
    page = "activities:list"
    name = factory.Sequence(lambda n: f"Urval {n}")
    query = "kind=seminar"


def member_of(programme, role, organisation=None):
    """A new user with this role in the programme; `role=None` makes a stranger."""
    user = UserFactory()
    if role is None:
        return user
    if role == Membership.Role.PARTNER and organisation is None:
        organisation = OrganisationFactory(programme=programme)
    Membership.objects.create(user=user, programme=programme, role=role, organisation=organisation)
    return user


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def file_on(record, name="inbjudan.pdf", content=PDF, **how):
    return attach(record, name, content, **how)


def a_change_of(record):
    """The row of the history of a record that tells of its first change."""
    record.save()
    return record.history.latest()


TOKEN = "a-token-of-an-invitation"


def one_of_each(programme, token=TOKEN):
    """A record of every kind that has a page of its own, by name; counted in 2017 where in a year."""
    of = {"programme": programme}
    municipality = MunicipalityFactory(**of)
    event = EventFactory(**of, municipality=municipality)
    AttendanceFactory(event=event)
    plan = ActionPlanFactory(**of, initiative=event.initiative)
    group = GroupFactory(**of, municipality=municipality)
    enterprise = EnterpriseFactory(**of, municipality=municipality)
    answer = CensusReturnFactory(census__programme=programme, enterprise=enterprise)
    link = AnswerLinkFactory(answer=answer)
    SentAnswerFactory(answer=answer, link=link)
    grant = GrantFactory(**of, municipality=municipality)
    placement = PlacementFactory(grant=grant)
    objective = ObjectiveFactory(**of, position=programme.objectives.count() + 1)
    return {
        "member": member_of(programme, Membership.Role.BOARD).memberships.get(),
        "invitation": Invitation.objects.create(
            **of,
            email="inbjuden@example.se",
            role=Membership.Role.BOARD,
            token_hash=Invitation.hash(token),
            expires_at=timezone.now() + timedelta(days=1),
        ),
        "event": event,
        "change": a_change_of(event),
        "draft": DraftFactory(**of),
        "step": TrainingStepFactory(event=event),
        "file": file_on(event),
        "plan": plan,
        "activity": PlannedActivityFactory(plan=plan),
        "publication": PublicationFactory(**of),
        "milestone": MilestoneFactory(**of, municipality=municipality),
        "group": group,
        "group_status": GroupStatusFactory(group=group),
        "enterprise": enterprise,
        "enterprise_status": enterprise.statuses.get(),
        "contact": link.contact,
        "letter": LetterFactory(link=link),
        "industry": IndustryFactory(**of),
        "answer": answer,
        "answered": answer,
        "change_of_answer": a_change_of(answer),
        "grant": grant,
        "instalment": Instalment.objects.create(grant=grant, amount=50_000),
        "placement": placement,
        "outcome": OutcomeFactory(placement=placement),
        "saved_filter": SavedFilterFactory(**of),
        "initiative": event.initiative,
        "initiative_year": InitiativeYear.objects.create(initiative=event.initiative, year=2017),
        "objective": objective,
        "judgement": JudgementFactory(objective=objective),
        "municipality": municipality,
        "subregion": SubregionFactory(**of),
        "organisation": OrganisationFactory(**of),
        "staffing": StaffingFactory(**of),
        "closed_year": ClosedYear.objects.create(
            **of,
            year=2015,
            reopened_until=timezone.now() + timedelta(days=1),
            reopened_reason="En kommun lämnade nya uppgifter.",
        ),
        "printed": PublishedFigureFactory(**of),
        "national_entry": NationalEntry.objects.create(initiative=event.initiative, year=2017),
        "erasure": Erasure.objects.create(
            **of,
            what=Erasure.What.CODES,
            number=1,
            decision="§ 12/2025",
            records={"grants": [grant.pk], "enterprises": [enterprise.pk]},
        ),
    }
