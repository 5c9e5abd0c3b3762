"""The files of one quarter, read from a zip or a folder that may be damaged or hostile."""

import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from nms_pv.tables.errors import UserError

# FDA's largest file of 2004Q1-2026Q2 has 0.23 GB and the largest quarter 0.47 GB: room for a decade of growth.
LARGEST_TOTAL = 8 * 1024**3
# `$`-delimited text shrinks 5 to 15 times; deflate can reach 1032. Small files may legitimately be all alike.
LARGEST_RATIO = 200
RATIO_FROM = 10 * 1024**2
# FDA's fullest zip has 25 entries.
MOST_MEMBERS = 10_000

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
_ENCRYPTED = 0x1
_BUFFER = 1024**2


class ArchiveError(UserError):
    """A zip or folder that cannot be read safely, or not at all."""


@dataclass(frozen=True)
class Member:
    """One file in a zip or folder: its posix path inside, and its size in bytes."""

    name: str
    size: int


def members(path: Path) -> list[Member]:
    """The files inside a zip or (recursively) a folder, sorted by name; folder entries are left out.

    Raises
    ------
    ArchiveError
        When the path is no folder and no intact zip, or holds a name that leads elsewhere, a link, an encrypted
        or duplicate member, or more data than a quarter can have.
    """
    if path.is_dir():
        return _checked(path, list(files_below(path)))
    with _opened(path) as archive:
        return _zip_members(path, archive)


@contextmanager
def open_member(path: Path, name: str) -> Iterator[BinaryIO]:
    """Stream one file of a zip or folder. Errors may also come from reading the stream.

    Raises
    ------
    ArchiveError
        For all that `members` refuses, a name that is not there, and a member whose bytes are damaged or whose number
        of bytes is not the declared one.
    """
    if path.is_dir():
        size = _size(path, name, members(path))
        try:
            stream: IO[bytes] = (path / name).open("rb")
        except OSError as error:
            raise ArchiveError(f"{path}: '{name}' cannot be opened: {error.strerror}. Check its permissions.") from error
        with io.BufferedReader(_Exact(stream, size, f"{path}: '{name}'"), _BUFFER) as reader:
            yield reader
        return
    with _opened(path) as archive:
        size = _size(path, name, _zip_members(path, archive))
        with io.BufferedReader(_Exact(_inflating(path, archive, name), size, f"{path}: '{name}'"), _BUFFER) as reader:
            yield reader


def files_below(folder: Path) -> Iterator[Member]:
    """The files below a folder, in no order.

    Raises
    ------
    ArchiveError
        When something is a link or a device, has a name that is not plain, or cannot be read.
    """
    for root, folders, files in os.walk(folder, onerror=_unreadable):
        for name in [*folders, *files]:
            here = Path(root, name)
            mode = here.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise ArchiveError(
                    f"{here}: is a link or a device; only files and folders are read. Put a copy of the file there."
                )
            if stat.S_ISREG(mode):
                inside = here.relative_to(folder).as_posix()
                _check_name(folder, inside)
                yield Member(inside, here.lstat().st_size)


def is_lfs_pointer(head: bytes) -> bool:
    """Whether a file with these first bytes is a Git-LFS pointer: a note that the file is stored elsewhere."""
    return head.startswith(b"version https://git-lfs.github.com/spec/")


class _Exact(io.RawIOBase):
    """A stream that must hold exactly the declared number of bytes."""

    def __init__(self, stream: IO[bytes], declared: int, where: str) -> None:
        self._stream = stream
        self._declared = declared
        self._left = declared
        self._where = where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise ArchiveError(f"{self._where} is damaged ({error!r}). Download or copy it again.") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise ArchiveError(
                f"{self._where} holds more than the {self._declared} bytes it declares. Download or copy it again."
            )
        if not chunk and self._left:
            found = self._declared - self._left
            raise ArchiveError(
                f"{self._where} ends after {found} of the {self._declared} bytes it declares. Download or copy it again."
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except FileNotFoundError as error:
        raise ArchiveError(f"{path}: there is no such zip or folder. Check the path.") from error
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror}. Check its permissions.") from error
    if not head.startswith(b"PK"):
        raise ArchiveError(f"{path}: not a zip file: {_guess(head)}")
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise ArchiveError(f"{path}: the zip is damaged or cut off ({error}). Download it again.") from error
    with archive:
        yield archive


def _guess(head: bytes) -> str:
    if not head:
        return "the file is empty. Download it again."
    if is_lfs_pointer(head):
        return "it is a Git-LFS pointer, a note that the file is stored elsewhere. Run `git lfs pull` where you took it from."
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return (
            "it is a web page, so the download was answered with an error or a notice. Open it in a browser, and download again."
        )
    return f"it starts with {head[:8]!r}. Give a zip as FDA publishes it, or the folder it unpacks to."


def _zip_members(path: Path, archive: zipfile.ZipFile) -> list[Member]:
    infos = archive.infolist()
    if _declared_count(path) not in (len(infos), 0xFFFF):
        raise ArchiveError(f"{path}: the zip is damaged: its list of members is not complete. Download it again.")
    for info in infos:
        _check_entry(path, info)
    return _checked(path, [Member(info.filename, info.file_size) for info in infos if not info.is_dir()])


def _declared_count(path: Path) -> int:
    """The number of members a zip says it has (0xFFFF: too many to say); zipfile does not compare it with what it finds."""
    with path.open("rb") as file:
        # The end record is the last thing in a zip but for a comment of at most 65,535 bytes.
        file.seek(max(0, path.stat().st_size - 22 - 0xFFFF))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[end + 10 : end + 12], "little")


def _check_entry(path: Path, info: zipfile.ZipInfo) -> None:
    _check_name(path, info.filename.removesuffix("/"))
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(
            f"{path}: '{info.filename}' is a link or a device; only files and folders are read. Pack it again without."
        )
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{path}: '{info.filename}' is encrypted; FDA's files are not. Unpack it, and add the folder.")
    if info.file_size > RATIO_FROM and info.file_size > LARGEST_RATIO * info.compress_size:
        raise ArchiveError(
            f"{path}: '{info.filename}' claims {info.file_size} bytes out of {info.compress_size} packed ones; "
            f"at most {LARGEST_RATIO} to 1 is believed. If it is genuine, unpack it, and add the folder."
        )


def _unreadable(error: OSError) -> None:
    raise ArchiveError(f"{error.filename}: cannot be read: {error.strerror}. Check its permissions.") from error


def _check_name(path: Path, name: str) -> None:
    parts = name.split("/")
    if not name.isprintable() or "\\" in name or re.match("[A-Za-z]:", name) or any(part in ("", ".", "..") for part in parts):
        raise ArchiveError(
            f"{path}: the member name {name!r} is refused: allowed are printable relative names without `..`, `\\` or a drive. "
            "Download the zip again, or pack it again with plain names."
        )


def _checked(path: Path, found: list[Member]) -> list[Member]:
    if len(found) > MOST_MEMBERS:
        raise ArchiveError(
            f"{path}: holds {len(found)} files; a quarter has at most {MOST_MEMBERS}. Give the quarter's own zip or folder."
        )
    total = sum(member.size for member in found)
    if total > LARGEST_TOTAL:
        raise ArchiveError(
            f"{path}: holds {total} bytes; a quarter has at most {LARGEST_TOTAL}. Give the quarter's own zip or folder."
        )
    seen: dict[str, str] = {}
    for member in found:
        # Names that differ only in case are one file on some systems, and the same table to us.
        folded = member.name.casefold()
        if folded in seen:
            raise ArchiveError(
                f"{path}: '{member.name}' stands beside '{seen[folded]}', and only one can be the table. Remove the wrong one."
            )
        seen[folded] = member.name
    return sorted(found, key=lambda member: member.name)


def _size(path: Path, name: str, found: list[Member]) -> int:
    sizes = {member.name: member.size for member in found}
    if name not in sizes:
        raise ArchiveError(f"{path}: holds no '{name}'; it holds {', '.join(sizes) or 'no files'}. Check the name.")
    return sizes[name]


def _inflating(path: Path, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    info = archive.getinfo(name)
    # zipfile silently stops at the declared size; asking for one byte more lets an understated size be noticed.
    info.file_size += 1
    try:
        return archive.open(info)
    except _BROKEN as error:
        raise ArchiveError(f"{path}: '{name}' is damaged ({error}). Download the zip again.") from error
