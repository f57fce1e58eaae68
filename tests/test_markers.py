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

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from placements.models import Outcome, Participant, Placement
from reports.indicators import INDICATORS

from .factories import (
    EnterpriseFactory,
    OutcomeFactory,
    ParticipantFactory,
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
        stays = [PlacementFactory(grant=grant, enterprise=enterprise) for _stay in range(3)]
        PlacementFactory(
            grant=grant, participant=stays[0].participant, extension_of=stays[0], extent=50
        )
        wrong = OutcomeFactory(placement=stays[1])
        OutcomeFactory(placement=stays[1], corrects=wrong, result="studies", reason="Fel rad")
        stays[2].delete()  # what is left of it is its history
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


def said(answer):
    """The answer with its headers and cookies."""
    return f"{answer.headers} {answer.cookies} {content(answer)}"


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


def typed(codes):
    """A code, under each name a form or a filter may have for it."""
    code = sorted(codes)[0]
    return dict.fromkeys(("code", "participant", "q", "text", "person"), code)


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
def test_no_code_is_in_any_answer_mail_or_log(world, codes, person, caplog):
    client, leaks = client_of(person, world), {}
    with caplog.at_level(logging.DEBUG):
        for where in (*places(world), *parts_and_files(world)):
            for answer in (client.get(where), client.post(where, {"form_key": ""})):
                if found := found_in(said(answer), codes):
                    leaks[where] = found

    assert leaks == {}
    assert found_in(caplog.text, codes) == set()
    assert found_in(str([vars(letter) for letter in mail.outbox]), codes) == set()


@pytest.mark.parametrize("person", OUTSIDE)
def test_a_code_that_is_known_finds_nothing(world, codes, person):
    """Asked with a code, each address answers as it does to a code that nobody has."""
    client, real, made_up = client_of(person, world), typed(codes), typed({"ZZZZ-ZZZZ"})
    differing = []
    for name in rooms():
        if MATRIX[name].may >= {Role.PARTNER}:
            where = address(name, world)
            texts = [
                stripped(without_what_was_sent(content(client.get(where, sent)), sent))
                for sent in (real, made_up)
            ]
            if texts[0] != texts[1]:
                differing.append(where)

    assert differing == []


@pytest.mark.parametrize("person", first_of(Role.ADMINISTRATOR, Role.PROCESS_LEADER, Role.AUDITOR))
def test_no_code_of_another_programme_is_in_any_answer(world, codes, person):
    foreign = set(
        Participant.history.filter(programme=world["foreign"]["grant"].programme).values_list(
            "code", flat=True
        )
    )
    client = client_of(person, world)

    leaks = [where for where in places(world) if found_in(said(client.get(where)), foreign)]

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


@pytest.mark.parametrize("person", first_of(Role.PARTNER, Role.BOARD, "visitor"))
def test_what_is_hidden_changes_nothing_that_is_shown(world, person):
    """Two persons or three under a grant, and what came of them: the difference is nowhere."""
    grant = world["grant"]
    PlacementFactory(grant=grant, participant=ParticipantFactory(programme=world["of"]))
    client = client_of(person, world)

    def answers():
        return {where: stripped(content(client.get(where))) for where in places(world)}

    office, card = client_of(Role.AUDITOR, world), _card(world, "outcomes")
    before, known = answers(), stripped(content(office.get(card)))
    added = PlacementFactory(grant=grant)
    OutcomeFactory(placement=added, result="work")
    after = answers()

    assert known != stripped(content(office.get(card)))
    assert Placement.objects.filter(grant=grant).count() == 3
    assert [where for where in before if before[where] != after[where]] == []


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

    assert [where for where in telling if not found_in(said(client.get(where)), codes)] == []
