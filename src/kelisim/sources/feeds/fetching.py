"""Pages and feeds over HTTP, whatever the other side does: one request, within limits that hold.

A request has a deadline for the whole and not only between two bytes, so a server that drips cannot hold it.
A body is read up to a limit, packed and unpacked. Addresses are looked up once and the connection goes to
what was looked up; addresses inside the house are refused unless allowed, also when another site redirects
there. Nobody is logged in, no cookie is kept, and the collector says its name.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

__all__ = ["AGENT", "Fetched", "Limits", "fetch", "host_of"]

AGENT = "kelisim"
_FULL_AGENT = f"{AGENT}/0.1 (observatory of interethnic relations; reads feeds, respects robots.txt)"
_CHUNK = 65_536
_RETRY_LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a request. deadline_s : for the whole; body_bytes : packed and unpacked; allow_private : also
    addresses of this machine and house, for tests and inner networks."""

    deadline_s: float = 30.0
    body_bytes: int = 8 * 2**20
    redirects: int = 5
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. status : 0 where nothing did; reason : "" where the body is whole.

    url : where the body came from, after redirects; retry_after_s : what the server asked for, or None
    """

    url: str
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    retry_after_s: float | None = None
    moved_for_good: bool = False

    @property
    def whole(self) -> bool:
        """Whether there is a whole body of a page that is there."""
        return self.status == 200 and not self.reason


class _Refusal(ValueError):
    """An answer that is not taken, with the reason a person reads."""


def host_of(url: str) -> str:
    """Scheme, host and port of an address: what robots.txt and pauses are kept by."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def fetch(url: str, limits: Limits, headers: Mapping[str, str] | None = None) -> Fetched:
    """Ask for an address and follow redirects. Never raises: whatever goes wrong is the reason of the answer.

    headers : for conditional requests; they are not sent along to another host
    """
    seen: set[str] = set()
    deadline = time.monotonic() + limits.deadline_s
    sent = dict(headers or {})
    permanent = True
    for _ in range(limits.redirects + 1):
        try:
            answer = _ask(url, limits, sent, deadline)
        except _Refusal as refusal:
            return Fetched(url, 0, reason=str(refusal))
        except (OSError, http.client.HTTPException, ValueError) as error:
            late = time.monotonic() >= deadline
            told = f"no whole answer within {limits.deadline_s:g} s" if late else _told(error)
            return Fetched(url, 0, reason=told)
        target = answer.headers.get("location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not target:
            return Fetched(
                answer.url, answer.status, answer.body, answer.headers, answer.reason, answer.retry_after_s,
                bool(seen) and permanent and answer.status == 200,
            )  # fmt: skip
        permanent &= answer.status in (301, 308)
        seen.add(url)
        following = urljoin(url, target)
        if following in seen:
            return Fetched(url, answer.status, reason="its redirects lead in a circle")
        if host_of(following) != host_of(url):
            sent = {}
        url = following
    return Fetched(url, 0, reason=f"more than {limits.redirects} redirects")


def _ask(url: str, limits: Limits, headers: Mapping[str, str], deadline: float) -> Fetched:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "\n" in url:
        raise _Refusal(f"'{url[:100]}' is no address of the web")
    if parts.username or parts.password:
        raise _Refusal("the address holds a name or password")
    connection = _connection(
        parts.scheme, parts.hostname.encode("idna").decode(), parts.port, limits, deadline
    )
    # Watches over the whole request: a server that sends a byte now and then would outlive any timeout
    # between bytes. Cutting the socket makes whatever waits for it fail.
    watch = threading.Timer(max(deadline - time.monotonic(), 0.001), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        path = urlunsplit(
            ("", "", quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"), _query(parts.query), "")
        )
        connection.request("GET", path, headers={**_standing(), **headers})
        answer = connection.getresponse()
        heads = {name.lower(): value for name, value in answer.getheaders()}
        body, reason = _body(answer, heads, limits)
        if connection.was_cut:
            raise TimeoutError  # a cut connection reads like the end of the body
        return Fetched(url, answer.status, body, heads, reason, _retry_after(heads.get("retry-after")))
    finally:
        watch.cancel()
        connection.close()


def _standing() -> dict[str, str]:
    return {
        "User-Agent": _FULL_AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/xml, text/html;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


def _query(query: str) -> str:
    return quote(query, safe="/%:@!$&'()*+,;=~-._?")


class _Cuttable(http.client.HTTPConnection):
    """A connection to an address that was looked up and found fit, which another thread may cut."""

    limits: Limits
    secure: bool
    held: socket.socket | None = None
    was_cut: bool = False

    def connect(self) -> None:
        self.sock = _open_socket(self.host, self.port, self.limits, float(self.timeout or 1.0))
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        # The library lets go of the socket once the heads of the last answer are there.
        self.held = self.sock

    def cut(self) -> None:
        """Make every read and write of this connection fail."""
        self.was_cut = True
        if self.held is not None:
            with suppress(OSError):
                self.held.shutdown(socket.SHUT_RDWR)


def _connection(scheme: str, host: str, port: int | None, limits: Limits, deadline: float) -> _Cuttable:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = _Cuttable(host, port or (443 if scheme == "https" else 80), timeout=left)
    connection.limits, connection.secure = limits, scheme == "https"
    return connection


def _open_socket(host: str, port: int, limits: Limits, timeout: float) -> socket.socket:
    last: OSError | None = None
    for family, kind, proto, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not limits.allow_private and not _public(str(address[0])):
            last = _Inside(f"{host} is an address inside this house ({address[0]}), and none of the web")
            continue
        sock = socket.socket(family, kind, proto)
        sock.settimeout(timeout)
        try:
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            last = error
    raise last or OSError(f"{host} has no address")


class _Inside(OSError):
    """An address that is not of the web."""


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast


def _body(answer: http.client.HTTPResponse, heads: Mapping[str, str], limits: Limits) -> tuple[bytes, str]:
    """The body unpacked, up to the limit, and why it is not whole."""
    packing = heads.get("content-encoding", "").strip().lower()
    unpack = None
    if packing in ("gzip", "x-gzip", "deflate"):
        unpack = zlib.decompressobj(wbits=47) if packing != "deflate" else None
    elif packing not in ("", "identity"):
        return b"", f"it is packed as '{packing[:20]}', which was not asked for"
    parts: list[bytes] = []
    size = taken = 0
    while True:
        chunk = answer.read1(_CHUNK)
        if not chunk:
            break
        taken += len(chunk)
        if packing == "deflate" and unpack is None:
            # Some servers send the bare stream, others the one with a head.
            unpack = zlib.decompressobj(wbits=15 if chunk[0] & 15 == 8 and chunk[0] >> 4 <= 7 else -15)
        try:
            while chunk:
                plain = chunk if unpack is None else unpack.decompress(chunk, limits.body_bytes + 1 - size)
                parts.append(plain)
                size += len(plain)
                if size > limits.body_bytes or taken > limits.body_bytes:
                    whole = b"".join(parts)[: limits.body_bytes]
                    return whole, f"it has more than {limits.body_bytes / 2**20:g} MB and was cut there"
                chunk = b"" if unpack is None else unpack.unconsumed_tail
        except zlib.error:
            return b"".join(parts), "its packing is broken"
    if unpack is not None and taken and not unpack.eof:
        return b"".join(parts), "it was cut off within its packing"
    promised = heads.get("content-length", "")
    if promised.isdigit() and taken < int(promised):
        return b"".join(parts), f"it was cut off: {taken} of {promised} bytes came"
    return b"".join(parts), ""


def _retry_after(header: str | None) -> float | None:
    if not header:
        return None
    try:
        wanted = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except (ValueError, TypeError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        wanted = (when - datetime.now(UTC)).total_seconds()
    return min(max(wanted, 0.0), _RETRY_LONGEST_S) if wanted == wanted else None


def _told(error: Exception) -> str:
    if isinstance(error, _Inside):
        return str(error)
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    words = " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())
    return f"it does not answer ({words[:160]})"
