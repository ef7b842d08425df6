"""The entrance of the commands: how a command ends, whatever happened in it.

Exit codes: 0 done, 1 findings, 2 input or output that has to be changed, 70 a fault of kelisim itself, 130
and 143 stopped. Every one of them leaves the output as it was or complete.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from kelisim.core.errors import KelisimError

__all__ = ["Entrance"]

_REFUSED, _OWN_FAULT, _STOPPED = 2, 70, 130
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Entrance(click.Group):
    """Commands behind one net: known errors become one message and exit code 2.

    An error nobody foresaw is a fault of kelisim and gets a code of its own, so that it is never taken for a
    finding or for bad input. A stopped run sweeps up after itself and ends as the shell expects.
    """

    def invoke(self, ctx: click.Context) -> object:
        for stream in (sys.stdout, sys.stderr):
            # A terminal without Kazakh letters shows them escaped instead of stopping the command.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        with _stopped_in_order():
            try:
                return super().invoke(ctx)
            except KelisimError as error:
                _end(ctx, _REFUSED, str(error))
            except KeyboardInterrupt:
                _end(ctx, _STOPPED, "stopped; no output was left half-written.")
            except MemoryError:
                _end(ctx, _REFUSED, "this machine has too little memory. Way out: split the study.")
            except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
                raise
            except Exception as error:
                if os.environ.get("KELISIM_TRACEBACK"):
                    raise
                fault = f"{type(error).__name__}: {error}"
                said = f"a fault of kelisim itself ({fault}); no output was left half-written."
                _end(
                    ctx, _OWN_FAULT, f"{said} Way out: run with KELISIM_TRACEBACK=1 and report what it shows."
                )


def _end(ctx: click.Context, code: int, words: str) -> NoReturn:
    click.echo(f"kelisim: {words}", err=True)
    ctx.exit(code)


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    # Without a handler these signals end the process at once and leave the half-written folder behind.
    def stop(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
