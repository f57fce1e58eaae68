"""Personal links: the address where a contact answers a census, and who is let in by it.

The token is not kept: it follows from the link's seed and the secret of the installation, so that a
reminder carries the same address and the database alone opens nothing. What is looked up is its
hash. An address that is unknown, has run out or was revoked, or whose census is closed, all get the
same answer, and who tries such addresses is soon let in by none.
"""

import base64
import hashlib
import secrets
from datetime import datetime, time, timedelta

from allauth.core.internal import ratelimit
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import AnswerLink, CensusReturn

DAYS_AFTER = 30  # that a link works after the day by which one is to answer
LEAST_DAYS = 14  # that a link works after it was sent, however late that was
LIMITS = {
    "wrong": "20/10m/ip",
    "wrong_anywhere": "500/10m/key",
    "wrong_when_many_try": "1/10m/ip",
    "sent": "30/h/key",
}


def token_of(link):
    """256 bits, as 43 characters that an address may hold."""
    digest = salted_hmac("enterprises.answer_links", link.seed, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


def find(token, *, now):
    """The working link with this token, with all that its page shows; None if there is none."""
    links = AnswerLink.objects.working(now).select_related(
        "contact", "answer__enterprise", "answer__census__programme", "answer__sent"
    )
    link = links.filter(token_hash=hash_of(token)).first()
    # The hash found the row; that the secret of today made the token is asked apart.
    return link if link and constant_time_compare(token_of(link), token) else None


def expiry(census, *, now):
    """How long a link made or sent now works."""
    if census.answer_by is None:
        return now + timedelta(days=AnswerLink.DAYS)
    last = datetime.combine(census.answer_by + timedelta(days=DAYS_AFTER + 1), time.min)
    return max(timezone.make_aware(last), now + timedelta(days=LEAST_DAYS))


@transaction.atomic
def issue(answer, contact, *, now):
    """The contact's link to the answer, good for as long as a new one.

    One that was not revoked keeps its address; after a revocation the address is another.
    """
    # Of two that send at the same time one waits here for the other.
    answer = CensusReturn.objects.select_for_update().select_related("census").get(pk=answer.pk)
    until = expiry(answer.census, now=now)
    link = AnswerLink.objects.filter(answer=answer, contact=contact, revoked_at=None).first()
    link = link or AnswerLink(
        answer=answer, contact=contact, seed=secrets.token_hex(32), expires_at=until
    )
    token_hash = hash_of(token_of(link))
    if link.token_hash != token_hash or link.expires_at < until:
        link.token_hash = token_hash
        link.expires_at = max(link.expires_at, until)
        link.save()
    return link


@transaction.atomic
def revoke(links, *, now):
    """Each of `links` stops working at once. Returns how many did."""
    working = list(links.filter(revoked_at=None).select_for_update())
    for link in working:
        link.revoked_at = now
        link.save()
    return len(working)


def open_for_the_first_time(link, *, now):
    """Keep when a person, not a machine that looks through mail, first had the page before them."""
    if link.opened_at is None:
        link.opened_at = now
        link.save()


def may_try(request):
    """Whether an address from this sender is looked at.

    After some wrong ones none is. When wrong ones come from everywhere one is enough, so that many
    senders together do not get further, and those who have a right address still get in.
    """
    if not _is_below("wrong", request):
        return False
    return _is_below("wrong_anywhere", request) or _is_below("wrong_when_many_try", request)


def note_wrong_token(request):
    for limit in ("wrong", "wrong_anywhere", "wrong_when_many_try"):
        _consume(limit, request)


def may_send(request, link):
    """Whether one more answer is taken by this link within the hour."""
    return _consume("sent", request, key=str(link.pk))


def _is_below(limit, request):
    return _consume(limit, request, dry_run=True)


def _consume(limit, request, *, key="everybody", dry_run=False):
    usage = ratelimit.consume(
        request,
        app="enterprises",
        action=limit,
        config=LIMITS,
        key=key,
        dry_run=dry_run,
        limit_get=True,
    )
    return usage is not None
