"""Nothing of a single person leaves the office: no code, and no number that is hidden, anywhere.

Every address is asked by those who do not see everything, in every way they can: pages, forms,
files, figures with each of their parts. What they get, and what is written in logs and mails
meanwhile, holds no code of any programme. And where only hidden numbers change, what they get does
not change at all.
"""

import io
import logging
import re
import zipfile
from dataclasses import dataclass
from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from placements.models import Grant, Instalment, Outcome, Participant, Placement
from reports.indicators import INDICATORS

from .factories import (
    EnterpriseFactory,
    OutcomeFactory,
    PlacementFactory,
)
from .test_access import ADDRESSES, MATRIX, address, session_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


def first_of(*people):
    """The first in every run, the others, who have the same rights or fewer, with the large numbers."""
    first, *others = people
    return [first, *(pytest.param(person, marks=pytest.mark.full) for person in others)]


OUTSIDE = first_of(Role.PARTNER, Role.BOARD, "stranger", "visitor")


@pytest.fixture
def codes(world):
    """The codes of both programmes, each in every place where one can stand."""
    for part in (world, world["foreign"]):
        grant = part["grant"]
        enterprise = EnterpriseFactory(
            programme=grant.programme, municipality=grant.municipality, name="Snickeriet"
        )
        stay, gone = (PlacementFactory(grant=grant, enterprise=enterprise) for _stay in range(2))
        PlacementFactory(grant=grant, participant=stay.participant, extension_of=stay, extent=50)
        wrong = OutcomeFactory(placement=stay)
        OutcomeFactory(placement=stay, corrects=wrong, result="studies", reason="Fel rad")
        gone.delete()  # what is left of it is its history
    return set(Participant.history.values_list("code", flat=True))


def client_of(person, world):
    client = Client()
    if session := session_of(person, world["of"]):
        client.cookies["sessionid"] = session
    client.raise_request_exception = False
    return client


def content(answer):
    """What an answer says; of a packed file, what is in it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@dataclass(frozen=True)
class Said:
    """An answer: what it says, and its headers and cookies."""

    status: int
    text: str
    around: str

    @property
    def lasting(self):
        return stripped(self.text)

    def tells(self, codes):
        return found_in(self.around + self.text, codes)


def said(answer):
    return Said(answer.status_code, content(answer), f"{answer.headers} {answer.cookies}")


def rooms():
    """The addresses within a programme, and that which leads to one."""
    return [name for name in MATRIX if "programme" in ADDRESSES[name] or name == "reports:home"]


def places(world):
    """Every address of both programmes, and the card of each figure of persons."""
    for name in rooms():
        rule, where = MATRIX[name], address(name, world)
        yield where
        if rule.record:
            yield address(name, world | {rule.record: world["foreign"][rule.record]})
    for code, indicator in INDICATORS.items():
        if indicator.protected:
            yield _card(world, code)


def parts_and_files(world):
    """Each part of those figures, and each kind of file there is."""
    for name in rooms():
        if "format" in ADDRESSES[name] and name != "reports:report_file":
            yield from (address(name, world, format=kind) for kind in ("csv", "xlsx"))
    for code, indicator in INDICATORS.items():
        for part in _parts(indicator, world) if indicator.protected else ():
            yield f"{_card(world, code)}&breakdown={part}"
    for kind in ("docx", "xlsx"):
        yield address("reports:report_file", world, format=kind)


def _card(world, code):
    return reverse("reports:figure", args=[world["programme"], code]) + "?from=2017&to=2017"


def _parts(indicator, world):
    values = {
        "sex": ("women", "men"),
        "municipality": (world["grant"].municipality.code,),
        "result": Outcome.Result.values,
    }
    for dimension in indicator.dimensions:
        for value in values.get(dimension.name, ()):
            yield f"{dimension.name}={value}"


def without_what_was_sent(text, sent):
    """An answer may say again what was asked for, in the address of a page to go on to."""
    for value in set(sent.values()):
        text = text.replace(value, "")
    return text


def found_in(text, codes):
    """The codes in a text, however they are written."""
    plain = re.sub(r"[\s-]", "", text).upper()
    return {code for code in codes if code in text or code.replace("-", "") in plain}


@pytest.mark.parametrize("person", OUTSIDE)
def test_nothing_of_single_persons_gets_out(world, codes, person, caplog):
    """In one walk, since each address is slow: no code is told, a known one finds nothing, no number shows.

    Each address is asked and posted to as it is, then with a code, and again when what is hidden
    is another: that makes no difference anywhere.
    """
    client = client_of(person, world)
    with caplog.at_level(logging.DEBUG):
        shown = {where: said(client.get(where)) for where in places(world)}
        files = {where: said(client.get(where)) for where in parts_and_files(world)}
        posted = {where: said(client.post(where, {"form_key": ""})) for where in shown}
        finding = [where for where in with_rooms(world) if finds(client, where, shown, codes)]
        change_what_is_hidden(world)
        differing = [
            where
            for where, before in shown.items()
            if before.status == 200 and said(client.get(where)).lasting != before.lasting
        ]

    telling = [w for walk in (shown, files, posted) for w, one in walk.items() if one.tells(codes)]
    letters = str([vars(letter) for letter in mail.outbox])
    assert (telling, found_in(caplog.text, codes), found_in(letters, codes)) == ([], set(), set())
    assert finding == []
    assert differing == []


def with_rooms(world):
    """The addresses that are open to members."""
    return [address(name, world) for name in rooms() if MATRIX[name].may >= {Role.PARTNER}]


def finds(client, where, shown, codes):
    """Whether an address answers to a code otherwise than to one that nobody has."""

    def asked_with(code):
        sent = dict.fromkeys(("code", "participant", "q", "text", "person"), code)
        return stripped(without_what_was_sent(content(client.get(where, sent)), sent))

    with_code = asked_with(sorted(codes)[0])
    listens_to_none = where in shown and with_code == shown[where].lasting
    return not listens_to_none and with_code != asked_with("ZZZZ-ZZZZ")


def change_what_is_hidden(world):
    """One more under a grant and what came of it: two persons or three; and what is the office's own."""
    grant = world["grant"]
    OutcomeFactory(placement=PlacementFactory(grant=grant), result="work")
    Instalment(grant=grant, amount=50_000, due_on=date(2017, 5, 1)).save()
    Grant.objects.filter(pk=grant.pk).update(
        target_group="Unga", conditions="Rapport", report_due_on=date(2018, 1, 31)
    )


@pytest.mark.parametrize("person", first_of(Role.ADMINISTRATOR, Role.PROCESS_LEADER, Role.AUDITOR))
def test_no_code_of_another_programme_is_in_any_answer(world, codes, person):
    foreign = set(
        Participant.history.filter(programme=world["foreign"]["grant"].programme).values_list(
            "code", flat=True
        )
    )
    client = client_of(person, world)

    leaks = [where for where in places(world) if said(client.get(where)).tells(foreign)]

    assert leaks == []


def test_commands_of_the_protected_view_say_no_code(world, codes, capsys, tmp_path):
    call_command("figures", world["programme"], "--from", "2016", "--to", "2020")
    file = tmp_path / "rapport.html"
    call_command(
        "export_report",
        world["programme"],
        *("--from", "2016", "--to", "2020", "--format", "html", "--output", str(file)),
    )

    assert found_in(capsys.readouterr().out + file.read_text(), codes) == set()


CHANGING = [
    r'name="(csrfmiddlewaretoken|form_key)" value="[^"]*"',
    r"csrftoken=[^;]*",
    r"\d{4}-\d\d-\d\d[ T]\d\d[.:]\d\d([.:]\d\d)?",
    r"[0-9a-f]{8,}",
]


def stripped(text):
    """Without what is new each time: tokens, keys, moments."""
    for pattern in CHANGING:
        text = re.sub(pattern, "", text)
    return text


def test_what_is_hidden_is_shown_in_the_full_view(world, codes):
    """The walk above can fail: what it changes is seen by who sees everything."""
    client = client_of(Role.AUDITOR, world)
    telling = (
        _card(world, "outcomes"),
        address("placements:list", world),
        address("placements:detail", world),
        address("reports:quality", world),
    )
    before = [said(client.get(where)).lasting for where in telling]

    change_what_is_hidden(world)

    after = [said(client.get(where)).lasting for where in telling]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False] * 4


def test_the_walk_finds_a_code_where_there_is_one(world, codes):
    """The test above can fail: who sees everything is shown codes on many pages and in files."""
    client = client_of(Role.PROCESS_LEADER, world)
    placed = Placement.objects.filter(grant=world["grant"]).exclude(enterprise=None)[0]
    telling = (
        address("placements:placement_list", world),
        address("placements:detail", world),
        address("placements:placement_list_file", world, format="xlsx"),
        address("placements:slips", world),
        reverse("enterprises:detail", args=[world["programme"], placed.enterprise_id]),
    )

    assert [where for where in telling if not said(client.get(where)).tells(codes)] == []
