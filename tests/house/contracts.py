"""A contract type for the floor plan: `forbidden`, for a house whose rooms are built one after another.

import-linter's own `forbidden` stops with an error when a named room does not exist. Here a room that is not
built yet is left out of the comparison, so the plan can name all rooms from the first day and binds each of
them from the moment its folder appears.
"""

from __future__ import annotations

from importlinter import ContractCheck
from importlinter.contracts.forbidden import ForbiddenContract

__all__ = ["ForbiddenWhenBuilt"]


class ForbiddenWhenBuilt(ForbiddenContract):
    """`forbidden`, without the rooms of kelisim that are not built yet."""

    type_name = "forbidden_when_built"

    def check(self, graph, verbose: bool) -> ContractCheck:
        def built(expression) -> bool:
            name = str(expression)
            return not name.startswith("kelisim.") or "*" in name or name in graph.modules

        self.source_modules = {module for module in self.source_modules if built(module)}
        self.forbidden_modules = {module for module in self.forbidden_modules if built(module)}
        return super().check(graph, verbose)
