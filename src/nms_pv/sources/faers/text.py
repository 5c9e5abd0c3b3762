"""Bytes as received -> a UTF-8 text file that Polars can scan, with the digest of the original bytes."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nms_pv.sources.faers.archive import is_lfs_pointer
from nms_pv.tables.errors import UserError

CHUNK = 1 << 20


class SourceError(UserError):
    """A raw file that cannot be used; the message names file, column, what was expected and what to do."""


@dataclass(frozen=True)
class StagedText:
    """A raw file made readable: where it lies, and what its original bytes were."""

    path: Path
    bytes: int
    sha256: str
    encoding: str


def stage_text(stream: BinaryIO, path: Path, what: str) -> StagedText:
    """Copy the bytes of `stream` to `path`, as UTF-8.

    Bytes that are not valid UTF-8 (FAERS DRUG 2019Q3) are read as cp1252, the code page of FDA's legacy exports.

    Raises
    ------
    SourceError
        For an empty file and for a Git-LFS pointer.

    """
    digest, size, decoder, valid = hashlib.sha256(), 0, codecs.getincrementaldecoder("utf-8")(), True
    with path.open("wb") as copy:
        while chunk := stream.read(CHUNK):
            if size == 0 and is_lfs_pointer(chunk):
                raise SourceError(f"{what} is a Git-LFS pointer, not data. Fetch the data (`git lfs pull`) and add it again.")
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
            valid = valid and _decodes(decoder, chunk)
    valid = valid and _decodes(decoder, b"", final=True)
    if size == 0:
        raise SourceError(f"{what} is empty. Expected a header line and rows; download it again.")
    if not valid:
        _recode(path)
    return StagedText(path, size, digest.hexdigest(), "utf-8" if valid else "cp1252")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _recode(path: Path) -> None:
    original = path.with_name(path.name + ".bytes")
    path.rename(original)
    with original.open("rb") as raw, path.open("wb") as text:
        while chunk := raw.read(CHUNK):
            text.write(chunk.decode("cp1252", errors="replace").encode())
    original.unlink()
