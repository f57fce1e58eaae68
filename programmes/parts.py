"""The parts of the settings that are lists of rows: what each is called, and how it is asked for."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from . import settings_forms as forms


@dataclass(frozen=True)
class Part:
    """A kind of row a programme has.

    `name` begins the names of its addresses (`objective`, `objective_add`, …), `path` stands in
    them. `asked` says which fields a query parameter of the address of a new row fills in.
    `related` is read with the rows, `prefetched` after them.
    """

    name: str
    path: str
    form: type
    title: str
    about: str
    empty: str
    add: str
    edit: str
    consequence: str
    related: tuple = ()
    prefetched: tuple = ()
    asked: tuple = ()

    @property
    def model(self):
        return self.form._meta.model

    @property
    def row_template(self):
        return f"programmes/_{self.name}_row.html"

    def address(self, action=""):
        return f"programmes:{self.name}{'_' if action else ''}{action}"

    def rows(self, programme):
        rows = self.model.objects.of([programme.pk])
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)


PARTS = (
    Part(
        name="initiative",
        path="insatser",
        form=forms.InitiativeForm,
        title=_("Initiatives"),
        about=_("Events, plans and grants belong to one of them."),
        empty=_("Add the first one. Events and plans need it."),
        add=_("Add an initiative"),
        edit=_("Change the initiative"),
        consequence=_("Its years, with budget and outturn, go with it. The history keeps them."),
        prefetched=("years",),
    ),
    Part(
        name="initiative_year",
        path="insatsar",
        form=forms.InitiativeYearForm,
        title=_("Years of the initiatives"),
        about=_("Budgeted participants, budget and outturn, year by year."),
        empty=_("Add a year when its budget is decided."),
        add=_("Add a year of an initiative"),
        edit=_("Change the year of the initiative"),
        consequence=_("Budget and outturn of the year disappear. The history keeps them."),
        related=("initiative",),
        asked=(("initiative", ("initiative",)), ("year", ("year",))),
    ),
    Part(
        name="objective",
        path="mal",
        form=forms.ObjectiveForm,
        title=_("Objectives"),
        about=_("What the programme sets out to reach, in the order of the reports."),
        empty=_("Add the first one. Events and planned activities point at it."),
        add=_("Add an objective"),
        edit=_("Change the objective"),
        consequence=_("Its judgements go with it. The history keeps them."),
    ),
    Part(
        name="judgement",
        path="bedomningar",
        form=forms.JudgementForm,
        title=_("Judgements"),
        about=_("How far each objective was reached in a year or over several, and why."),
        empty=_("Judge an objective when the year is over. Until then it stands as unclear."),
        add=_("Judge an objective"),
        edit=_("Change the judgement"),
        consequence=_("The objective stands as unclear for these years."),
        related=("objective",),
        asked=(("objective", ("objective",)), ("year", ("first_year", "last_year"))),
    ),
    Part(
        name="municipality",
        path="kommuner",
        form=forms.MunicipalityForm,
        title=_("Municipalities"),
        about=_("The programme's area. Events, enterprises and grants count in one of them."),
        empty=_("Add the municipalities of the association, with their four-digit codes."),
        add=_("Add a municipality"),
        edit=_("Change the municipality"),
        consequence=_("It can no longer be chosen as a place."),
        related=("subregion",),
    ),
    Part(
        name="subregion",
        path="delregioner",
        form=forms.SubregionForm,
        title=_("Subregions"),
        about=_("Parts of the county that figures are shown for."),
        empty=_("Not needed, unless figures are to be shown for parts of the county."),
        add=_("Add a subregion"),
        edit=_("Change the subregion"),
        consequence=_("Figures are no longer shown for it."),
        prefetched=("municipalities",),
    ),
    Part(
        name="organisation",
        path="organisationer",
        form=forms.OrganisationForm,
        title=_("Organisations"),
        about=_("Members of the association and those it works with."),
        empty=_("Add the members of the association. A partner is invited from one of them."),
        add=_("Add an organisation"),
        edit=_("Change the organisation"),
        consequence=_("It can no longer be chosen as organiser or partner."),
        related=("municipality", "part_of"),
    ),
    Part(
        name="staffing",
        path="bemanning",
        form=forms.StaffingForm,
        title=_("Staffing"),
        about=_("The process leader's share of full time. A day without a row is unknown."),
        empty=_("Add from which day, and how much of full time."),
        add=_("Add staffing"),
        edit=_("Change the staffing"),
        consequence=_("The days it covers become unknown."),
    ),
)
