"""Workbooks that hold no time, so that the same contents give the same bytes on every day."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["without_time"]

_DAY = (2000, 1, 1, 0, 0, 0)


def without_time(workbook: bytes) -> bytes:
    """The workbook (.xlsx) with the times of its parts and of its last change set to one day."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _DAY)
            part.compress_type = zipfile.ZIP_DEFLATED
            data = old.read(name)
            if name == "docProps/core.xml":
                # Saving sets the days of making and change whatever the workbook says.
                data = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data
                )
            new.writestr(part, data)
    return again.getvalue()
