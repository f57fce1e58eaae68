"""Members and invitations: who comes in, with which role, and by a link that works once."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership, User

from .factories import OrganisationFactory, ProgrammeFactory, UserFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role
PASSWORD = "sju-stigar-genom-skogen"


@pytest.fixture
def administrator(programme, client):
    user = member_of(programme, Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _no_demo(settings):
    settings.DEMO = False


def address(name, programme, *more):
    return reverse(f"accounts:{name}", args=[programme.slug, *more])


def invite(client, programme, **changes):
    typed = {"email": "ny@example.se", "role": "board", "organisation": ""} | changes
    return client.post(address("invite", programme), typed)


def link_in(mail):
    return re.search(r"/inbjudan/\S+/", mail.body).group()


def invitation(programme, email="ny@example.se", role=Role.BOARD, **fields):
    """A stored invitation and the address its link leads to."""
    row = Invitation(programme=programme, email=email, role=role, **fields)
    token = row.issue_token()
    row.save()
    return row, reverse("accounts:accept", args=[token])


def test_an_invitation_is_stored_and_sent(client, programme, administrator, mailoutbox):
    response = invite(client, programme, email="Ny@Example.se")

    row = Invitation.objects.get()
    assert (row.email, row.role, row.invited_by) == ("ny@example.se", "board", administrator)
    assert response.url == address("members", programme)
    assert [mail.to for mail in mailoutbox] == [["ny@example.se"]]
    assert mailoutbox[0].subject == f"Inbjudan till {programme}"
    token = link_in(mailoutbox[0]).split("/")[2]
    assert (row.token_hash, token in str(vars(row))) == (Invitation.hash(token), False)


def test_the_mail_is_swedish_whatever_the_sender_reads(
    client, programme, administrator, mailoutbox
):
    client.cookies["django_language"] = "en"
    invite(client, programme)

    assert "Din roll: styrelse." in mailoutbox[0].body


def test_an_association_named_like_its_programme_is_named_once(
    client, programme, administrator, mailoutbox
):
    programme.association = programme.name
    programme.save()

    invite(client, programme)

    assert f"{programme} bjuder in dig till ASF Tracker." in mailoutbox[0].body


def test_a_name_does_not_become_a_header(client, administrator, programme, mailoutbox):
    type(programme).objects.filter(pk=programme.pk).update(name="A\r\nBcc: x@example.se & <b>")

    invite(client, programme)

    assert mailoutbox[0].subject == "Inbjudan till A Bcc: x@example.se & <b>"
    assert mailoutbox[0].bcc == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "ny@"}, "email", "giltig e-postadress"),
        ({"email": "ny@example.se\nBcc: x@example.se"}, "email", "giltig e-postadress"),
        ({"role": "king"}, "role", "Välj ett giltigt alternativ i listan."),
        ({"role": "partner"}, "organisation", "En part kommer från en organisation"),
    ],
)
def test_a_bad_invitation_is_told_at_its_field(
    client, programme, administrator, mailoutbox, changes, field, message
):
    response = invite(client, programme, **changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert (Invitation.objects.count(), mailoutbox) == (0, [])


def test_another_programmes_organisation_is_refused(client, programme, administrator):
    theirs = OrganisationFactory()

    response = invite(client, programme, role="partner", organisation=theirs.pk)

    assert list(response.context["form"].errors) == ["organisation"]


def test_a_member_is_not_invited_again(client, programme, administrator):
    response = invite(client, programme, email=administrator.email.upper())

    assert "medlem redan" in response.context["form"].errors["email"][0]


def test_an_address_is_invited_once(client, programme, administrator, mailoutbox):
    invite(client, programme)
    response = invite(client, programme)

    assert "redan inbjuden" in response.context["form"].errors["email"][0]
    assert len(mailoutbox) == 1


def test_an_invitation_sent_twice_is_one(client, programme, administrator, mailoutbox):
    key = str(client.get(address("invite", programme)).context["form"]["form_key"].value())

    for _time in range(2):
        invite(client, programme, form_key=key)

    assert (Invitation.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_mail_server_that_is_gone_is_told(client, programme, administrator, monkeypatch):
    def gone(mail, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", gone)
    response = client.get(invite(client, programme).url)

    assert "Brevet kunde inte skickas" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_the_demo_shows_the_mail(client, programme, administrator, settings):
    settings.DEMO = True
    response = invite(client, programme)
    page = client.get(response.url).content.decode()

    assert "/inbjudan/" in page
    settings.DEMO = False
    assert client.get(response.url).status_code == 404


def test_sending_again_makes_a_new_link(client, programme, administrator, mailoutbox):
    row, old = invitation(programme)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    client.post(address("invitation_resend", programme, row.pk))
    client.logout()

    assert client.get(old).status_code == 404
    assert client.get(link_in(mailoutbox[0])).status_code == 200


def test_withdrawing_asks_first_and_ends_the_link(client, programme, administrator):
    row, link = invitation(programme)
    where = address("invitation_withdraw", programme, row.pk)

    client.get(where)
    before = Invitation.objects.count()
    client.post(where)

    assert (before, Invitation.objects.count()) == (1, 0)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("role", [Role.PROCESS_LEADER, Role.AUDITOR, Role.PARTNER, None])
def test_only_the_administrator_manages_members(client, programme, role):
    row, _link = invitation(programme)
    other = Membership.objects.get(user=member_of(programme, Role.BOARD))
    client.force_login(member_of(programme, role))

    answers = {
        client.post(address("invite", programme)).status_code,
        client.post(address("invitation_resend", programme, row.pk)).status_code,
        client.post(address("invitation_withdraw", programme, row.pk)).status_code,
        client.post(address("member_edit", programme, other.pk)).status_code,
        client.post(address("member_remove", programme, other.pk)).status_code,
    }

    assert answers == {404}
    assert Membership.objects.filter(pk=other.pk, role=Role.BOARD).exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.PROCESS_LEADER, 200),
        (Role.AUDITOR, 200),
        (Role.PARTNER, 404),
        (Role.BOARD, 404),
        (None, 404),
    ],
)
def test_who_reads_the_list(client, programme, role, status):
    client.force_login(member_of(programme, role))

    assert client.get(address("members", programme)).status_code == status


def test_another_programmes_members_are_not_there(client, programme, administrator):
    other = ProgrammeFactory()
    theirs = Membership.objects.get(user=member_of(other, Role.BOARD))
    row, _link = invitation(other)

    answers = {
        client.get(address("members", other)).status_code,
        client.post(address("member_remove", programme, theirs.pk)).status_code,
        client.post(address("invitation_withdraw", programme, row.pk)).status_code,
    }
    page = client.get(address("members", programme)).context

    assert answers == {404}
    assert ([m.user for m in page["page"]], list(page["invitations"])) == ([administrator], [])


def test_the_list_asks_the_same_number_of_questions(
    client, programme, administrator, django_assert_num_queries
):
    where = address("members", programme)
    invitation(programme)
    client.get(where)
    with django_assert_num_queries(7):
        client.get(where)

    for number in range(2):
        member_of(programme, Role.PARTNER)
        invitation(
            programme,
            email=f"{number}@example.se",
            role=Role.PARTNER,
            organisation=OrganisationFactory(programme=programme),
        )

    with django_assert_num_queries(7):
        client.get(where)


def change(client, programme, member, **typed):
    return client.post(
        address("member_edit", programme, member.pk), {"version": member.version} | typed
    )


def test_a_role_is_changed(client, programme, administrator):
    member = Membership.objects.get(user=member_of(programme, Role.BOARD))

    change(client, programme, member, role="auditor")

    member.refresh_from_db()
    assert member.role == "auditor"
    assert member.history.first().history_user == administrator


def test_the_last_administrator_is_not_demoted(client, programme, administrator):
    member = Membership.objects.get(user=administrator)
    member_of(ProgrammeFactory(), Role.ADMINISTRATOR)

    response = change(client, programme, member, role="board")

    assert "enda administratören" in response.context["form"].errors["role"][0]


def test_one_of_two_administrators_steps_down(client, programme, administrator):
    member_of(programme, Role.ADMINISTRATOR)
    member = Membership.objects.get(user=administrator)

    response = change(client, programme, member, role="board")

    member.refresh_from_db()
    assert (member.role, response.url) == ("board", reverse("reports:home"))


def test_the_last_administrator_is_not_taken_out(client, programme, administrator):
    member = Membership.objects.get(user=administrator)

    response = client.post(address("member_remove", programme, member.pk))

    assert Membership.objects.filter(pk=member.pk).exists()
    assert "enda administratören" in client.get(response.url).content.decode()


def test_taking_out_asks_first_and_holds_at_once(client, programme, administrator):
    user = member_of(programme, Role.BOARD)
    where = address("member_remove", programme, Membership.objects.get(user=user).pk)

    client.get(where)
    before = user.memberships.count()
    client.post(where)

    assert (before, user.memberships.count()) == (1, 0)
    client.force_login(user)
    assert client.get(programme.get_absolute_url()).status_code == 404


NEW = {"name": "Ny Ledamot", "password": PASSWORD, "again": PASSWORD}


def test_a_newcomer_makes_an_account_and_is_signed_in(client, programme):
    row, link = invitation(programme)
    client.get(link)
    before = User.objects.count()

    response = client.post(link, NEW)

    user = User.objects.get(email="ny@example.se")
    assert (before, user.name, user.check_password(PASSWORD)) == (0, "Ny Ledamot", True)
    assert list(user.memberships.values_list("programme", "role")) == [(programme.pk, "board")]
    assert response.url == programme.get_absolute_url()
    assert client.session["_auth_user_id"] == str(user.pk)
    row.refresh_from_db()
    assert row.accepted_at is not None


def test_a_partner_comes_with_the_organisation(client, programme):
    organisation = OrganisationFactory(programme=programme)
    _row, link = invitation(programme, role=Role.PARTNER, organisation=organisation)

    client.post(link, NEW)

    assert Membership.objects.get().organisation == organisation


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "måste fyllas i"),
        ({"name": "811228-9874"}, "name", "personnummer"),
        ({"password": "kort", "again": "kort"}, "password", "12 tecken"),
        ({"password": "483920174629", "again": "483920174629"}, "password", "numeriskt"),
        ({"password": "ny@example.se", "again": "ny@example.se"}, "password", "för likt"),
        ({"again": "något-helt-annat"}, "again", "skiljer sig"),
    ],
)
def test_a_bad_password_is_told_at_its_field(client, programme, changes, field, message):
    _row, link = invitation(programme)

    response = client.post(link, NEW | changes)

    assert message in " ".join(response.context["form"].errors[field])
    assert User.objects.count() == 0


def test_a_link_works_once(client, programme):
    _row, link = invitation(programme)
    client.post(link, NEW)
    client.logout()

    again = client.post(link, NEW | {"name": "Någon annan"})

    assert (again.status_code, User.objects.count()) == (404, 1)
    assert "fungerar inte längre" in again.content.decode()


def test_a_link_runs_out(client, programme):
    _row, link = invitation(programme)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert [client.get(link).status_code, client.post(link, NEW).status_code] == [404, 404]


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "å"])
def test_an_unknown_link_says_so(client, db, token):
    assert client.get(f"/inbjudan/{token}/").status_code == 404


def test_who_has_an_account_signs_in_first(client, programme):
    user = UserFactory(email="ny@example.se")
    _row, link = invitation(programme)

    page = client.get(link).content.decode()
    client.post(link, NEW)
    before = user.memberships.count()
    client.force_login(user)
    client.get(link)
    between = user.memberships.count()
    client.post(link, {"accept": "1"})

    assert f"?next={link}" in page
    assert (before, between, user.memberships.count()) == (0, 0, 1)
    assert not user.check_password(PASSWORD)


def test_somebody_else_does_not_take_the_role(client, programme):
    other = UserFactory()
    _row, link = invitation(programme)
    client.force_login(other)

    page = client.post(link, {"accept": "1"} | NEW)

    assert (page.status_code, Membership.objects.count(), User.objects.count()) == (200, 0, 1)


def test_a_member_keeps_the_role_they_have(client, programme):
    user = member_of(programme, Role.AUDITOR)
    row, link = invitation(programme, email=user.email)
    client.force_login(user)

    client.post(link, {"accept": "1"})

    row.refresh_from_db()
    assert [m.role for m in user.memberships.all()] == ["auditor"]
    assert row.accepted_at is not None


def test_many_tries_are_stopped(client, programme):
    _row, link = invitation(programme)

    answers = [client.post(link, NEW | {"again": "annat"}).status_code for _try in range(21)]

    assert answers == [200] * 20 + [429]
