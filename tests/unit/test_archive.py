import os
import random
import struct
import zipfile
from pathlib import Path

import pytest

from nms_pv.sources.faers import archive
from nms_pv.sources.faers.archive import ArchiveError, Member, is_lfs_pointer, members, open_member
from tests.lib.faers_files import quarter_files, write_folder, write_zip

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 133\n"


def read(path: Path, name: str) -> bytes:
    with open_member(path, name) as stream:
        return stream.read()


def patch(path: Path, changes: dict[str, tuple[int, int, str, int]]) -> None:
    """Overwrite header fields of the only member: (offset in local header, offset in central header, format, value)."""
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    for local_offset, central_offset, form, value in changes.values():
        struct.pack_into(form, content, local_offset, value)
        struct.pack_into(form, content, central + central_offset, value)
    path.write_bytes(content)


def test_zip_and_folder_of_the_same_files_read_the_same(tmp_path: Path) -> None:
    files = quarter_files()
    zipped, folder = write_zip(tmp_path / "q.zip", files), write_folder(tmp_path / "q", files)
    expected = [Member(name, len(content)) for name, content in sorted(files.items())]
    assert members(zipped) == members(folder) == expected
    for name, content in files.items():
        assert read(zipped, name) == read(folder, name) == content


def test_folder_entries_of_a_zip_are_no_members(tmp_path: Path) -> None:
    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.mkdir("ASCII")
        zipped.writestr("ASCII/DEMO25Q4.txt", b"a")
    assert members(path) == [Member("ASCII/DEMO25Q4.txt", 1)]


def test_a_large_member_is_streamed_in_parts(tmp_path: Path) -> None:
    content = os.urandom(3 * 1024**2)
    path = write_zip(tmp_path / "q.zip", {"big": content})
    with open_member(path, "big") as stream:
        assert stream.read(10) == content[:10]
        assert stream.read() == content[10:]


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "C:\\x", "C:x", "a\\b", "./x", "a//b", "x\nError: none", "x\u202ey"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "q.zip", {name: b"a"})
    with pytest.raises(ArchiveError, match="member name .* is refused: allowed are .* Download the zip again"):
        members(path)
    with pytest.raises(ArchiveError, match="is refused"):
        read(path, name)


def test_a_folder_entry_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is refused"):
        members(write_zip(tmp_path / "q.zip", {"../": b"", "a": b"a"}))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("DEMO25Q4.txt")
    info.external_attr = 0o120777 << 16
    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr(info, b"/etc/passwd")
    with pytest.raises(ArchiveError, match="'DEMO25Q4.txt' is a link or a device"):
        members(path)


@pytest.mark.parametrize("target", ["file", "folder", "missing"])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").write_bytes(b"secret")
    (tmp_path / "folder").mkdir()
    folder = write_folder(tmp_path / "q", {"a/x": b"x"})
    (folder / "a" / "link").symlink_to(tmp_path / target)
    with pytest.raises(ArchiveError, match="link: is a link or a device"):
        members(folder)
    with pytest.raises(ArchiveError, match="link: is a link or a device"):
        read(folder, "a/link")


def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "DEMO25Q4.txt")
    with pytest.raises(ArchiveError, match="is a link or a device"):
        read(tmp_path, "DEMO25Q4.txt")


def test_a_name_outside_the_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    folder = write_folder(tmp_path / "q", {"x": b"x"})
    with pytest.raises(ArchiveError, match=r"holds no '../secret'; it holds x\."):
        read(folder, "../secret")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"abc"})
    patch(path, {"flags": (6, 8, "<H", 1)})
    with pytest.raises(ArchiveError, match="'a' is encrypted"):
        members(path)


def test_doubled_names_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            zipped.writestr("a", b"2")
    with pytest.raises(ArchiveError, match="'a' stands beside 'a'"):
        members(path)


def test_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    files = {"ASCII/DEMO25Q4.txt": b"1", "ascii/demo25q4.TXT": b"2"}
    for path in (write_zip(tmp_path / "q.zip", files), write_folder(tmp_path / "q", files)):
        with pytest.raises(ArchiveError, match="stands beside"):
            members(path)


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": bytes(20 * 1024**2)})
    with pytest.raises(ArchiveError, match="'a' claims 20971520 bytes .* at most 200 to 1"):
        members(path)


def test_a_small_file_may_be_all_alike(tmp_path: Path) -> None:
    assert members(write_zip(tmp_path / "q.zip", {"a": bytes(1024**2)})) == [Member("a", 1024**2)]


def test_more_data_than_a_quarter_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 5)
    for path in (write_zip(tmp_path / "q.zip", {"a": b"abc", "b": b"def"}), write_folder(tmp_path / "q", {"a": b"abcdef"})):
        with pytest.raises(ArchiveError, match="holds 6 bytes; a quarter has at most 5"):
            members(path)


def test_more_files_than_a_quarter_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    with pytest.raises(ArchiveError, match="holds 2 files"):
        members(write_zip(tmp_path / "q.zip", {"a": b"1", "b": b"2"}))


def test_an_understated_size_is_noticed_even_with_a_fitting_checksum(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"abcdef"})
    patch(path, {"size": (22, 24, "<I", 3), "crc": (14, 16, "<I", zipfile.crc32(b"abc"))})
    with pytest.raises(ArchiveError, match=r"'a' (holds more than the 3 bytes it declares|is damaged)"):
        read(path, "a")


def test_an_overstated_size_is_noticed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"abcdef"})
    patch(path, {"size": (22, 24, "<I", 9)})
    with pytest.raises(ArchiveError, match="'a' ends after 6 of the 9 bytes"):
        read(path, "a")


def test_a_wrong_checksum_is_an_archive_error(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"abcdef"})
    patch(path, {"crc": (14, 16, "<I", 1)})
    assert members(path) == [Member("a", 6)]
    with pytest.raises(ArchiveError, match="'a' is damaged .*CRC.* Download or copy it again"):
        read(path, "a")


def test_an_unknown_compression_is_an_archive_error(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"abcdef"})
    patch(path, {"method": (8, 10, "<H", 97)})
    with pytest.raises(ArchiveError, match="'a' is damaged .*not supported"):
        read(path, "a")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (LFS_POINTER, "it is a Git-LFS pointer.* Run `git lfs pull`"),
        (b"\r\n<!DOCTYPE html><title>Page not found</title>", "it is a web page"),
        (b"primaryid$caseid\r\n", r"it starts with b'primaryi'\. Give a zip"),
        (b"PK\x03\x04 and then nothing", "the zip is damaged or cut off"),
    ],
)
def test_what_is_no_zip_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "faers_ascii_2025q4.zip"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=f"faers_ascii_2025q4.zip: .*{said}"):
        members(path)


def test_a_zip_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", quarter_files())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ArchiveError, match="the zip is damaged or cut off .* Download it again"):
        members(path)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="q.zip: there is no such zip or folder"):
        members(tmp_path / "q.zip")


def test_a_member_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"a": b"1", "b": b"2"})
    with pytest.raises(ArchiveError, match=r"holds no 'c'; it holds a, b\."):
        read(path, "c")


def test_damaged_bytes_give_the_right_content_or_an_archive_error(tmp_path: Path) -> None:
    files = {"ASCII/DEMO25Q4.txt": b"primaryid$caseid\r\n" * 50, "Deleted/x.txt": b"7\r\n"}
    path = write_zip(tmp_path / "q.zip", files)
    intact = path.read_bytes()
    chance = random.Random(20260101)
    refused = 0
    for _ in range(1000):
        damaged = bytearray(intact)
        damaged[chance.randrange(len(intact))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            found = {member.name: read(path, member.name) for member in members(path)}
        except ArchiveError:
            refused += 1
        else:
            assert sorted(found.values()) == sorted(files.values())
    assert refused > 500


def test_a_git_lfs_pointer_is_recognised() -> None:
    assert is_lfs_pointer(LFS_POINTER)
    assert not is_lfs_pointer(b"primaryid$caseid")


def test_a_member_hidden_from_the_list_is_noticed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "q.zip", {"ASCII/DEMO25Q4.txt": b"1", "ASCII/DRUG25Q4.txt": b"2"})
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    # The first entry's comment is made to swallow the second entry.
    struct.pack_into("<H", content, first + 32, len(content) - 22 - second)
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="its list of members is not complete"):
        members(path)
