"""Letters with personal links: who is asked and reminded, how it is sent, and what came of it."""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .answer_links import issue, token_of
from .models import AnswerLink, CensusReturn, Contact, Letter

log = logging.getLogger(__name__)

QUIET = timedelta(minutes=5)  # between two letters by one link: a button is pressed twice at times
UNDER_WAY = "–"  # in `Letter.refused` until the mail server has answered
QUESTION, REMINDER = Letter.Kind.QUESTION, Letter.Kind.REMINDER
DAYS_BEFORE = (14, 7, 1)  # the last day to answer, when the daily command reminds


class Standing(models.TextChoices):
    """How far an enterprise has come with its answer, from the end of the way to its beginning."""

    ACCEPTED = "accepted", gettext_lazy("accepted answer")
    SENT_IN = "sent_in", gettext_lazy("sent in")
    ANSWERED = "answered", gettext_lazy("answered another way")
    SENT_BACK = "sent_back", gettext_lazy("sent back")
    OPENED = "opened", gettext_lazy("opened")
    UNOPENED = "unopened", gettext_lazy("never opened")
    REFUSED = "refused", gettext_lazy("refused")
    REVOKED = "revoked", gettext_lazy("link revoked")
    UNSENT = "unsent", gettext_lazy("not sent")
    NO_ADDRESS = "no_address", gettext_lazy("no e-mail address")


@dataclass(frozen=True)
class Contacted:
    """A contact, their latest link to the answer (None: none yet) and the letters sent with it."""

    contact: Contact
    answer: CensusReturn
    link: AnswerLink | None
    letters: tuple

    @property
    def last(self):
        return self.letters[-1] if self.letters else None

    @property
    def is_revoked(self):
        return self.link is not None and self.link.revoked_at is not None

    @property
    def was_asked(self):
        """Whether a letter has gone out."""
        return any(not letter.refused for letter in self.letters)

    @cached_property
    def standing(self):
        if self.link and self.link.opened_at and not self.is_revoked:
            return Standing.OPENED
        if self.is_revoked:
            return Standing.REVOKED
        if self.letters:
            return Standing.REFUSED if self.last.refused else Standing.UNOPENED
        return Standing.UNSENT if self.contact.email else Standing.NO_ADDRESS

    @property
    def next_kind(self):
        return REMINDER if self.was_asked and not self.is_revoked else QUESTION


@dataclass(frozen=True)
class Followed:
    """An enterprise that was asked, its contacts, and what came of it."""

    answer: CensusReturn
    contacts: tuple

    @cached_property
    def sent(self):
        return getattr(self.answer, "sent", None)

    @cached_property
    def standing(self):
        if self.sent and self.sent.accepted_at:
            return Standing.ACCEPTED
        if self.sent and self.sent.is_waiting:
            return Standing.SENT_IN
        if not self.answer.is_waiting:
            return Standing.ANSWERED
        if self.sent and self.sent.is_to_mend:
            return Standing.SENT_BACK
        order = list(Standing)
        found = [contacted.standing for contacted in self.contacts]
        return min(found, key=order.index, default=Standing.NO_ADDRESS)

    @property
    def is_waited_for(self):
        """Whether it has still to answer, or to answer again."""
        done = (Standing.ACCEPTED, Standing.SENT_IN, Standing.ANSWERED)
        return self.standing not in done


def follow(census, **narrowed):
    """Every enterprise that was asked, by name; in a constant number of questions to the database."""
    answers = census.returns.filter(**narrowed).select_related("enterprise__municipality", "sent")
    answers = list(answers.order_by("enterprise__sort_name", "pk"))
    links = AnswerLink.objects.filter(answer__in=[answer.pk for answer in answers])
    links = links.prefetch_related("letters").order_by("pk")
    latest = {(link.answer_id, link.contact_id): link for link in links}
    contacts = {}
    ids = [answer.enterprise_id for answer in answers]
    for contact in Contact.objects.filter(enterprise__in=ids).order_by("name", "pk"):
        contacts.setdefault(contact.enterprise_id, []).append(contact)
    return [
        Followed(
            answer,
            tuple(
                _contacted(contact, answer, latest.get((answer.pk, contact.pk)))
                for contact in contacts.get(answer.enterprise_id, ())
            ),
        )
        for answer in answers
    ]


def _contacted(contact, answer, link):
    return Contacted(contact, answer, link, tuple(link.letters.all()) if link else ())


def receivers(followed, kind):
    """To whom a letter of this kind goes: not asked yet, or asked and waited for.

    Whose link was revoked is written to only one by one.
    """
    return [
        contacted
        for row in followed
        if row.is_waited_for
        for contacted in row.contacts
        if contacted.contact.email
        and not contacted.is_revoked
        and contacted.was_asked == (kind == REMINDER)
    ]


@dataclass(frozen=True)
class Ahead:
    """What is to be done in a census, in enterprises: ask, remind, look at what came in."""

    to_ask: int
    to_remind: int
    to_look_at: int


def ahead(followed):
    asked, reminded = (
        len({one.answer.pk for one in receivers(followed, kind)}) for kind in (QUESTION, REMINDER)
    )
    return Ahead(asked, reminded, sum(row.standing == Standing.SENT_IN for row in followed))


def due(followed, census, *, today):
    """Whom the daily command reminds: once after each of `DAYS_BEFORE`, and once a day at most."""
    if census.answer_by is None or today > census.answer_by:
        return []
    passed = [day for n in DAYS_BEFORE if (day := census.answer_by - timedelta(days=n)) <= today]
    if not passed:
        return []
    return [
        contacted
        for contacted in receivers(followed, REMINDER)
        if all(
            _day(letter) < (today if letter.refused else passed[-1]) for letter in contacted.letters
        )
    ]


def _day(letter):
    return timezone.localdate(letter.sent_at)


@dataclass
class Sending:
    """What became of a sending, in letters."""

    sent: int = 0
    refused: int = 0
    letters: tuple = ()


def send(receivers, kind, *, base):
    """Send each of `receivers` a letter, each by itself: one that is refused holds up no other.

    `base` is where the installation is reached ("https://asf.example.se"). That a letter is under
    way is stored before it is sent, so that nothing is sent twice, and outside any transaction, so
    that nothing sent is forgotten.
    """
    result, connection = Sending(), get_connection()
    try:
        for contacted in receivers:
            letter = _begin(contacted, kind)
            if letter is None:
                continue
            letter.refused = "" if settings.DEMO else _deliver(letter, connection, base=base)
            letter.save()
            result.letters += (letter,)
            result.refused += bool(letter.refused)
            result.sent += not letter.refused
    finally:
        connection.close()
    return result


@transaction.atomic
def _begin(contacted, kind):
    """A letter that is under way; None if one has just gone."""
    now = timezone.now()
    link = issue(contacted.answer, contacted.contact, now=now)
    recent = link.letters.filter(sent_at__gt=now - QUIET, refused__in=("", UNDER_WAY))
    if recent.exists():
        return None
    return Letter.objects.create(link=link, kind=kind, sent_at=now, refused=UNDER_WAY)


def _deliver(letter, connection, *, base):
    """Hand a letter to the mail server. Returns why it was refused, "" if it was taken."""
    try:
        message = mail(letter, base=base)
        message.connection = connection
        message.send()
    except (OSError, SMTPException, ValueError) as error:
        connection.close()
        # No address in the log: it is a person's.
        log.warning("letter %s was refused: %s", letter.pk, type(error).__name__)
        return _reason(error)
    return ""


def _reason(error):
    """What the mail server said, without the address it was said about."""
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    elif isinstance(error, OSError) and not isinstance(error, SMTPException):
        return _("The mail server could not be reached.")
    else:
        return _("The address cannot be written to.")
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    said = re.sub(r"\S*@\S*", "…", said)
    return " ".join(f"{code} {said}".split())[:300]


def address_of(link, *, base):
    """The whole address of a link."""
    return base.rstrip("/") + reverse("answers:answer", args=[token_of(link)])


def mail(letter, *, base, address=None):
    """The letter as it is sent; Swedish whatever language the sender reads.

    `address` stands for that of the link where the letter is only looked at.
    """
    link = letter.link
    answer, contact = link.answer, link.contact
    census = answer.census
    sent = getattr(answer, "sent", None)
    with translation.override("sv"):
        context = {
            "reminder": letter.kind == REMINDER,
            "census": census,
            "programme": census.programme,
            "enterprise": answer.enterprise,
            "contact": contact,
            "link": address or address_of(link, base=base),
            "expires_at": link.expires_at,
            "mend": sent.declined_because if sent and sent.is_to_mend else "",
            "has_last_year": CensusReturn.objects.year_before(answer).exists(),
        }
        subject = _("Census %(year)s: %(enterprise)s") % {
            "year": census.year,
            "enterprise": answer.enterprise,
        }
        if letter.kind == REMINDER:
            subject = _("Reminder: %(subject)s") % {"subject": subject}
        message = EmailMultiAlternatives(
            # A line break in a name must not become a header.
            subject=" ".join(subject.split()),
            body=render_to_string("enterprises/letters_mail.txt", context),
            to=[contact.email],
            reply_to=reply_to(census.programme),
        )
        message.attach_alternative(
            render_to_string("enterprises/letters_mail.html", context), "text/html"
        )
    return message


def reply_to(programme):
    """The e-mail address among how the programme is reached, if it gives one."""
    for word in re.findall(r"[^\s<>(),;:]+@[^\s<>(),;:]+", programme.contact):
        try:
            validate_email(word.rstrip("."))
        except ValidationError:
            continue
        return [word.rstrip(".")]
    return []
