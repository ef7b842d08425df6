"""The options that tell how people were drawn, shared by every command of `kelisim survey` on a bare file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kelisim.stats.survey.design import Design

__all__ = ["INTERVALS", "column_list", "columns", "design_options", "halves", "made_design", "two_numbers"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LONELY = ["fail", "remove", "certainty", "adjust", "average", "collapse"]
INTERVALS = ["logit", "wilson", "beta", "beta-uncapped"]


def column_list(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Columns given as A,B or by repeating the option."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def columns(name: str, words: str, **more: Any) -> Callable[[_Command], _Command]:
    """An option that takes columns."""
    return click.option(name, multiple=True, callback=column_list, metavar="COLUMNS", help=words, **more)


def design_options(*, weights_required: bool) -> Callable[[_Command], _Command]:
    """--weights, --strata, --psu, --fpc, --lonely, --collapse, --nest, --kind, --places-exchangeable."""
    unweighted = "" if weights_required else " Without them every record counts once."
    options = [
        click.option(
            "--weights",
            required=weights_required,
            metavar="COLUMN",
            help=f"Weights: inverse chances of selection.{unweighted}",
        ),
        columns("--strata", "Strata, one column per stage."),
        columns("--psu", "Sampling units, first stage first; none: every record is one."),
        columns("--fpc", "Population counts or sampled fractions, one column per stage."),
        click.option(
            "--lonely",
            required=weights_required,
            type=click.Choice(_LONELY),
            help="Rule for strata with one unit.",
        ),
        click.option("--collapse", multiple=True, metavar="STRATUM=JOINED", help="Pairing for that rule."),
        click.option(
            "--nest/--no-nest", default=True, show_default=True, help="Codes of units repeat between strata."
        ),
        click.option(
            "--kind",
            type=click.Choice(["probability", "quota", "convenience"]),
            default="probability",
            show_default=True,
            help="How people were chosen; picked samples get no margin of error.",
        ),
        click.option(
            "--places-exchangeable", is_flag=True, help="Picked sample: as if places were a random draw."
        ),
    ]

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def made_design(options: dict[str, Any]) -> Design:
    """The design from these options.  Raises: ValueError where they do not go together."""
    from kelisim.stats.survey.design import Design

    if options["lonely"] is None and options["strata"]:
        raise ValueError("with --strata, say by --lonely what a stratum with one sampling unit adds")
    return Design(
        kind=options["kind"],
        weights=options["weights"],
        lonely=options["lonely"] or "fail",
        strata=options["strata"],
        psu=options["psu"],
        fpc=options["fpc"],
        nest=options["nest"],
        collapse=dict(halves(pair, "=") for pair in options["collapse"]) or None,
        assume="places_exchangeable" if options["places_exchangeable"] else None,
    )


def halves(text: str, mark: str) -> tuple[str, str]:
    """Both sides of A=B or A/B.  Raises: ValueError."""
    first, found, second = text.partition(mark)
    if not (found and first.strip() and second.strip()):
        raise ValueError(f"'{text}' should have the form A{mark}B")
    return first.strip(), second.strip()


def two_numbers(text: str | None, name: str) -> tuple[float, float] | None:
    """Two numbers given as LOW,HIGH; None where nothing was given.  Raises: ValueError."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in halves(text, ","))
    except ValueError:
        raise ValueError(f"{name} takes two numbers, such as 0.5,2, not '{text}'") from None
    return low, high
