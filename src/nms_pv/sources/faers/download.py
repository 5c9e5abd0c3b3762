"""One address downloaded into one zip, resumed after interruptions and not finished before the zip is intact."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from nms_pv.sources.faers.archive import LARGEST_TOTAL, ArchiveError, members, open_member
from nms_pv.tables.errors import UserError

_CHUNK = 1024**2
_LATER = (408, 429)
_UNREACHABLE = (httpx2.ConnectError, httpx2.ConnectTimeout)


class FetchError(UserError):
    """A file that could not be downloaded."""


class NotPublishedError(FetchError):
    """There is no file at the address."""


class _TryAgain(Exception):
    """A fault that may be gone at the next attempt."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for an answer or for the next bytes, and how often to try again."""

    attempts: int = 6
    connect_seconds: float = 20
    read_seconds: float = 60
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 30


def download(url: str, partial: Path, patience: Patience, seen: Callable[[int, int | None], None]) -> None:
    """Download an intact zip into `partial`, going on where an earlier download ended; `seen` is told bytes and total.

    Raises
    ------
    NotPublishedError
        When the server says 404.
    FetchError
        For any other refusal, for a web page in place of a zip, and when the last attempt fails.
    """
    timeout = httpx2.Timeout(patience.read_seconds, connect=patience.connect_seconds)
    attempts = Retrying(
        stop=lambda state: state.attempt_number >= _most_attempts(state, patience),
        wait=wait_exponential(multiplier=patience.first_wait_seconds, max=patience.longest_wait_seconds),
        retry=retry_if_exception_type((_TryAgain, httpx2.TransportError)),
        reraise=True,
    )
    try:
        with httpx2.Client(timeout=timeout, follow_redirects=True) as client:
            attempts(_attempt, client, url, partial, seen)
    except _UNREACHABLE as error:
        raise FetchError(
            f"{public(url)}: the server cannot be reached ({error}). Check the network or the proxy; or download the zips on "
            "another computer, and add them with `nms-pv add faers PATH`."
        ) from error
    except (_TryAgain, httpx2.HTTPError, httpx2.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        raise FetchError(
            f"{public(url)}: the download failed {patience.attempts} times, last because: {reason}. "
            "Run the same command later: it goes on where it stopped."
        ) from error


def public(url: str) -> str:
    """The address without user name, password and query, which may be secret."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _most_attempts(state: RetryCallState, patience: Patience) -> int:
    """Somebody who is offline should learn it within seconds."""
    failed = state.outcome.exception() if state.outcome else None
    return min(3, patience.attempts) if isinstance(failed, _UNREACHABLE) else patience.attempts


def _attempt(client: httpx2.Client, url: str, partial: Path, seen: Callable[[int, int | None], None]) -> None:
    tag = _tag_of(partial)
    have = partial.stat().st_size if partial.exists() and tag.exists() else 0
    # Compressed transfer would make lengths and ranges those of other bytes.
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag.read_text(encoding="utf-8")}
    with client.stream("GET", url, headers=headers) as response:
        _judge(response, url, partial)
        start, total = _extent(response, have, partial)
        if total is not None and total > LARGEST_TOTAL:
            raise FetchError(f"{public(url)}: announces {total} bytes; a quarter has at most {LARGEST_TOTAL}. Check the address.")
        if not start:
            _write_tag(response, tag)
        _receive(response, partial, start, total, seen)
    _check(partial)
    tag.unlink(missing_ok=True)


def _judge(response: httpx2.Response, url: str, partial: Path) -> None:
    status = response.status_code
    if status == httpx2.codes.NOT_FOUND:
        raise NotPublishedError(public(url))
    if status == httpx2.codes.RANGE_NOT_SATISFIABLE:
        _discard(partial)
        raise _TryAgain("the server has other bytes than were downloaded before")
    if status in _LATER or response.is_server_error:
        raise _TryAgain(f"the server answered {status} {response.reason_phrase}")
    if status not in (httpx2.codes.OK, httpx2.codes.PARTIAL_CONTENT):
        raise FetchError(
            f"{public(url)}: the server answered {status} {response.reason_phrase}. Try the address in a browser; zips "
            "downloaded there are added with `nms-pv add faers PATH`."
        )


def _extent(response: httpx2.Response, have: int, partial: Path) -> tuple[int, int | None]:
    """Where the answer's bytes belong, and how many the whole file has."""
    if response.status_code == httpx2.codes.OK:
        length = response.headers.get("Content-Length", "")
        return 0, int(length) if length.isdecimal() else None
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    if not span or int(span[1]) != have:
        _discard(partial)
        raise _TryAgain("the server sent another part than was asked for")
    return have, int(span[2])


def _receive(
    response: httpx2.Response, partial: Path, start: int, total: int | None, seen: Callable[[int, int | None], None]
) -> None:
    done = start
    most = LARGEST_TOTAL if total is None else total
    with partial.open("ab" if start else "wb") as file:
        # No chunk size: with one, bytes held back to fill a chunk would be lost when the connection breaks.
        for chunk in response.iter_raw():
            done += len(chunk)
            if done > most:
                _discard(partial)
                raise _TryAgain(f"the server sent more than {most} bytes")
            file.write(chunk)
            seen(done, total)
    if total is not None and done < total:
        raise _TryAgain(f"the connection ended after {done} of {total} bytes")


def _check(partial: Path) -> None:
    try:
        for member in members(partial):
            with open_member(partial, member.name) as stream:
                while stream.read(_CHUNK):
                    pass
    except ArchiveError as error:
        with partial.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        _discard(partial)
        raise _TryAgain(str(error)) if is_zip else FetchError(str(error)) from error


def _write_tag(response: httpx2.Response, tag: Path) -> None:
    """Without a validator a resumed file could be glued together from two versions, so then it starts anew."""
    etag = response.headers.get("ETag", "")
    validator = response.headers.get("Last-Modified", "") if not etag or etag.startswith("W/") else etag
    if validator:
        tag.write_text(validator, encoding="utf-8")
    else:
        tag.unlink(missing_ok=True)


def _tag_of(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.tag")


def _discard(partial: Path) -> None:
    partial.unlink(missing_ok=True)
    _tag_of(partial).unlink(missing_ok=True)
