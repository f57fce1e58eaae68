"""Dates and numbers as people type them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from programmes.dates import parse
from programmes.forms import NumberField

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("typed", "first", "precision"),
    [
        ("2026-03-12", date(2026, 3, 12), "day"),
        ("12/3", date(2026, 3, 12), "day"),
        ("24/11", date(2026, 11, 24), "day"),
        ("25/11", date(2025, 11, 25), "day"),
        ("12 mars", date(2026, 3, 12), "day"),
        ("den 12 mars 2024", date(2024, 3, 12), "day"),
        ("20/11/2025", date(2025, 11, 20), "day"),
        ("20.11.2025", date(2025, 11, 20), "day"),
        ("29/2", date(2024, 2, 29), "day"),
        ("igår", date(2026, 11, 23), "day"),
        ("i fredags", date(2026, 11, 20), "day"),
        ("mars", date(2026, 3, 1), "month"),
        ("november", date(2026, 11, 1), "month"),
        ("december", date(2025, 12, 1), "month"),
        ("oktober 2019", date(2019, 10, 1), "month"),
        ("hösten", date(2026, 7, 1), "season"),
        ("våren 2017", date(2017, 1, 1), "season"),
        ("2017", date(2017, 1, 1), "year"),
    ],
)
def test_what_is_logged_has_happened(typed, first, precision):
    found = parse(typed, TODAY)

    assert (found.first, found.precision) == (first, precision)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("12/3", date(2027, 3, 12)),
        ("24/11", date(2026, 11, 24)),
        ("december", date(2026, 12, 1)),
        ("november", date(2026, 11, 1)),
        ("våren", date(2027, 1, 1)),
        ("hösten", date(2026, 7, 1)),
        ("29/2", date(2028, 2, 29)),
    ],
)
def test_what_is_planned_is_to_come(typed, first):
    assert parse(typed, TODAY, ahead=True).first == first


def test_in_january_autumn_was_last_year():
    assert parse("hösten", date(2027, 1, 10)).first == date(2026, 7, 1)


@pytest.mark.parametrize(
    "typed",
    ["31/11", "31/11/2026", "2026-02-30", "12/13", "0", "99999", "snart", "١٢/٣", "12/3/0001"],
)
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValidationError):
        parse(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31/11/2026", "31 november finns inte. November har 30 dagar."),
        ("30 februari 2026", "30 februari finns inte. Februari 2026 har 28 dagar."),
    ],
)
def test_a_day_too_many_says_how_many_there_are(typed, message):
    with pytest.raises(ValidationError) as refused:
        parse(typed, TODAY)

    assert refused.value.messages == [message]


@pytest.mark.parametrize("typed", ["84000", "84 000", "84\u00a0000 kr", " 84 000 KR "])
def test_a_number_is_read_as_people_write_it(typed):
    assert NumberField().clean(typed) == 84_000


@pytest.mark.parametrize("typed", ["1,5", "tolv", "1e5", "٣", "--1"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValidationError):
        NumberField(min_value=0, max_value=9).clean(typed)
