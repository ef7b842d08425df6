"""All checks of the auditor, in the order in which a reader meets their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kelisim.audit.identical_distributions import identical_distributions
from kelisim.audit.label_definitions import labels_with_two_definitions
from kelisim.audit.missing_units import missing_units
from kelisim.audit.repeated_question import repeated_questions
from kelisim.audit.share_counts import shares_against_counts
from kelisim.audit.share_sums import share_sums
from kelisim.audit.totals import totals
from kelisim.core.findings import Finding
from kelisim.core.study import Study

__all__ = ["CHECKS", "audit"]

CHECKS: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    totals,
    missing_units,
    shares_against_counts,
    share_sums,
    repeated_questions,
    identical_distributions,
    labels_with_two_definitions,
)


def audit(study: Study) -> tuple[Finding, ...]:
    """Run every check on a study. The order of findings is the order of checks, tables and rows."""
    return tuple(finding for check in CHECKS for finding in check(study))
