"""The commands that bring texts in: collect from feeds, import exports, find feeds, look at the coverage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kelisim.core.texts import Look, WatchedSource

__all__ = ["collect"]

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
