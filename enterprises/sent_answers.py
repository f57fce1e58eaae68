"""What enterprises sent by their links: compared with what stands, accepted, or sent back."""

from dataclasses import dataclass
from functools import cached_property

from django.db import transaction

from .models import CensusNumbers, CensusReturn, SentAnswer

NUMBERS = (*CensusNumbers.EMPLOYED, *CensusNumbers.PLACED)
State = CensusReturn.State


@dataclass(frozen=True)
class Compared:
    """What an enterprise sent, beside its return as it stands and last year's confirmed one (or None)."""

    sent: SentAnswer
    before: CensusReturn | None

    @property
    def answer(self):
        return self.sent.answer

    @cached_property
    def stands(self):
        """Whether the return holds something already, which an acceptance replaces."""
        return self.answer.state != State.NOT_ANSWERED

    @cached_property
    def numbers(self):
        """(name, sent, as it stands, last year) of each number."""
        return [
            (
                name,
                getattr(self.sent, name),
                getattr(self.answer, name),
                getattr(self.before, name, None),
            )
            for name in NUMBERS
        ]

    @cached_property
    def changes(self):
        return [] if self.sent.not_applicable else self.sent.large_changes(self.before)

    @property
    def is_same_as_last_year(self):
        return self.before is not None and all(now == last for _n, now, _s, last in self.numbers)

    @property
    def contradicts(self):
        """Whether something else stands in the table than what was sent."""
        return self.stands and (
            self.sent.not_applicable != (self.answer.state == State.NOT_APPLICABLE)
            or any(now != stands for _name, now, stands, _last in self.numbers)
        )

    @cached_property
    def is_plain(self):
        """Nothing to look at: close to last year's, and nothing written or typed beside it."""
        return (
            self.before is not None
            and not self.sent.not_applicable
            and not self.sent.comment
            and not self.sent.explanation
            and not self.changes
            and not self.contradicts
        )

    @property
    def seen(self):
        """Which sending, and which state of the return, is shown: `accept` takes no other."""
        return f"{self.answer.pk}.{self.sent.version}.{self.answer.version}"


@transaction.atomic
def accept(seen, *, census, now, reason=None):
    """The return becomes what was sent, and counts. `seen` is `Compared.seen`.

    Returns the return; None if the enterprise has sent again, or somebody else has changed the
    return, since it was seen.
    """
    answer, *versions = map(int, seen.split("."))
    waiting = SentAnswer.objects.acceptable().select_for_update(of=("self",))
    waiting = waiting.filter(answer=answer, answer__census=census)
    sent = waiting.select_related("answer__census", "answer__enterprise").first()
    if sent is None or [sent.version, sent.answer.version] != versions:
        return None
    answer = sent.answer
    for name in NUMBERS:
        setattr(answer, name, None if sent.not_applicable else getattr(sent, name))
    answer.state = State.NOT_APPLICABLE if sent.not_applicable else State.CONFIRMED
    answer.change_reason = sent.explanation
    answer.comment = _both(answer.comment, sent.comment)
    answer.not_given = []
    answer._change_reason = reason
    answer.save()
    sent.accepted_at = now
    sent.settled_at = None
    sent.save()
    return answer


def settle(answer, *, now):
    """The answer was given another way: what was sent, and is not accepted, waits for nobody any more.

    Where the answer is open again (`now` is None) so is what was sent.
    """
    sent = SentAnswer.objects.select_for_update().filter(
        answer=answer, accepted_at=None, settled_at__isnull=now is not None
    )
    for one in sent:
        one.settled_at = now
        one.save()
        answer.sent = one


def _both(stands, sent):
    """What the process leader wrote is kept above what the enterprise wrote."""
    if not sent or sent in stands:
        return stands
    return f"{stands}\n{sent}".strip()
