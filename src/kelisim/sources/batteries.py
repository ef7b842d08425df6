"""The library of batteries: items with their source, scoring and limits, as data beside this module."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files

from kelisim.core.errors import KelisimError
from kelisim.sources.documents import validated
from kelisim.sources.questionnaire_document import BatteryDocument
from kelisim.sources.yaml_file import load_yaml

__all__ = ["battery_document", "battery_names", "battery_text", "nearest_battery"]


@cache
def battery_names() -> tuple[str, ...]:
    """Names of the batteries, in the order of the alphabet."""
    folder = files("kelisim.sources").joinpath("batteries")
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def nearest_battery(name: str) -> str:
    """The battery whose name comes nearest; "" where the name itself is one of the library."""
    if name in battery_names():
        return ""
    near = difflib.get_close_matches(name, battery_names(), n=1, cutoff=0.0)
    return near[0] if near else "none"


@cache
def battery_document(name: str) -> BatteryDocument:
    """A battery as declared. Raises: KelisimError."""
    file = f"{name}.yaml"
    raw, lines = load_yaml(battery_text(name), file)
    return validated(BatteryDocument, raw, lines, file)


def battery_text(name: str) -> str:
    """The declaration of a battery, to read or to copy from. Raises: KelisimError."""
    if nearest := nearest_battery(name):
        raise KelisimError(f"the library has no battery '{name}'. Nearest: {nearest}.")
    text = files("kelisim.sources").joinpath(f"batteries/{name}.yaml").read_text(encoding="utf-8")
    return str(text)
