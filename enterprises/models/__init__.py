"""The register of work-integrating social enterprises (ASF) and its autumn census."""

from .asking import AnswerLink, Letter, SentAnswer
from .census import Census, CensusNumbers, CensusReturn, usual_range
from .register import (
    Answer,
    Contact,
    Enterprise,
    EnterpriseStatus,
    Industry,
    ToldApart,
    check_organisation_number,
)

__all__ = [
    "Answer",
    "AnswerLink",
    "Census",
    "CensusNumbers",
    "CensusReturn",
    "Contact",
    "Enterprise",
    "EnterpriseStatus",
    "Industry",
    "Letter",
    "SentAnswer",
    "ToldApart",
    "check_organisation_number",
    "usual_range",
]
