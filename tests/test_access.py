"""Every address, every role: who gets in, and who is told that nothing is there.

`MATRIX` holds one row for each named address. An address without a row fails, so nothing is opened
by being forgotten. For those it is not open to a page does not exist (404); who is not signed in is
asked to sign in.
"""

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import Membership

from .factories import TOKEN, UserFactory, member_of

pytestmark = pytest.mark.django_db
Role = Membership.Role

MANAGERS = frozenset({Role.ADMINISTRATOR})
WRITERS = MANAGERS | {Role.PROCESS_LEADER}
FULL = WRITERS | {Role.AUDITOR}
AUDITORS = MANAGERS | {Role.AUDITOR}
MEMBERS = FULL | {Role.PARTNER, Role.BOARD}
SIGNED_IN = MEMBERS | {"stranger"}
EVERYBODY = SIGNED_IN | {"visitor", "deactivated"}
PEOPLE = sorted(EVERYBODY)
PARTS = (
    "initiative",
    "initiative_year",
    "objective",
    "judgement",
    "municipality",
    "subregion",
    "organisation",
    "staffing",
)


@dataclass(frozen=True)
class Row:
    """Who may ask for an address; `record` of `world` fills in its `part`, `where` the others.

    `also` are other answers it may give: a sign-in page with nothing to do leads away.
    """

    may: frozenset
    record: str = ""
    part: str = "pk"
    only_post: bool = False
    also: tuple = ()
    where: dict = field(default_factory=dict)


MATRIX = {
    # Sign-in, the second factor, and one's own account
    "account_login": Row(EVERYBODY),
    "account_logout": Row(EVERYBODY, also=("sign in", 405)),
    "account_inactive": Row(EVERYBODY, also=("sign in", 405)),
    "account_signup": Row(EVERYBODY),
    "account_reauthenticate": Row(SIGNED_IN),
    "account_email": Row(SIGNED_IN),
    "account_email_verification_sent": Row(EVERYBODY, also=("sign in", 405)),
    "account_change_password": Row(SIGNED_IN),
    "account_set_password": Row(SIGNED_IN),
    "account_reset_password": Row(EVERYBODY),
    "account_confirm_login_code": Row(EVERYBODY, also=("sign in", 405)),
    "account_confirm_email": Row(EVERYBODY, also=(404,), where={"key": "no-such-key"}),
    "account_reset_password_from_key_done": Row(EVERYBODY, also=("sign in", 405)),
    "account_reset_password_from_key": Row(EVERYBODY, where={"uidb36": "1", "key": "no-such-key"}),
    "account_reset_password_done": Row(EVERYBODY, also=("sign in", 405)),
    "mfa_index": Row(SIGNED_IN, also=(405,)),
    "mfa_authenticate": Row(EVERYBODY, also=("sign in", 405)),
    "mfa_reauthenticate": Row(SIGNED_IN),
    "mfa_activate_totp": Row(SIGNED_IN),
    "mfa_deactivate_totp": Row(SIGNED_IN, also=(404, 405)),
    "mfa_view_recovery_codes": Row(SIGNED_IN, also=(404, 405)),
    "mfa_generate_recovery_codes": Row(SIGNED_IN, also=(404, 405)),
    "mfa_download_recovery_codes": Row(SIGNED_IN, also=(404, 405)),
    "accounts:account": Row(SIGNED_IN),
    # About the service
    "accounts:theme": Row(EVERYBODY, only_post=True),
    "accounts:language": Row(EVERYBODY, only_post=True),
    "accounts:accessibility": Row(EVERYBODY),
    "accounts:privacy": Row(EVERYBODY),
    "accounts:favicon": Row(EVERYBODY),
    "accounts:here": Row(SIGNED_IN),
    # Members and invitations
    "accounts:members": Row(FULL),
    "accounts:member_edit": Row(MANAGERS, "member"),
    "accounts:member_remove": Row(MANAGERS, "member"),
    "accounts:invite": Row(MANAGERS),
    "accounts:invitation_resend": Row(MANAGERS, "invitation", only_post=True),
    "accounts:invitation_withdraw": Row(MANAGERS, "invitation"),
    "accounts:invitation_mail": Row(MANAGERS, "invitation", also=(404,)),
    "accounts:accept": Row(EVERYBODY, where={"token": TOKEN}),
    # Saved filters: one's own alone
    "accounts:filters": Row(MEMBERS),
    "accounts:filter_add": Row(MEMBERS, where={"page": "activities:list"}),
    "accounts:filter_edit": Row(frozenset(), "saved_filter", also=(404,)),
    "accounts:filter_delete": Row(frozenset(), "saved_filter", also=(404,)),
    # Events
    "activities:list": Row(MEMBERS),
    "activities:list_file": Row(MEMBERS, where={"format": "csv"}),
    "activities:calendar": Row(MEMBERS),
    "activities:add": Row(WRITERS),
    "activities:detail": Row(MEMBERS, "event"),
    "activities:edit": Row(WRITERS, "event"),
    "activities:delete": Row(WRITERS, "event"),
    "activities:draft_add": Row(WRITERS),
    "activities:draft_edit": Row(WRITERS, "draft"),
    "activities:draft_delete": Row(WRITERS, "draft"),
    "activities:step_add": Row(WRITERS, "event", part="event"),
    "activities:steps_edit": Row(WRITERS, "event", part="event"),
    "activities:step_edit": Row(WRITERS, "step"),
    "activities:step_delete": Row(WRITERS, "step"),
    # Files
    "activities:event_file_add": Row(WRITERS, "event"),
    "activities:publication_file_add": Row(WRITERS, "publication"),
    "activities:milestone_file_add": Row(WRITERS, "milestone"),
    "activities:group_file_add": Row(WRITERS, "group"),
    "activities:file": Row(MEMBERS, "file"),
    "activities:file_edit": Row(WRITERS, "file"),
    "activities:file_delete": Row(WRITERS, "file"),
    "activities:repeat": Row(WRITERS, "event"),
    "activities:series_edit": Row(WRITERS, "event"),
    "activities:cancel": Row(WRITERS, "event"),
    "activities:resume": Row(WRITERS, "event"),
    "activities:count": Row(WRITERS, "event"),
    "activities:missing": Row(FULL),
    # Plan
    "activities:plan": Row(MEMBERS),
    "activities:plan_add": Row(WRITERS),
    "activities:plan_edit": Row(WRITERS, "plan"),
    "activities:plan_outcome": Row(MEMBERS),
    "activities:plan_outcome_file": Row(MEMBERS, where={"format": "csv"}),
    "activities:plan_adopt": Row(WRITERS, "plan"),
    "activities:plan_withdraw": Row(WRITERS, "plan"),
    "activities:plan_forward": Row(WRITERS, "plan"),
    "activities:plan_delete": Row(WRITERS, "plan"),
    "activities:activity_add": Row(WRITERS, "plan", part="plan"),
    "activities:activity_edit": Row(WRITERS, "activity"),
    "activities:activity_cancel": Row(WRITERS, "activity"),
    "activities:activity_remark": Row(WRITERS, "activity"),
    "activities:activity_delete": Row(WRITERS, "activity"),
    # Publications, milestones, groups
    "activities:publications": Row(MEMBERS),
    "activities:publications_file": Row(MEMBERS, where={"format": "xlsx"}),
    "activities:publication_add": Row(WRITERS),
    "activities:publication": Row(MEMBERS, "publication"),
    "activities:publication_edit": Row(WRITERS, "publication"),
    "activities:publication_delete": Row(WRITERS, "publication"),
    "activities:milestones": Row(MEMBERS),
    "activities:milestones_file": Row(MEMBERS, where={"format": "csv"}),
    "activities:milestone_add": Row(WRITERS),
    "activities:milestone": Row(MEMBERS, "milestone"),
    "activities:milestone_edit": Row(WRITERS, "milestone"),
    "activities:milestone_delete": Row(WRITERS, "milestone"),
    "activities:groups": Row(MEMBERS),
    "activities:groups_file": Row(MEMBERS, where={"format": "csv"}),
    "activities:group_add": Row(WRITERS),
    "activities:group": Row(MEMBERS, "group"),
    "activities:group_edit": Row(WRITERS, "group"),
    "activities:group_delete": Row(WRITERS, "group"),
    "activities:group_status_add": Row(WRITERS, "group", part="group"),
    "activities:group_status_edit": Row(WRITERS, "group_status"),
    "activities:group_status_delete": Row(WRITERS, "group_status"),
    # Enterprises
    "enterprises:list": Row(MEMBERS),
    "enterprises:list_file": Row(MEMBERS, where={"format": "csv"}),
    "enterprises:add": Row(WRITERS),
    "enterprises:detail": Row(MEMBERS, "enterprise"),
    "enterprises:edit": Row(WRITERS, "enterprise"),
    "enterprises:delete": Row(WRITERS, "enterprise"),
    "enterprises:merge": Row(WRITERS, "enterprise"),
    "enterprises:apart": Row(WRITERS, "enterprise", only_post=True),
    "enterprises:status_add": Row(WRITERS, "enterprise"),
    "enterprises:status_edit": Row(WRITERS, "enterprise_status"),
    "enterprises:status_delete": Row(WRITERS, "enterprise_status"),
    "enterprises:contact_add": Row(WRITERS, "enterprise"),
    "enterprises:contact_edit": Row(WRITERS, "contact"),
    "enterprises:contact_delete": Row(WRITERS, "contact"),
    "enterprises:contacts": Row(FULL),
    "enterprises:contact_erase": Row(MANAGERS, "contact"),
    "enterprises:industries": Row(MEMBERS),
    "enterprises:industry_add": Row(WRITERS),
    "enterprises:industry_edit": Row(WRITERS, "industry"),
    "enterprises:industry_delete": Row(WRITERS, "industry"),
    # Census
    "enterprises:census_open": Row(WRITERS),
    "enterprises:census": Row(MEMBERS, where={"year": 2017}),
    "enterprises:census_answers": Row(WRITERS, where={"year": 2017}, only_post=True),
    "enterprises:census_workbook_file": Row(FULL, where={"year": 2017}),
    "enterprises:census_file": Row(WRITERS, where={"year": 2017}),
    "enterprises:census_file_take": Row(WRITERS, where={"year": 2017}, only_post=True),
    "enterprises:census_edit": Row(WRITERS, where={"year": 2017}),
    "enterprises:census_ask": Row(WRITERS, where={"year": 2017}),
    "enterprises:census_close": Row(WRITERS, where={"year": 2017}),
    "enterprises:census_reopen": Row(WRITERS, where={"year": 2017}),
    "enterprises:census_delete": Row(WRITERS, where={"year": 2017}),
    "enterprises:return_edit": Row(WRITERS, "answer"),
    # Answers by personal links
    "answers:answer": Row(EVERYBODY, also=(404, 429), where={"token": TOKEN}),
    "answers:receipt": Row(EVERYBODY, also=(404, 429), where={"token": TOKEN}),
    "answers:opened": Row(EVERYBODY, also=(404, 405, 429), where={"token": TOKEN}),
    "enterprises:letters": Row(FULL, where={"year": 2017}),
    "enterprises:letters_send": Row(WRITERS, where={"year": 2017, "kind": "fraga"}),
    "enterprises:links_revoke": Row(WRITERS, where={"year": 2017}),
    "enterprises:letter_send": Row(WRITERS, "contact", only_post=True, where={"year": 2017}),
    "enterprises:link_show": Row(WRITERS, "contact", only_post=True, where={"year": 2017}),
    "enterprises:link_revoke": Row(WRITERS, "contact", only_post=True, where={"year": 2017}),
    "enterprises:letter": Row(WRITERS, "letter", also=(404,)),
    "enterprises:sent": Row(FULL, where={"year": 2017}),
    "enterprises:sent_accept_all": Row(WRITERS, only_post=True, where={"year": 2017}),
    "enterprises:sent_answer": Row(FULL, "answered"),
    "enterprises:sent_accept": Row(WRITERS, "answered", only_post=True),
    "enterprises:sent_decline": Row(WRITERS, "answered"),
    "enterprises:row_save": Row(WRITERS, "answer", also=(422,), only_post=True),
    # Grants and placements
    "placements:list": Row(MEMBERS),
    "placements:list_file": Row(MEMBERS, where={"format": "csv"}),
    "placements:placements_file": Row(FULL, "grant", where={"format": "csv"}),
    "placements:add": Row(WRITERS),
    "placements:detail": Row(MEMBERS, "grant"),
    "placements:edit": Row(WRITERS, "grant"),
    "placements:delete": Row(WRITERS, "grant"),
    "placements:forward": Row(WRITERS),
    "placements:instalment_paid": Row(WRITERS, "instalment"),
    "placements:placement_list": Row(FULL),
    "placements:placement_list_file": Row(FULL, where={"format": "csv"}),
    "placements:placement_find": Row(FULL, only_post=True),
    "placements:due": Row(FULL),
    "placements:slips": Row(FULL, "grant"),
    "placements:slip": Row(FULL, "placement"),
    "placements:not_reached": Row(WRITERS, "placement", only_post=True),
    "placements:placement_add": Row(WRITERS, "grant"),
    "placements:placement": Row(FULL, "placement"),
    "placements:placement_edit": Row(WRITERS, "placement"),
    "placements:placement_delete": Row(WRITERS, "placement"),
    "placements:outcome_add": Row(WRITERS, "placement"),
    "placements:outcome_correct": Row(WRITERS, "outcome"),
    # Settings
    "programmes:settings": Row(FULL),
    "programmes:programme_edit": Row(MANAGERS),
    **{f"programmes:{part}": Row(FULL) for part in PARTS},
    **{f"programmes:{part}_add": Row(WRITERS) for part in PARTS},
    **{f"programmes:{part}_edit": Row(WRITERS, part) for part in PARTS},
    **{f"programmes:{part}_delete": Row(WRITERS, part) for part in PARTS},
    "programmes:completeness": Row(FULL),
    "programmes:completeness_edit": Row(WRITERS, where={"year": 2017, "area": "events"}),
    "programmes:closed_years": Row(FULL),
    "programmes:closed_year_reopen": Row(MANAGERS, "closed_year"),
    "programmes:closed_year_close": Row(MANAGERS, "closed_year", only_post=True),
    # What was changed and deleted
    "programmes:deleted": Row(WRITERS),
    "programmes:restore": Row(
        WRITERS, "change", part="change", only_post=True, where={"kind": "event"}
    ),
    "programmes:undo_all": Row(
        WRITERS, "change_of_answer", part="change", only_post=True, where={"kind": "censusreturn"}
    ),
    # Overview, figures, quality, printed figures
    "reports:home": Row(SIGNED_IN),
    "reports:overview": Row(MEMBERS),
    "reports:first_steps": Row(WRITERS),
    "reports:figures": Row(MEMBERS),
    "reports:figures_csv": Row(MEMBERS),
    "reports:figure": Row(MEMBERS, where={"code": "reach.attendances"}),
    "reports:census_change": Row(MEMBERS, where={"year": 2017}),
    "reports:quality": Row(FULL),
    "reports:printed": Row(FULL),
    "reports:printed_add": Row(WRITERS),
    "reports:printed_edit": Row(WRITERS, "printed"),
    "reports:printed_delete": Row(WRITERS, "printed"),
    # The national follow-up
    "reports:national_follow_up": Row(FULL),
    "reports:national_follow_up_file": Row(FULL, where={"format": "xlsx"}),
    "reports:national_tick": Row(WRITERS, "initiative", only_post=True, where={"year": 2017}),
    "reports:national_untick": Row(WRITERS, "initiative", only_post=True, where={"year": 2017}),
    # Erasure, and its log
    "reports:retention": Row(AUDITORS),
    "reports:retention_codes": Row(MANAGERS),
    "reports:retention_contacts": Row(MANAGERS),
    "reports:erasures": Row(AUDITORS),
    "reports:erasures_file": Row(AUDITORS, where={"format": "csv"}),
    # Reports
    "reports:reports": Row(MEMBERS),
    "reports:report": Row(MEMBERS, where={"first": 2017, "last": 2018}),
    "reports:report_file": Row(MEMBERS, where={"first": 2017, "last": 2018, "format": "html"}),
}


def addresses(resolver=None, prefix="", above=()):
    """The name and the parts of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        parts = (*above, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", parts
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern, inner, parts)


ADDRESSES = dict(addresses())


def test_every_address_has_a_row():
    assert sorted(ADDRESSES.keys() - MATRIX.keys()) == []


def test_every_row_has_an_address():
    assert sorted(MATRIX.keys() - ADDRESSES.keys()) == []


def address(name, world, **where):
    """The address of a row in `world`; `where` stands instead of the row's own."""
    rule = MATRIX[name]
    where = {"programme": world["programme"]} | rule.where | where
    if rule.record:
        where[rule.part] = world[rule.record].pk
    return reverse(name, kwargs={part: where[part] for part in ADDRESSES[name]})


def session_of(person, programme):
    """The session of a member by role, of a stranger, or of somebody deactivated while signed in."""
    if person == "visitor":
        return None
    outside = person in ("stranger", "deactivated")
    user = UserFactory() if outside else member_of(programme, person)
    client = Client()
    client.force_login(user)
    if person == "deactivated":
        user.is_active = False
        user.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def ask(session, method, where):
    """The answer to one request; what it wrote is taken back."""
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        answer = getattr(client, method)(where)
        transaction.set_rollback(True)
    sent_away = answer.status_code == 302 and answer["Location"].startswith(
        reverse(settings.LOGIN_URL)
    )
    return "sign in" if sent_away else answer.status_code


def fitting(rule, person, method):
    """The answers a rule allows this person."""
    if rule.only_post and method == "get":
        return {"sign in", 405} if person in ("visitor", "deactivated") else {404, 405}
    if person in rule.may:
        usual = {200, 302} if method == "get" else {200, 302, 400}
        return usual | set(rule.also)
    return {"sign in"} if person in ("visitor", "deactivated") else {404}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", PEOPLE)
def test_who_gets_in(world, person, method):
    session = session_of(person, world["of"])
    answers = {
        name: ask(session, method, address(name, world))
        for name in sorted(MATRIX.keys() & ADDRESSES.keys())
    }

    wrong = {
        name: answer
        for name, answer in answers.items()
        if answer not in fitting(MATRIX[name], person, method)
    }
    assert wrong == {}


def test_another_programmes_records_are_not_there(world):
    session, found = session_of(Role.ADMINISTRATOR, world["of"]), {}
    for name, rule in MATRIX.items():
        if rule.record:
            elsewhere = address(name, world | {rule.record: world["foreign"][rule.record]})
            method = "post" if rule.only_post else "get"
            found[name] = ask(session, method, elsewhere)

    assert {name for name, answer in found.items() if answer != 404} == set()


def test_a_right_withdrawn_holds_at_the_next_request(world):
    session = session_of(Role.PARTNER, world["of"])
    overview = reverse("reports:overview", args=[world["programme"]])
    before = ask(session, "get", overview)
    Membership.objects.all().delete()

    assert (before, ask(session, "get", overview)) == (200, 404)
