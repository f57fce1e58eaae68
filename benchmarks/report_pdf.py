"""The report as PDF against typst alone: how much our own work adds to setting the same document.

All in one process, the rounds by turns, so that the machine's mood falls on both alike. Typst is
given the same template and the same data each time it is measured; a mark in the data that no page
shows keeps it from answering out of its memory.
"""

import json
import statistics
import time
from datetime import UTC, date, datetime
from itertools import count

import typst

from programmes.models import Programme
from programmes.periods import Period
from reports.document import pdf
from reports.document.content import write
from reports.figures import View

ROUNDS = 9
BOUND = 1.5
SLUG, PERIOD, TODAY = "asf-gavleborg", Period(2016, 2020), date(2021, 3, 1)
MARKS = count(1)


def measure():
    """Ratios of the medians: of rendering, and of the whole report with its figures, to typst alone."""
    programme = Programme.objects.get(slug=SLUG)
    document = write(programme, PERIOD, View.PROTECTED, today=TODAY)
    data = pdf.inputs(document)
    times = {"typst alone": [], "rendering": [], "figures, text and rendering": []}
    ways = {
        "typst alone": lambda: _typst_alone(data),
        "rendering": lambda: _fresh(lambda: pdf.inputs(document)),
        "figures, text and rendering": lambda: _fresh(
            lambda: pdf.inputs(write(programme, PERIOD, View.PROTECTED, today=TODAY))
        ),
    }
    for way in ways.values():
        way()
    for _round in range(ROUNDS):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(values) for name, values in times.items()}
    alone = medians.pop("typst alone")
    return alone, {name: median / alone for name, median in medians.items()}


def _marked(data):
    return json.dumps(json.loads(data) | {"mark": next(MARKS)}, ensure_ascii=False)


def _typst_alone(data):
    """The plain call of the library, with nothing of ours around it."""
    typst.compile(
        pdf.HERE / "report.typ",
        root=pdf.HERE,
        format="pdf",
        sys_inputs={"data": _marked(data["data"])},
        pdf_standards=pdf.STANDARDS,
        ignore_system_fonts=True,
        font_paths=[pdf.FONTS],
        timestamp=datetime(2021, 3, 1, tzinfo=UTC),
    )


def _fresh(inputs):
    made = inputs()
    pdf.compile_report(_marked(made["data"]), made["dated"])


def run():
    """Print the ratios; True if they are within the bound."""
    if not Programme.objects.filter(slug=SLUG).exists():
        print(f"Report as PDF: there is no programme {SLUG}; run `manage.py load_demo` first.")
        return False
    alone, ratios = measure()
    print(f"Report as PDF ({SLUG}, {PERIOD}); typst alone {alone * 1000:.0f} ms")
    for name, ratio in ratios.items():
        print(f"  {name}: {ratio:.2f} times typst alone (bound {BOUND})")
    return all(ratio <= BOUND for ratio in ratios.values())
