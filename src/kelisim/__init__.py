"""kelisim: an open observatory of interethnic relations.

Read the rooms downwards and you have the method: sources are read and stored, audited, turned into
evidence, passed through the disclosure gate and published in Kazakh, Russian and English.

The names below are the public interface; the rest is reached by room and may change. Each is loaded when it
is first used, so that `import kelisim` costs nothing.

>>> import kelisim
>>> round(kelisim.dissimilarity([30, 10], [20, 40]), 4)
0.4167
>>> rate, low, high = kelisim.poisson_rate(events=3, exposure=14, level=0.95)
>>> round(rate, 3), round(low, 3), round(high, 3)
(0.214, 0.044, 0.626)
>>> kelisim.Estimate(value=0.4, unit="index 0-1", method="dissimilarity", grade="good", source="census").flag
'ok'
>>> try:
...     kelisim.isolation([0, 0], [10, 10])
... except kelisim.NotDefined as finding:
...     print(finding.reason)
no_members
>>> [issubclass(error, kelisim.KelisimError) for error in (kelisim.Refused, kelisim.NotDefined)]
[True, True]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kelisim.core.areas import Area
    from kelisim.core.errors import KelisimError, NotDefined, Refused
    from kelisim.core.estimates import Estimate, Figure
    from kelisim.core.findings import Finding
    from kelisim.core.study import Study
    from kelisim.core.tables import Table
    from kelisim.runs.desk import check, compute, estimates, explain, read_study, run_study
    from kelisim.stats.composition import entropy, fractionalisation, polarisation, shares
    from kelisim.stats.location import location_quotients
    from kelisim.stats.rates import poisson_rate, proportion_interval
    from kelisim.stats.segregation import (
        dissimilarity,
        exposure,
        isolation,
        multigroup_dissimilarity,
        theil_h,
    )

__version__ = "0.1.0"
__all__ = [
    "Area",
    "Estimate",
    "Figure",
    "Finding",
    "KelisimError",
    "NotDefined",
    "Refused",
    "Study",
    "Table",
    "__version__",
    "check",
    "compute",
    "dissimilarity",
    "entropy",
    "estimates",
    "explain",
    "exposure",
    "fractionalisation",
    "isolation",
    "location_quotients",
    "multigroup_dissimilarity",
    "poisson_rate",
    "polarisation",
    "proportion_interval",
    "read_study",
    "run_study",
    "shares",
    "theil_h",
]

_ROOMS = {
    "core.areas": ("Area",),
    "core.errors": ("KelisimError", "NotDefined", "Refused"),
    "core.estimates": ("Estimate", "Figure"),
    "core.findings": ("Finding",),
    "core.study": ("Study",),
    "core.tables": ("Table",),
    "runs.desk": ("check", "compute", "estimates", "explain", "read_study", "run_study"),
    "stats.composition": ("entropy", "fractionalisation", "polarisation", "shares"),
    "stats.location": ("location_quotients",),
    "stats.rates": ("poisson_rate", "proportion_interval"),
    "stats.segregation": ("dissimilarity", "exposure", "isolation", "multigroup_dissimilarity", "theil_h"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"kelisim.{_HOME[name]}"), name)
    raise AttributeError(f"module 'kelisim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
