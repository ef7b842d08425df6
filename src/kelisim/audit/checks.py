"""All checks of the auditor, in the order in which a reader meets their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kelisim.audit.addresses import addresses
from kelisim.audit.claims import claims
from kelisim.audit.event_records import event_records
from kelisim.audit.events_in_time import events_in_time, events_told_twice
from kelisim.audit.identical_distributions import identical_distributions
from kelisim.audit.label_definitions import labels_with_two_definitions
from kelisim.audit.missing_units import missing_units
from kelisim.audit.powers_of_ten import powers_of_ten
from kelisim.audit.products import products
from kelisim.audit.quantities import quantities
from kelisim.audit.question_bases import question_bases
from kelisim.audit.reference_dates import reference_dates
from kelisim.audit.repeated_blocks import repeated_blocks
from kelisim.audit.repeated_question import repeated_questions
from kelisim.audit.samples import samples
from kelisim.audit.several_answers import exclusive_shares, options_without_print
from kelisim.audit.share_counts import shares_against_counts
from kelisim.audit.share_sums import share_sums
from kelisim.audit.totals import totals
from kelisim.core.findings import Finding
from kelisim.core.study import Study

__all__ = ["CHECKS", "audit"]

CHECKS: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    totals,
    powers_of_ten,
    repeated_blocks,
    reference_dates,
    missing_units,
    shares_against_counts,
    share_sums,
    repeated_questions,
    identical_distributions,
    exclusive_shares,
    options_without_print,
    question_bases,
    samples,
    labels_with_two_definitions,
    quantities,
    products,
    claims,
    events_in_time,
    events_told_twice,
    event_records,
    addresses,
)


def audit(study: Study) -> tuple[Finding, ...]:
    """Run every check on a study. The order of findings is the order of checks, tables and rows."""
    return tuple(finding for check in CHECKS for finding in check(study))
