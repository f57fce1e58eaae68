"""Every form and every query string, given what nobody should send: a message, never an error.

What is refused is refused in Swedish with the page's own form, and nothing is stored by halves.
"""

import re
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership

from .test_access import ADDRESSES, MATRIX, address, session_of

pytestmark = pytest.mark.django_db
Role = Membership.Role

HOSTILE = {
    "nul": "a\x00b",
    "surrogate": "\ud800",
    "right to left": "\u202e2017-03-12",
    "digits": "9" * 400,
    "no such day": "2026-02-30",
    "other digits": "١٢",
    "not a number": "NaN",
    "huge": "1e309",
    "formula": "=1+1",
    "markup": "<script>alert(1)</script>",
    "newlines": "a\r\nBcc: b@example.se",
    "path": "../../etc/passwd",
    "negative": "-1",
    "long": "x" * 100_000,
}
FEW = ("nul", "surrogate", "digits", "markup", "no such day")
TYPED = "application/x-www-form-urlencoded"
QUERIES = (
    "year",
    "from",
    "to",
    "q",
    "page",
    "kind",
    "place",
    "status",
    "breakdown",
    "like",
    "objective",
)
PARTS = 4
FORMS = [name for name in sorted(MATRIX) if not name.startswith(("account_", "mfa_"))]
ASKED = [name for name in sorted(MATRIX) if "programme" in ADDRESSES.get(name, ())]


def as_administrator(world):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session_of(Role.ADMINISTRATOR, world["of"])
    return client


def fields(page):
    """The names of the boxes of the page's own form (the last on the page before the foot)."""
    main = page.split("<footer")[0]
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', main)
    return [name for name in dict.fromkeys(names) if name != "csrfmiddlewaretoken"]


def sent(names, kind):
    """The hostile text under each name, as a browser would send it; lone surrogates as they are."""
    return urlencode(dict.fromkeys(names, HOSTILE[kind]), errors="surrogatepass")


@contextmanager
def taken_back():
    """So that each form is sent while its record is still there."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


some_of = pytest.mark.parametrize("part", range(PARTS))
of_kinds = pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(FEW, id="few"),
        pytest.param(
            [kind for kind in HOSTILE if kind not in FEW], id="all", marks=pytest.mark.full
        ),
    ],
)


@some_of
@of_kinds
def test_no_form_breaks(world, kinds, part):
    client, broken = as_administrator(world), {}
    for name in FORMS[part::PARTS]:
        where = address(name, world)
        page = client.get(where)
        shown = page.status_code == 200 and not page.streaming
        boxes = fields(page.content.decode()) if shown else ["text"]
        for kind in kinds:
            with taken_back():
                answer = client.post(where, sent(boxes, kind), content_type=TYPED)
            if answer.status_code >= 500:
                broken[name, kind] = answer.status_code
    assert broken == {}


@some_of
@of_kinds
def test_no_query_string_breaks(world, kinds, part):
    client, broken = as_administrator(world), {}
    for name in ASKED[part::PARTS]:
        for kind in kinds:
            answer = client.get(address(name, world), QUERY_STRING=sent(QUERIES, kind))
            if answer.status_code >= 500:
                broken[name, kind] = answer.status_code
            if "GET" not in vars(answer.wsgi_request):
                break  # the page did not look at it: the other kinds are no different
    assert broken == {}


def test_the_way_back_is_ours(world):
    client = as_administrator(world)

    for where in ("//example.se", "https://example.se/", "/\\example.se", "javascript:alert(1)"):
        answer = client.post(reverse("accounts:language"), {"language": "en", "next": where})
        assert answer["Location"] == "/"
