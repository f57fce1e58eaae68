"""The columns of the register, as files give them out: what every member reads, no contacts, no answers."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programmes.exports import WIDE, WIDEST, Column, named

from .models import Enterprise, EnterpriseStatus


def of_enterprises(found):
    """The columns, and the enterprises with what these need; each has its status of today."""
    those = Enterprise.industries.through.objects.filter(
        enterprise__in=found.order_by().values("pk")
    )
    industries = named(those, "enterprise", "industry__name")
    statuses = dict(EnterpriseStatus.Status.choices)
    criteria = [
        Column(capfirst(str(Enterprise._meta.get_field(name).verbose_name)), _criterion(name), WIDE)
        for name in Enterprise.CRITERIA
    ]
    columns = (
        Column(_("Name"), lambda row: row.name, WIDE),
        Column(_("Municipality"), lambda row: row.municipality.name),
        Column(_("Municipality code"), lambda row: row.municipality.code),
        Column(_("Subregion"), lambda row: str(row.municipality.subregion or "")),
        Column(_("Status now"), lambda row: capfirst(statuses.get(row.status_then, ""))),
        Column(_("Since"), lambda row: row.status_since),
        Column(_("Organisation number"), lambda row: row.organisation_number),
        Column(_("Legal form"), lambda row: capfirst(row.get_legal_form_display()), WIDE),
        Column(_("Industries"), lambda row: industries.get(row.pk), WIDE),
        Column(_("Offers"), lambda row: "; ".join(map(str, row.offers())), WIDE),
        *criteria,
        Column(_("Counted on the basis of"), lambda row: capfirst(row.get_basis_display()), WIDE),
        Column(
            _("Acts as organisation"),
            lambda row: str(row.organisation) if row.organisation else None,
            WIDE,
        ),
        Column(_("Note"), lambda row: row.note, WIDEST),
    )
    return columns, found.select_related("municipality__subregion", "organisation")


def _criterion(name):
    return lambda row: capfirst(getattr(row, f"get_{name}_display")())
