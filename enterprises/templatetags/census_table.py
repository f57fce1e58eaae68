"""The boxes of the census table. A hundred rows have six hundred: a template for each would take longer
to fill in than all the rest of the page.
"""

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe

from programmes.formats import number

register = template.Library()

CELL = '<td role="cell" class="cell{of_group}"{head}>{box}{last}</td>'
LAST = '<span class="last" id="l{at}"><span class="visually-hidden">{year}: </span>{last}</span>'
BOX = (
    '<label for="id_{at}">{label}</label><input class="form-control{invalid}" type="text"'
    ' name="{at}" id="id_{at}" value="{typed}" inputmode="numeric" autocomplete="off"'
    ' data-of="{group}" aria-labelledby="n{key} c-{group} c-{name}"'
    "{described}{is_wrong}{last_typed}>"
)


@register.simple_tag(takes_context=True)
def boxes(context, row):
    """A row's six boxes, each with last year's number under it."""
    labels, heads, year = context["columns"], context["heads"], context["last_year"]
    return mark_safe("".join(_cell(row, cell, labels, heads, year) for cell in row.cells))


def _cell(row, cell, labels, heads, year):
    key = row.answer.pk
    words = {
        "at": f"{key}-{cell.name}",
        "key": key,
        "name": cell.name,
        "group": cell.group,
        "label": escape(labels[cell.name]),
        "typed": escape(cell.typed),
        "invalid": " is-invalid" if cell.is_wrong else "",
        "described": _described(f"{key}-{cell.name}", row, cell),
        "is_wrong": ' aria-invalid="true"' if cell.is_wrong else "",
        "last_typed": "" if cell.last is None else f' data-last="{cell.last}"',
    }
    return CELL.format(
        at=words["at"],
        of_group=" group" if cell.begins_group else "",
        head=f' data-head="{escape(heads[cell.group])}"' if cell.begins_group else "",
        box=BOX.format(**words) if row.takes_numbers else "",
        last=LAST.format(at=words["at"], year=year, last=number(cell.last)) if row.before else "",
    )


def _described(at, row, cell):
    ids = [f"l{at}"] * bool(row.before) + [f"p{row.answer.pk}"] * cell.is_wrong
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


@register.simple_tag(takes_context=True)
def column(context, cell):
    """The words over a cell's column."""
    return context["columns"][cell.name]


@register.simple_tag(takes_context=True)
def state_options(context, row):
    """The states to choose from, the row's own chosen; made once for all rows that are alike."""
    made = context["options"]
    alike = row.state, row.before is not None
    if alike not in made:
        choices = [*context["states"], *([context["same"]] if row.before else [])]
        made[alike] = mark_safe(
            "".join(
                f'<option value="{value}"{" selected" if value == row.state else ""}>'
                f"{escape(words)}</option>"
                for value, words in choices
            )
        )
    return made[alike]
