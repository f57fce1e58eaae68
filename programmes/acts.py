"""What is written together carries one moment in its history, so that it can be found again, together."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.dispatch import receiver
from django.utils import timezone
from simple_history.signals import pre_create_historical_record

_moment = ContextVar("moment", default=None)


@contextmanager
def one_act():
    """Everything written within is one act; an act within another is a part of it.

    A request is one, and so is the deletion of a record with all that hangs on it.
    """
    if _moment.get() is not None:
        yield
        return
    token = _moment.set([])
    try:
        yield
    finally:
        _moment.reset(token)


@receiver(pre_create_historical_record)
def _at_the_moment_of_the_act(instance, history_instance, **_rest):
    moment = _moment.get()
    if moment is None or hasattr(instance, "_history_date"):
        return
    # That of the first thing written, not of the beginning: a request may wait for another's.
    if not moment:
        moment.append(timezone.now())
    history_instance.history_date = moment[0]
