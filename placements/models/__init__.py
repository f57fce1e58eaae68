"""Grants for supervised places, the placements under them, and what came of them.

Nothing here names a person: a participant is a random code and a sex.
"""

from .grants import Grant, Instalment
from .participants import (
    CODE_LETTERS,
    KEY,
    Participant,
    Sex,
    as_code,
    has_shape_of_code,
    random_code,
)
from .placements import Outcome, Placement, State, end_of, has_ended
from .readings import Reading

__all__ = [
    "CODE_LETTERS",
    "KEY",
    "Grant",
    "Instalment",
    "Outcome",
    "Participant",
    "Placement",
    "Reading",
    "Sex",
    "State",
    "as_code",
    "end_of",
    "has_ended",
    "has_shape_of_code",
    "random_code",
]
