"""The commands that bring texts in: collect from feeds, import exports, find feeds, look at the coverage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kelisim.core.texts import Look, WatchedSource
    from kelisim.runs.discourse_import import ImportedTexts

__all__ = ["collect", "import_texts"]

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

    Each source is asked in its own rhythm, politely: only for what changed, as its robots.txt allows, and less
    often when it fails. Authors become keyed digests and numbers of persons placeholders before anything is
    written. Stop it at any moment; nothing that was told is lost. Exit code 2: the study cannot be read.
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
            raise click.BadParameter(f"'{value}' is no pair such as text=message; left of = {', '.join(MAPPED)}.")
        found[meant] = name
    if found and "text" not in found:
        raise click.BadParameter("the column of the text is needed: --column text=COLUMN.")
    return found


@click.command(
    "import",
    epilog="\b\nExample: kelisim discourse import my-region result.json --platform telegram --source channel-a\n"
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
    Instagram or Facebook, NDJSON of Zeeschuimer, CSV of 4CAT, YouTube comments of yt-dlp, YouTube Data Tools or
    Takeout, a WARC, any CSV or XLSX whose columns you name, or a zip of these. Importing a file again changes
    nothing. What cannot be taken is counted and stands in a file with its reason. Exit code 2: nothing of FILE
    could be read.
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
