"""Every form and every query string, given what nobody should send: a message, never an error.

What is refused is refused in Swedish with the page's own form, and nothing is stored by halves.
"""

import re
from urllib.parse import urlencode

import pytest
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


def as_administrator(world):
    client = Client()
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


def ways(**kinds):
    return [
        pytest.param(kind, id=kind, marks=() if kind in FEW else pytest.mark.full) for kind in kinds
    ]


@pytest.mark.parametrize("kind", ways(**HOSTILE))
def test_no_form_breaks(world, kind):
    client, broken = as_administrator(world), {}
    client.raise_request_exception = False
    for name in sorted(MATRIX):
        if not name.startswith("account_") and not name.startswith("mfa_"):
            where = address(name, world)
            page = client.get(where)
            shown = page.status_code == 200 and not page.streaming
            boxes = fields(page.content.decode()) if shown else ["text"]
            answer = client.post(where, sent(boxes, kind), content_type=TYPED)
            if answer.status_code >= 500:
                broken[name] = answer.status_code
    assert broken == {}


@pytest.mark.parametrize("kind", ways(**HOSTILE))
def test_no_query_string_breaks(world, kind):
    client, broken = as_administrator(world), {}
    client.raise_request_exception = False
    for name in sorted(MATRIX):
        if "programme" in ADDRESSES[name]:
            answer = client.get(address(name, world), QUERY_STRING=sent(QUERIES, kind))
            if answer.status_code >= 500:
                broken[name] = answer.status_code
    assert broken == {}


def test_the_way_back_is_ours(world):
    client = as_administrator(world)

    for where in ("//example.se", "https://example.se/", "/\\example.se", "javascript:alert(1)"):
        answer = client.post(reverse("accounts:language"), {"language": "en", "next": where})
        assert answer["Location"] == "/"
