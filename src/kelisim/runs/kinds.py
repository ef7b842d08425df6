"""All kinds of table a study may declare, collected from the strands that own them."""

from __future__ import annotations

from kelisim.core.tables import TableSpec
from kelisim.evidence.demography.tables import TABLES as DEMOGRAPHY
from kelisim.evidence.discourse.tables import TABLES as DISCOURSE
from kelisim.evidence.economy.tables import TABLES as ECONOMY
from kelisim.evidence.events.tables import TABLES as EVENTS
from kelisim.evidence.institutions.tables import TABLES as INSTITUTIONS
from kelisim.evidence.survey.tables import TABLES as SURVEY

__all__ = ["KINDS"]

KINDS: dict[str, TableSpec] = {
    spec.kind: spec for spec in (*DEMOGRAPHY, *ECONOMY, *INSTITUTIONS, *EVENTS, *SURVEY, *DISCOURSE)
}
