"""What both demo programmes are saved with: rows of a file become checked records with a history."""

import re
from pathlib import Path

import yaml

from programmes.models import Municipality, Organisation, Place, Subregion


def read(path):
    """A data file of this package, such as `asf-gavleborg/places`."""
    return yaml.safe_load((Path(__file__).parent / f"{path}.yaml").read_text("utf-8"))


def paragraphs(text):
    """Text without the file's line breaks; an empty line and a new number in a list stay."""
    return re.sub(r"(?<!\n)\n(?!\n)\s*(?!\d\. |\s)", " ", text.strip())


def unwrapped(row):
    """A row with its paragraphs on one line each; only an address keeps its lines."""
    return {
        name: paragraphs(value) if isinstance(value, str) and name != "contact" else value
        for name, value in row.items()
    }


class Loader:
    """Saves the records of one programme as changes made `by` a user."""

    def __init__(self, by):
        self.by = by

    def save(self, record, **related):
        """Check and save a record, then its related rows by name of the relation."""
        record._history_user = self.by
        record.clean_fields(exclude=["year", "sort_name"])
        record.save()
        for name, rows in related.items():
            if rows:
                getattr(record, name).set(rows)
        return record

    def new(self, model, **fields):
        """A record that names its programme itself."""
        return self.save(model(programme=self.programme, **fields))

    def places(self, subregions, municipalities, organisations):
        """What other rows name by slug and by code."""
        self.subregions = {row["slug"]: self.new(Subregion, **row) for row in subregions}
        self.municipalities = {}
        for row in municipalities:
            row = row | {"subregion": self.subregions[row["subregion"]]}
            self.municipalities[row["code"]] = self.new(Municipality, **row)
        self.organisations = {}
        for row in organisations:
            row = row | {
                "municipality": self.municipalities.get(row.get("municipality")),
                "part_of": self.organisations.get(row.get("part_of")),
            }
            self.organisations[row["slug"]] = self.new(Organisation, **row)

    def named(self, slugs):
        return [self.organisations[slug] for slug in slugs]

    def where(self, row):
        """The one place a row counts in; the county where it says nothing."""
        if "municipality" in row:
            municipality = self.municipalities[row["municipality"]]
            return {"place": Place.MUNICIPALITY, "municipality": municipality}
        return {"place": row.get("place", Place.COUNTY)}
