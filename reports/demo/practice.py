"""The exercise programme: invented, the same for the same day, with something of everything in it."""

from datetime import date

from programmes.models import Initiative, Organisation, Programme, Subregion

from .loading import read

SLUG = "ovning"


def load(today, by=None):
    """Save the exercise programme for this year and the two before, as changes made `by` a user."""
    programme = Programme(
        slug=SLUG,
        name="Sociala företag i länet (övning)",
        association="Samordningsförbundet Övning",
        starts_on=date(today.year - 2, 1, 1),
        is_practice=True,
    )
    programme.save()
    places = read("asf-gavleborg/places")
    regions = {}
    for row in places["subregions"]:
        regions[row["slug"]] = Subregion.objects.create(programme=programme, **row)
    for row in places["municipalities"]:
        row["subregion"] = regions[row["subregion"]]
        municipality = programme.municipalities.create(**row)
        Organisation.objects.create(
            programme=programme,
            name=f"{municipality.name}s kommun".replace("ss ", "s "),
            slug="soderhamns-kommun" if row["code"] == "2182" else f"kommun-{row['code']}",
            kind="member_party",
            municipality=municipality,
        )
    Initiative.objects.create(
        programme=programme,
        name="Sociala företag",
        slug="strukturinriktad",
        direction="structural",
        starts_on=programme.starts_on,
    )
    return programme
