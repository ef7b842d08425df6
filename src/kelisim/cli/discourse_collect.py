"""The commands that bring texts in: collect from feeds, import exports, find feeds, look at the coverage."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kelisim.core.texts import Look, WatchedSource
    from kelisim.evidence.discourse.coverage import CoverageDay
    from kelisim.runs.discourse_import import ImportedTexts

__all__ = ["collect", "coverage", "find", "import_texts", "sources"]

_STUDY = click.argument("study", type=click.Path(path_type=Path))


@click.command(
    epilog="\b\nExample: kelisim discourse collect my-region --once\n"
    "Example: kelisim discourse collect my-region --source portal-a --once"
)
@_STUDY
@click.option("--source", "only", multiple=True, metavar="ID", help="Only this source; may be repeated.")
@click.option("--once", is_flag=True, help="Look at what is due, then end; for a timer of the system.")
@click.option("--allow-private", is_flag=True, help="Also ask addresses inside the house.")
@click.option("--quiet", is_flag=True, help="Print nothing but faults.")
def collect(study: Path, only: tuple[str, ...], once: bool, allow_private: bool, quiet: bool) -> None:
    """Look at the feeds of STUDY (sources.csv) and keep what is new in its closed warehouse.

    Each source is asked in its own rhythm, politely: only for what changed, as its robots.txt allows, and
    less often when it fails. Authors become keyed digests and numbers of persons placeholders before
    anything is written. Stop it at any moment; nothing that was told is lost. Exit code 2: the study
    cannot be read.
    """
    from kelisim.runs.discourse_collect import Manners
    from kelisim.runs.discourse_collect import collect as collect_feeds
    from kelisim.sources.feeds.fetching import Limits

    def tell(look: Look, source: WatchedSource) -> None:
        if not quiet:
            click.echo(_told(look))

    looks = collect_feeds(
        study, only=only, once=once, manners=Manners(Limits(allow_private=allow_private)), tell=tell
    )
    if quiet:
        return
    if not looks:
        click.echo("No source with a feed was due; --source ID looks at one at once.")
    failed = sum(not look.ok for look in looks)
    click.echo(
        f"{len(looks)} sources looked at, {sum(look.new for look in looks)} new texts, {failed} not read. "
        f"Next: kelisim discourse coverage {study}"
    )


def _told(look: Look) -> str:
    if not look.ok:
        return f"{look.source_id}: not read: {look.reason}"
    if look.status == 304:
        return f"{look.source_id}: nothing changed"
    odd = f" ({look.reason})" if look.reason else ""
    aside = f", {look.aside} set aside" if look.aside else ""
    return f"{look.source_id}: {look.read} entries, {look.new} new{aside}{odd}"


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    from kelisim.sources.posts.tables import MAPPED

    found = {}
    for value in values:
        meant, sign, name = value.partition("=")
        if not sign or not name or meant not in MAPPED:
            raise click.BadParameter(
                f"'{value}' is no pair such as text=message; left of = {', '.join(MAPPED)}."
            )
        found[meant] = name
    if found and "text" not in found:
        raise click.BadParameter("the column of the text is needed: --column text=COLUMN.")
    return found


@click.command(
    "import",
    epilog="\b\nExample: kelisim discourse import my-region result.json --source channel-a\n"
    "Example: kelisim discourse import my-region posts.xlsx --source page-b\n"
    "             --column id=number --column text=message --column posted_at=date",
)
@_STUDY
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--platform",
    type=click.Choice(["vk", "instagram", "facebook", "telegram", "youtube"]),
    help="What the file is of; told by its content unless given.",
)
@click.option("--source", "source_id", metavar="ID", help="The source of sources.csv that the file is of.")
@click.option(
    "--column", "columns", multiple=True, callback=_pairs, metavar="MEANING=COLUMN",
    help="For a table of your own: which column is id, text, posted_at, author, parent, kind, likes ...",
)  # fmt: skip
@click.option(
    "--kind", type=click.Choice(["article", "post", "comment"]), default="post", show_default=True,
    help="What the rows of a table of your own are.",
)  # fmt: skip
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--timezone", help="Zone of times without one, such as Asia/Almaty; the study's unless given.")
@click.option("--quiet", is_flag=True, help="Print nothing but faults.")
def import_texts(
    study: Path, file: Path, platform: str | None, source_id: str | None, columns: dict[str, str], kind: str,
    sheet: str | None, timezone: str | None, quiet: bool,
) -> None:  # fmt: skip
    """Import posts and comments from FILE into the closed warehouse of STUDY.

    FILE may be a JSON export of Telegram Desktop, JSON of VK's or YouTube's interface, the own download of
    Instagram or Facebook, NDJSON of Zeeschuimer, CSV of 4CAT, YouTube comments of yt-dlp, YouTube Data
    Tools or Takeout, a WARC, any CSV or XLSX whose columns you name, or a zip of these. Importing a file
    again changes nothing. What cannot be taken is counted and stands in a file with its reason. Exit code
    2: nothing of FILE could be read.
    """
    from kelisim.runs.discourse_import import import_export

    def tell(words: str) -> None:
        if not quiet:
            click.echo(f"  {words}", err=True)

    _check_zone(timezone)
    done = import_export(
        study, file, platform=platform or "", source_id=source_id, columns=columns, kind=kind, sheet=sheet,
        timezone=timezone, tell=tell,
    )  # fmt: skip
    nothing = done.taken == 0 and sum(done.aside.values()) > 0
    if not quiet or nothing:
        for line in _lines_of(done):
            click.echo(line, err=nothing)
    if nothing:
        raise click.exceptions.Exit(2)
    if not quiet:
        click.echo(f"Next: kelisim discourse coverage {study}")


def _check_zone(timezone: str | None) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if timezone is not None:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise click.BadParameter(
                f"'{timezone}' is no time zone; write one such as Asia/Almaty.", param_hint="--timezone"
            ) from None


def _lines_of(done: ImportedTexts) -> list[str]:
    lines = [f"Read as {', '.join(done.how) or 'nothing'}."]
    if done.changed:
        lines.append(f"{done.changed[0].upper()}{done.changed[1:]}")
    lines.append(
        f"{done.read:,} records: {done.taken:,} texts taken ({done.new:,} new, {done.edited:,} edited, "
        f"{done.known:,} known already)."
    )
    lines += [f"  {source}: {count:,}" for source, count in done.by_source.items()]
    if done.undated:
        lines.append(f"{done.undated:,} of them have no time; they count for no day.")
    lines += [f"{count:,} passed over: {what}." for what, count in sorted(done.passed.items())]
    if done.skipped:
        shown = ", ".join(done.skipped[:3]) + (" ..." if len(done.skipped) > 3 else "")
        lines.append(f"{len(done.skipped):,} files of the archive hold no texts that are read: {shown}")
    if done.aside:
        lines.append(f"{sum(done.aside.values()):,} set aside in {done.aside_file}:")
        lines += [f"  {count:,}: {reason}" for reason, count in done.aside.most_common(8)]
    return lines


@click.command(
    epilog="\b\nExample: kelisim discourse coverage my-region\n"
    "Example: kelisim discourse coverage my-region --days 365 --format json > coverage.json"
)
@_STUDY
@click.option("--source", "only", multiple=True, metavar="ID", help="Only this source; may be repeated.")
@click.option("--days", type=click.IntRange(1), default=28, show_default=True, help="Last days to show.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day to show; today unless given.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def coverage(study: Path, only: tuple[str, ...], days: int, until: datetime | None, form: str) -> None:
    """Show for every source, language and day of STUDY whether it may be counted, and if not, why.

    A day is ok, late (still to be looked at), partial, outage, not_collected or retired. An outage is missing
    and never zero: no series, share or alert is made from it. With what was expected stands the interval that
    95 of 100 such days keep to.
    """
    from kelisim.runs.discourse_coverage import coverage_of

    rows = coverage_of(study, until=None if until is None else until.date(), only=only)
    shown = sorted({row.day for row in rows})[-days:]
    rows = [row for row in rows if shown and row.day >= shown[0]]
    if form == "json":
        click.echo(json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1))
        return
    for line in _coverage_lines(rows):
        click.echo(line)
    missing = [row for row in rows if row.status in ("partial", "outage", "not_collected")]
    click.echo(
        f"{len(rows)} days of sources and languages, {len(missing)} missing. "
        f"Next: kelisim discourse collect {study} --once"
    )


def _plain(row: CoverageDay) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(row), "day": row.day.isoformat()}


_SIGNS = {"ok": ".", "late": "?", "partial": "p", "outage": "X", "not_collected": "-", "retired": " "}


def _coverage_lines(rows: Sequence[CoverageDay]) -> Iterator[str]:
    from itertools import groupby

    if rows:
        legend = ", ".join(f"{sign} {status}" for status, sign in _SIGNS.items() if sign != " ")
        yield f"{min(row.day for row in rows)} to {max(row.day for row in rows)}; one sign a day: {legend}"
    for (source, lang), series in groupby(rows, key=lambda row: (row.source_id, row.lang)):
        days = list(series)
        yield f"{source:24} {lang:4} {''.join(_SIGNS[row.status] for row in days)}"
        wrong = [row for row in days if row.status in ("partial", "outage", "not_collected")]
        for (status, reason), same in groupby(wrong, key=lambda row: (row.status, row.reason)):
            block = list(same)
            when = f"{block[0].day}" if len(block) == 1 else f"{block[0].day} to {block[-1].day}"
            yield f"  {status:13} {when}: {reason}{_against(block)}"


def _against(block: Sequence[CoverageDay]) -> str:
    last = block[-1]
    if last.expected is None:
        return ""
    return f"; {last.got} texts, {last.expected:.0f} expected ({last.low} to {last.high})"


@click.group(epilog="Example: kelisim discourse sources find https://portal.example --out found.csv")
def sources() -> None:
    """The list of watched sources: find the feeds that it lacks, from the sites' own pages alone."""


@sources.command(
    epilog="\b\nExample: kelisim discourse sources find my-region --out found.csv\n"
    "Example: kelisim discourse sources find https://portal.example"
)
@click.argument("where", metavar="URL|STUDY")
@click.option("--out", type=click.Path(path_type=Path), help="File for the proposals (CSV).")
@click.option("--force", is_flag=True, help="Replace the file.")
@click.option("--allow-private", is_flag=True, help="Also ask addresses inside the house.")
def find(where: str, out: Path | None, force: bool, allow_private: bool) -> None:
    """Find the feeds of a site, or of every portal of a study that has an address and no feed.

    Looks at the site's own page, at what it links to, at the usual places and at its robots.txt, and tries
    each feed. Nothing of the study is changed: copy what you take into sources.csv. Exit code 2: it cannot be
    read.
    """
    from kelisim.runs.discourse_finding import find_sources, write_proposals
    from kelisim.sources.feeds.fetching import Limits

    found = find_sources(
        where, limits=Limits(allow_private=allow_private), tell=lambda words: click.echo(words, err=True)
    )
    for one in found:
        if one.found is not None:
            newest = f", newest {one.found.newest:%Y-%m-%d}" if one.found.newest else ""
            click.echo(f"{one.found.address} ({one.found.how}; {one.found.entries} entries{newest})")
        else:
            click.echo(f"{one.address}: {one.remark}")
    if out is not None:
        write_proposals(out, found, replace=force)
    count = sum(one.found is not None for one in found)
    kept = f" Wrote {out}." if out is not None else ""
    click.echo(f"{count} feeds found.{kept} Next: put what you take into the column `feed` of sources.csv")
