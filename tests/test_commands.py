"""Commands: an empty programme with its administrator, and a report as a file."""

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Invitation, Membership
from programmes.models import Programme

from .factories import PASSWORD, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(slug="norrland", name="Norrlands program", email="chef@example.se", **options):
    call_command("create_programme", slug, name=name, administrator=email, **options)


def test_an_empty_programme_starts_this_year_and_is_named_after_its_association():
    create()

    programme = Programme.objects.get()
    assert (programme.slug, programme.name, programme.association) == (
        "norrland",
        "Norrlands program",
        "Norrlands program",
    )
    assert programme.starts_on == date(timezone.localdate().year, 1, 1)
    assert programme.ends_on is None


def test_association_and_start_can_be_given():
    create(association="Förbundet", starts_on=date(2024, 8, 1))

    programme = Programme.objects.get()
    assert (programme.association, programme.starts_on) == ("Förbundet", date(2024, 8, 1))


def test_a_known_user_becomes_the_administrator():
    user = UserFactory(email="chef@example.se")

    create(email="Chef@example.se")

    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, "administrator")
    assert Invitation.objects.count() == 0


def test_somebody_new_gets_a_link_that_makes_them_administrator(client, capsys):
    create()

    link = capsys.readouterr().out.split()[-1]
    fields = client.get(link).context["form"].fields
    client.post(link, dict.fromkeys(fields, PASSWORD))

    membership = Membership.objects.get()
    assert (membership.user.email, membership.role) == ("chef@example.se", "administrator")


def test_a_stray_line_end_in_the_address_is_let_go():
    create(email="chef@example.se\n")

    assert Invitation.objects.get().email == "chef@example.se"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"slug": "inte så bra"}, "slug: "),
        ({"name": ""}, "name: "),
        ({"name": "19811218-9876"}, "name: "),
        ({"email": "chefen"}, "administrator: Enter a valid email address."),
    ],
)
def test_what_cannot_be_is_told_by_field_and_nothing_is_made(given, told):
    with pytest.raises(CommandError) as refused:
        create(**given)

    assert str(refused.value).startswith(told)
    assert Programme.objects.count() == Invitation.objects.count() == 0


def test_a_taken_slug_is_refused():
    ProgrammeFactory(slug="norrland")

    with pytest.raises(CommandError, match=r"slug: .*already exists"):
        create()


# What the demo refuses; what it loads is in test_demo.


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = True, tmp_path


def test_the_demo_refuses_a_database_with_other_users(demo):
    UserFactory()

    with pytest.raises(CommandError, match="other users"):
        call_command("load_demo", "--once")
    assert Programme.objects.count() == 0


def test_the_demo_refuses_a_database_with_other_programmes(demo):
    ProgrammeFactory()

    with pytest.raises(CommandError, match="other programmes"):
        call_command("load_demo")


def test_the_demo_is_refused_where_it_is_off(demo, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="off"):
        call_command("load_demo")


def test_sign_ins_are_not_told_before_there_are_any(demo):
    with pytest.raises(CommandError, match="not loaded"):
        call_command("load_demo", "--sign-ins")


@pytest.mark.parametrize("view", ["protected", "full"])
def test_a_report_is_exported_as_the_command_line_asks(gavleborg, tmp_path, view):
    target = tmp_path / "rapport.html"

    call_command(
        "export_report",
        *("asf-gavleborg", "--year", "2017", "--view", view),
        *("--format", "html", "--output", str(target)),
        stdout=io.StringIO(),
    )

    assert ("Intern version" in target.read_text()) == (view == "full")
