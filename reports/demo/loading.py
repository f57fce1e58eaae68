"""What both demo programmes are saved with: rows of a file become checked records with a history."""

import re
from pathlib import Path

import yaml
from simple_history.utils import bulk_create_with_history

from programmes.models import Municipality, Organisation, Place, Subregion
from programmes.records import Named, sort_name


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
        self._check(record)
        record.save()
        for name, rows in related.items():
            if rows:
                getattr(record, name).set(rows)
        return record

    def save_all(self, records, related=()):
        """Check and save records of one model in a few queries, each with its first history row.

        `related` holds, for each record, its related rows by name of the relation.
        """
        records = list(records)
        for record in records:
            self._check(record)
            if isinstance(record, Named):
                record.sort_name = sort_name(record.name)
            if getattr(record, "year", 0) is None:
                record.year = (getattr(record, "starts_on", None) or record.known_on).year
        if records:
            bulk_create_with_history(records, type(records[0]))
            self._relate(records, related)
        return records

    def _check(self, record):
        """What a row says by itself; that the rows it points at are there, the database says."""
        record._history_user = self.by
        pointers = [field.name for field in record._meta.fields if field.is_relation]
        record.clean_fields(exclude=["year", "sort_name", *pointers])

    def _relate(self, records, related):
        """Join new records to others, and tell it in the history row each of them has."""
        model = type(records[0])
        if not related:
            return
        told = {row.id: row for row in model.history.filter(id__in=[r.pk for r in records])}
        for field in model.history.model._history_m2m_fields:
            one, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
            links = field.remote_field.through.objects.bulk_create(
                field.remote_field.through(**{one: record.pk, other: row.pk})
                for record, rows in zip(records, related, strict=True)
                for row in dict.fromkeys(rows.get(field.name, ()))
            )
            history = getattr(model.history.model, field.name).model
            history.objects.bulk_create(
                history(
                    history=told[getattr(link, one)],
                    id=link.pk,
                    **{one: getattr(link, one), other: getattr(link, other)},
                )
                for link in links
            )

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
