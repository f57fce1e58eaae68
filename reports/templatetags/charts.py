"""Charts and maps of a figure set, as SVG with their tables.

`changes` are (year, words) that mark a series, `ongoing` a year that is not over. Each tag writes
nothing where there is nothing to draw.
"""

from django import template

from reports.charts import maps, parts, years

register = template.Library()


@register.inclusion_tag("reports/_chart.html")
def stacked_chart(figures, code, dimension, changes=(), ongoing=None):
    """Columns over the years, split by `dimension`."""
    return {"chart": years.stacked(figures, code, dimension, changes=changes, ongoing=ongoing)}


@register.inclusion_tag("reports/_chart.html")
def column_chart(figures, code, changes=(), ongoing=None, current=None, **dimensions):
    """One column a year, of a total or of the part that `dimensions` names; `current` stands out."""
    chart = years.column_chart(
        figures, code, changes=changes, ongoing=ongoing, current=current, **dimensions
    )
    return {"chart": chart}


@register.inclusion_tag("reports/_chart.html")
def line_chart(figures, code, dimension=None, changes=(), ongoing=None):
    """A line over the years, or one a value of `dimension`, with gaps where a year is unknown."""
    return {"chart": years.line_chart(figures, code, dimension, changes=changes, ongoing=ongoing)}


@register.inclusion_tag("reports/_chart.html")
def places_chart(figures, changes=(), ongoing=None):
    """The places granted each year and how many of them were used."""
    return {"chart": years.places_chart(figures, changes=changes, ongoing=ongoing)}


@register.inclusion_tag("reports/_chart.html")
def chart(chart):
    """A chart that is worked out already."""
    return {"chart": chart}


@register.inclusion_tag("reports/_map.html")
def county_map(figures, code, period=None):
    """The county with the number of each municipality in a year or period."""
    return {"map": maps.county_map(figures, code, period)}


@register.inclusion_tag("reports/_parts.html")
def parts_table(figures, code, dimension, period=None):
    """The parts of a figure by `dimension`, largest first, each with its bar."""
    return {"parts": parts.parts(figures, code, dimension, period)}
