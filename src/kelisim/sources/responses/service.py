"""Submissions from the services of KoboToolbox and ODK Central, page by page.

Kobo gives `/api/v2/assets/UID/data/` in pages that name the next one, Central gives `....svc/Submissions` as
OData. A page that does not come is asked for again with growing pauses; a page that comes damaged too, and is
refused in the end. The token is sent to the host that was named and to no other, is never part of a message,
and goes over a plain connection only to this machine itself.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from kelisim.core.errors import Fault, Refused
from kelisim.sources.files import read_file
from kelisim.sources.responses.blocks import Block, Opened
from kelisim.sources.responses.submissions import block_of, load_json, submissions_of

__all__ = ["Patience", "open_service", "token_from"]

_TOKEN = "KELISIM_TOKEN"
_PAGE = 1_000
_LARGEST_PAGE = 128 * 2**20
_MOST_PAGES = 100_000
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a page is asked for, and how long is waited. All times in seconds."""

    tries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    timeout: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def pause(self, tried: int, asked_for: float | None) -> float:
        """Before the next try: what the service asked for, else twice as long as before."""
        own = self.first_pause * 2**tried
        return min(self.longest_pause, own if asked_for is None else max(asked_for, 0.0))


def token_from(file: Path | None) -> str:
    """The token of the service, from a file or KELISIM_TOKEN; "" where there is none. Raises: Refused."""
    if file is not None:
        data, _ = read_file(file.absolute().parent, file.name, 10_000)
        token, where = data.decode("ascii", errors="replace").strip(), file.name
    else:
        token, where = os.environ.get(_TOKEN, "").strip(), _TOKEN
    if any(not sign.isascii() or not sign.isprintable() or sign == " " for sign in token):
        way_out = "put the token there and nothing else."
        raise Refused([Fault(where, None, "", "it holds more than a token.", way_out)])
    return token


def open_service(url: str, token: str, patience: Patience | None = None) -> Opened:
    """A service to be read from. Raises: Refused where the address cannot be used."""
    parts = _checked(url, token)
    central = ".svc" in parts.path
    shown = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    made = hashlib.sha256()
    pages = _Pages(shown, parts, token, central, patience or Patience(), made.update)
    kind = "ODK Central, OData" if central else "KoboToolbox"
    return Opened(shown, f"service, {kind}", pages.blocks, made.hexdigest)


def _checked(url: str, token: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(
            "URL", f"the address cannot be read ({error}).", "copy it from the service."
        ) from error
    if parts.username or parts.password:
        way_out = f"put the token into {_TOKEN} or --token-file."
        raise _refused(host or "URL", "the address holds a name or password.", way_out)
    if not host or parts.scheme not in ("http", "https"):
        raise _refused("URL", "this is no address of a service.", "give https://HOST/... of the data.")
    if token and parts.scheme == "http" and host not in _LOCAL:
        raise _refused(host, "a token would go over a connection that others can read.", "use https://.")
    if ".svc" not in parts.path and "/api/v2/assets/" not in parts.path:
        way_out = "Kobo: .../api/v2/assets/UID/data/ ; Central: .../v1/projects/N/forms/FORM.svc/Submissions"
        raise _refused(host, "this is no address of submissions that is known here.", way_out)
    return parts


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of one service."""

    file: str
    start: SplitResult
    token: str
    central: bool
    patience: Patience
    met: Callable[[bytes], None]

    def blocks(self) -> Iterator[Block]:
        url: str | None = self._first()
        seen: set[str] = set()
        number = 0
        while url is not None:
            if url in seen or len(seen) >= _MOST_PAGES:
                raise _refused(
                    self.file, "its pages lead in a circle.", "tell the office that runs the service."
                )
            seen.add(url)
            answer = self._page(url)
            found = submissions_of(answer, self.file)
            if found:
                yield block_of(found, number + 1)
            number += len(found)
            url = self._next(url, answer)
        expected = answer.get("count", answer.get("@odata.count")) if isinstance(answer, dict) else None
        if isinstance(expected, int) and not isinstance(expected, bool) and number < expected:
            reason = f"it speaks of {expected} submissions and gave {number}."
            raise _refused(self.file, reason, "import again; if it stays so, export a file from the service.")

    def _first(self) -> str:
        query = dict(parse_qsl(self.start.query, keep_blank_values=True))
        if self.central:
            query.setdefault("$top", str(_PAGE))
            query.setdefault("$count", "true")
        else:
            query["format"] = "json"
            query.setdefault("limit", str(_PAGE))
        safe = urlencode(query, safe="$")
        return urlunsplit((self.start.scheme, self.start.netloc, self.start.path, safe, ""))

    def _next(self, url: str, answer: Any) -> str | None:
        told = (answer.get("next") or answer.get("@odata.nextLink")) if isinstance(answer, dict) else None
        if not told:
            return None
        if not isinstance(told, str):
            raise _refused(self.file, "the address of its next page is no text.", "export a file instead.")
        following = urlsplit(urljoin(url, told))
        here = self.start
        if (following.hostname, following.port) != (here.hostname, here.port):
            reason = f"its next page lies on another host ({following.hostname}), which gets no token."
            raise _refused(self.file, reason, "tell the office that runs the service, or export a file.")
        # Behind a proxy services write http:// though they are reached over https://.
        return urlunsplit((here.scheme, here.netloc, following.path, following.query, ""))

    def _page(self, url: str) -> Any:
        last: Refused | None = None
        for tried in range(self.patience.tries):
            pause: float | None = None
            try:
                data = self._bytes(url)
                answer = load_json(data, self.file)
                submissions_of(answer, self.file)
                self.met(data)
                return answer
            except urllib.error.HTTPError as error:
                with error:
                    last = self._status(error.code)
                    if error.code not in _AGAIN:
                        raise last from None
                    pause = _asked_pause(error.headers.get("Retry-After"))
            except Refused as refused:  # a page that was cut off may come whole the next time
                last = refused
            except (OSError, http.client.HTTPException, ValueError) as error:
                reason = (
                    f"it does not answer ({getattr(error, 'reason', None) or error or type(error).__name__})."
                )
                last = _refused(self.file, reason, "check the address and the network, then import again.")
            if tried + 1 < self.patience.tries:
                self.patience.sleep(self.patience.pause(tried, pause))
        assert last is not None
        raise last from None

    def _status(self, code: int) -> Refused:
        ways = {
            401: f"put a valid token into {_TOKEN} or --token-file.",
            403: "ask the owner of the form for the right to see its submissions.",
            404: "correct the address: the form may have another number.",
        }
        way_out = ways.get(code, "try again later, or export a file from the service.")
        return _refused(self.file, f"it answers with status {code}.", way_out)

    def _bytes(self, url: str) -> bytes:
        request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "kelisim"})
        if self.token:
            kind = "Bearer" if self.central else "Token"
            # Unredirected: a service that sends us elsewhere does not send the token along.
            request.add_unredirected_header("Authorization", f"{kind} {self.token}")
        with urllib.request.urlopen(request, timeout=self.patience.timeout) as answer:
            data = bytes(answer.read(_LARGEST_PAGE + 1))
            promised = answer.headers.get("Content-Length")
            if promised and promised.isdigit() and len(data) < int(promised):
                raise http.client.IncompleteRead(data, int(promised) - len(data))
        if len(data) > _LARGEST_PAGE:
            reason = f"a page has more than {_LARGEST_PAGE // 2**20} MB."
            raise _refused(
                self.file, reason, "ask for smaller pages: add ?limit=100 (Kobo) or ?$top=100 (Central)."
            )
        return data


def _asked_pause(header: str | None) -> float | None:
    if not header:
        return None
    try:
        return float(header)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(header).timestamp() - time.time()
    except (ValueError, TypeError):
        return None


def _refused(file: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(file, None, "", reason, way_out)])
