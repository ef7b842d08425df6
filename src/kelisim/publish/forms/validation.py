"""The workbook of a form, put through the programs that telephones and servers rely on.

pyxform turns it into an XForm in process; ODK Validate, which comes with pyxform and needs Java, then loads
the form and evaluates its formulas. What a form must keep beyond that (words in every language, questions
nobody reaches) is checked when it is read.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec

from kelisim.core.errors import KelisimError

__all__ = ["FormCheck", "check_form"]


@dataclass(frozen=True, slots=True)
class FormCheck:
    """What was done: converted or not, validated or not, and what the programs remarked.

    skipped : "" where everything asked for was done, else what is missing
    """

    converted: bool
    validated: bool
    skipped: str
    warnings: tuple[str, ...]


def check_form(workbook: bytes, validate: bool) -> FormCheck:
    """Convert an XLSForm, and validate it where that is asked for and Java is there.

    Raises: KelisimError where a program refuses the form.
    """
    if find_spec("pyxform") is None:
        return FormCheck(False, False, "pyxform: install kelisim[surveys] to have the form converted", ())
    from pyxform.errors import PyXFormError
    from pyxform.validators.odk_validate import ODKValidateError
    from pyxform.xls2xform import convert

    java = shutil.which("java") is not None
    warnings: list[str] = []
    try:
        convert(workbook, warnings=warnings, validate=validate and java, file_type=".xlsx")
    except (PyXFormError, ODKValidateError) as error:
        told = " ".join(str(error).split())
        reason = f"the form was made, and its check refuses it: {told}"
        raise KelisimError(f"{reason} Way out: report it with the questionnaire.") from error
    skipped = "Java: install it to have the form checked by ODK Validate" if validate and not java else ""
    return FormCheck(True, validate and java, skipped, tuple(warnings))
