"""`kelisim survey scale`: whether items form a scale, and whether languages may be compared on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.cli.survey_design import columns, design_options, made_design
from kelisim.cli.survey_table import laid_out

if TYPE_CHECKING:
    from kelisim.runs.bare_scale import ScaleReport
    from kelisim.stats.scales.invariance import Invariance

__all__ = ["scale"]

_EPILOG = (
    "Example: kelisim survey scale wave.csv --items trust1,trust2,trust3,trust4 --reverse trust3"
    " --psu village --by language"
)


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@columns("--items", "The items of the scale, as numbers.", required=True)
@columns("--reverse", "Items worded the other way.")
@click.option("--by", metavar="COLUMN", help="Language of interview: invariance and differential items.")
@design_options(weights_required=False)
@click.option("--polychoric", is_flag=True, help="Omega of ordered answers, for fewer than five categories.")
@click.option("--draws", type=click.IntRange(99, 20_000), default=999, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws of sampling units.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option(
    "--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True, help="Of verdicts."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def scale(file: Path, form: str, **options: Any) -> None:
    """Judge the items in FILE as a scale: alpha, omega, items, likeness within places, languages compared.

    Records that lack an answer to an item are left out and counted. Reversed items are declared, not guessed.
    Exit code 2: the file, the design or the options cannot be used.
    """
    import numpy as np

    from kelisim.publish.words import Speaker
    from kelisim.runs.bare_scale import scale_report

    try:
        if options["seed"] < 0:
            raise ValueError("--seed is 0 or more")
        made = scale_report(
            file,
            made_design(options),
            options["items"],
            reverse=options["reverse"],
            by=options["by"],
            level=options["level"],
            correlations="polychoric" if options["polychoric"] else "pearson",
            draws=options["draws"],
            rng=np.random.default_rng(options["seed"]),
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    say = Speaker(options["language"]).word
    click.echo(
        json.dumps(_record(made), ensure_ascii=False, indent=1) if form == "json" else _text(made, say)
    )


def _record(made: ScaleReport) -> dict[str, Any]:
    return {
        "items": list(made.items.names),
        "reverse": list(made.items.reverse),
        "n": made.alpha.n,
        "left_out": made.items.left_out,
        "alpha": asdict(made.alpha),
        "cluster_interval": None if made.clusters is None else asdict(made.clusters),
        "omega": None if made.omega is None else asdict(made.omega),
        "verdict": asdict(made.verdict),
        "places": [asdict(place) for place in made.places],
        "groups": [asdict(group) for group in made.groups],
        "invariance": None if made.invariance is None else _ladder(made.invariance),
        "differential": [asdict(item) for item in made.differential],
        "missing": [{"what": what, "reason": reason} for what, reason in made.missing],
    }


def _ladder(made: Invariance) -> dict[str, Any]:
    steps = []
    for step in made.steps:
        fit = step.fit
        shown: dict[str, Any] = {
            name: getattr(fit, name) for name in ("chi2", "df", "p", "scaling", "cfi", "rmsea")
        }
        for name in ("level", "d_chi2", "d_df", "d_cfi", "d_rmsea", "freed", "holds"):
            shown[name] = getattr(step, name)
        shown["d_p"] = step.p
        steps.append(shown)
    return {
        "verdict": made.verdict,
        "means_allowed": made.means_allowed,
        "languages": dict(zip(made.languages, made.sizes, strict=True)),
        "too_few": dict(made.too_few),
        "steps": steps,
        "moving": [asdict(item) for item in made.moving],
        "factor_means": dict(zip(made.languages, made.factor_means, strict=False)),
        "factor_mean_se": dict(zip(made.languages, made.factor_mean_se, strict=False)),
        "codes": list(made.codes),
    }


def _text(made: ScaleReport, say: Callable[[str], str]) -> str:
    alpha, lines = made.alpha, []
    lines.append(f"{len(made.items.names)} items, n {alpha.n}, left out {made.items.left_out}")
    lines.append(
        f"alpha {alpha.value:.3f}; independent interviews (Feldt) {alpha.low:.3f} .. {alpha.high:.3f}"
    )
    if made.clusters is not None and made.clusters.low is not None:
        c = made.clusters
        lines.append(
            f"  by the design {c.low:.3f} .. {c.high:.3f} ({c.psus} sampling units, df {c.df:g},"
            f" {c.draws} draws)"
        )
    if made.omega is not None:
        o = made.omega
        lines.append(f"omega {o.value:.3f} ({o.correlations}, largest residual {o.residual:.3f})")
    for place in made.places:
        lines.append(
            f"likeness within places ({place.method}) {place.value:.3f}, {place.low:.3f} .. {place.high:.3f}"
            f" ({place.places} places)"
        )
    lines += [f"{what}: {say(f'reason.{reason}')}" for what, reason in made.missing]
    rows: list[tuple[str, ...]] = [("item", "mean", "sd", "rest", "alpha without", "loading")]
    for i, item in enumerate(alpha.items):
        name = f"{item.name} (reversed)" if item.name in made.items.reverse else item.name
        loading = None if made.omega is None else made.omega.loadings[i]
        rows.append(
            (name, *(_short(x) for x in (item.mean, item.sd, item.rest, item.alpha_without, loading)))
        )
    lines += ["", *laid_out(rows), ""]
    lines += [say(f"scale.code.{code}") for code in made.verdict.codes]
    if made.verdict.negative:
        lines[-1] += f" ({', '.join(made.verdict.negative)})"
    lines.append(say("scale.index.yes" if made.verdict.may_enter_index else "scale.index.no"))
    if made.groups:
        lines += ["", *laid_out([("group", "n", "alpha", "interval"), *map(_group, made.groups)])]
    if made.invariance is not None:
        lines += ["", *_invariance(made.invariance, say)]
    if made.differential:
        head = ("item", "uniform p", "non-uniform p", "change of R2", "finding")
        found = [
            (
                d.item,
                f"{d.p_uniform:.3f}",
                f"{d.p_nonuniform:.3f}",
                f"{d.r2_uniform + d.r2_nonuniform:.3f}",
                say("scale.dif.none")
                if d.kind == "none"
                else f"{say(f'scale.dif.{d.kind}')}, {say(f'scale.size.{d.size}')}",
            )
            for d in made.differential
        ]
        lines += ["", *laid_out([head, *found])]
    return "\n".join(lines)


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"


def _group(group: Any) -> tuple[str, str, str, str]:
    a = group.alpha
    if a is None:
        return group.group, "", "-", group.reason.replace("_", " ")
    return group.group, str(a.n), _short(a.value), f"{a.low:.3f} .. {a.high:.3f}"


def _invariance(made: Invariance, say: Callable[[str], str]) -> list[str]:
    lines = []
    if made.steps:
        rows = [("rung", "chi2", "df", "CFI", "RMSEA", "d CFI", "d RMSEA", "p", "holds", "let go")]
        for step in made.steps:
            rows.append(
                (
                    step.level,
                    f"{step.fit.chi2:.2f}",
                    str(step.fit.df),
                    _short(step.fit.cfi),
                    _short(step.fit.rmsea),
                    _short(step.d_cfi),
                    _short(step.d_rmsea),
                    _short(step.p),
                    "yes" if step.holds else "no",
                    ", ".join(step.freed),
                )
            )
        lines += [*laid_out(rows), ""]
    lines.append(say(f"scale.verdict.{made.verdict}"))
    if made.too_few:
        few = ", ".join(f"{name} {n}" for name, n in made.too_few)
        lines.append(f"{say('scale.code.small_language')} ({few})")
    lines += [say(f"scale.code.{code}") for code in made.codes if code != "small_language"]
    if made.factor_means:
        told = [
            f"{name} {mean:+.3f} (se {se:.3f})"
            for name, mean, se in zip(made.languages, made.factor_means, made.factor_mean_se, strict=True)
        ]
        lines.append(f"{say('scale.means')}: {', '.join(told)}")
    return lines
