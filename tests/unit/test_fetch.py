import io
import os
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nms_pv.sources.faers import download
from nms_pv.sources.faers.download import FetchError, Patience
from nms_pv.sources.faers.fetch import fetch_faers, quarters_in
from nms_pv.sources.faers.record import sha256_of
from nms_pv.spec.source import SourceRules, load_faers
from tests.lib.exports_server import Exports, publishing
from tests.lib.faers_files import contents, quarter_files

HURRIED = Patience(attempts=4, connect_seconds=5, read_seconds=0.3, first_wait_seconds=0.01, longest_wait_seconds=0.02)
NAME = "faers_ascii_2024q1.zip"


def a_zip(quarter: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in quarter_files(quarter).items():
            archive.writestr(name, content)
        archive.writestr("Readme.pdf.doc", os.urandom(300_000))
    return packed.getvalue()


@pytest.fixture(scope="module")
def rules(repository: Path) -> SourceRules:
    return load_faers(repository / "study").rules


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exports]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with publishing({NAME: a_zip("2024Q1")}) as published:
        monkeypatch.setenv("NMS_PV_FAERS_URL", published.url)
        yield published


def fetched(folder: Path, rules: SourceRules, exports: Exports, patience: Patience = HURRIED) -> None:
    path = folder / NAME
    assert fetch_faers(["2024Q1"], folder, rules, patience) == {path: f"{exports.url}/{NAME}"}
    assert path.read_bytes() == exports.files[NAME]
    assert (folder / f"{NAME}.sha256").read_text() == f"{sha256_of(path)}  {NAME}\n"
    assert sorted(contents(folder)) == [NAME, f"{NAME}.sha256"]


def refused(folder: Path, rules: SourceRules, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        fetch_faers(["2024Q1"], folder, rules, HURRIED)
    assert not (folder / NAME).exists()


def test_a_zip_is_downloaded_with_its_hash_beside(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    fetched(tmp_path / "new" / "folder", rules, exports)
    assert exports.paths == [f"/{NAME}"]
    assert exports.asked("Accept-Encoding") == ["identity"]


def test_the_other_spelling_is_tried(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.files["faers_ascii_2019Q3.zip"] = a_zip("2019Q3")
    path = tmp_path / "faers_ascii_2019Q3.zip"
    assert fetch_faers(["2019Q3"], tmp_path, rules, HURRIED) == {path: f"{exports.url}/faers_ascii_2019Q3.zip"}
    assert exports.paths == ["/faers_ascii_2019q3.zip", "/faers_ascii_2019Q3.zip"]


def test_quarters_before_2012q4_have_the_old_name(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.files |= {"aers_ascii_2012q3.zip": a_zip("2012Q3"), "faers_ascii_2012q4.zip": a_zip("2012Q4")}
    fetch_faers(["2012Q3", "2012Q4"], tmp_path, rules, HURRIED)
    assert exports.paths == ["/aers_ascii_2012q3.zip", "/faers_ascii_2012q4.zip"]


def test_a_quarter_not_published_is_named_with_the_addresses_tried(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    with pytest.raises(FetchError, match="2031Q4 is not published") as caught:
        fetch_faers(["2024Q1", "2031Q4"], tmp_path, rules, HURRIED)
    for said in (f"{exports.url}/faers_ascii_2031q4.zip", f"{exports.url}/faers_ascii_2031Q4.zip", f"kept in {tmp_path}: {NAME}"):
        assert said in str(caught.value)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_asked_again(tmp_path: Path, rules: SourceRules, exports: Exports, status: int) -> None:
    exports.faults = [status, status]
    fetched(tmp_path, rules, exports)
    assert len(exports.requests) == 3


@pytest.mark.parametrize("fault", ["truncate", "stall"])
def test_an_interrupted_download_goes_on_where_it_stopped(
    tmp_path: Path, rules: SourceRules, exports: Exports, fault: str
) -> None:
    exports.faults = [fault, fault]
    started = time.monotonic()
    fetched(tmp_path, rules, exports)
    assert time.monotonic() - started < 5
    size = len(exports.files[NAME])
    half = size // 2
    assert exports.asked("Range") == [None, f"bytes={half}-", f"bytes={half + (size - half) // 2}-"]
    assert exports.asked("If-Range") == [None, '"v1"', '"v1"']


def test_a_part_shorter_than_announced_is_completed(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["truncate", "short part"]
    fetched(tmp_path, rules, exports)
    assert len(exports.requests) == 3


def test_a_download_goes_on_in_the_next_run(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["truncate"] * HURRIED.attempts
    refused(tmp_path, rules, "failed 4 times, last because: .* Run the same command later: it goes on where it stopped")
    exports.requests.clear()
    fetched(tmp_path, rules, exports)
    assert exports.asked("If-Range") == ['"v1"']


def test_a_server_that_always_stalls_is_given_up(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["stall"] * HURRIED.attempts
    started = time.monotonic()
    refused(tmp_path, rules, "failed 4 times")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("fault", ["ignore range", 416, "wrong part"])
def test_a_server_that_cannot_go_on_sends_the_whole_file(
    tmp_path: Path, rules: SourceRules, exports: Exports, fault: int | str
) -> None:
    exports.faults = ["truncate", fault]
    fetched(tmp_path, rules, exports)


def test_a_file_replaced_between_two_attempts_is_taken_whole(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["truncate"] * HURRIED.attempts
    refused(tmp_path, rules, "failed 4 times")
    exports.headers = {"ETag": '"v2"'}
    exports.files[NAME] = a_zip("2024Q1")
    fetched(tmp_path, rules, exports)


def test_without_a_validator_a_download_starts_anew(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.headers, exports.faults = {}, ["truncate"]
    fetched(tmp_path, rules, exports)
    assert exports.asked("Range") == [None, None]


def test_a_weak_tag_is_no_validator(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.headers = {"ETag": 'W/"v1"', "Last-Modified": "Sat, 22 Nov 2025 10:00:00 GMT"}
    exports.faults = ["truncate"]
    fetched(tmp_path, rules, exports)
    assert exports.asked("If-Range") == [None, "Sat, 22 Nov 2025 10:00:00 GMT"]


def test_an_answer_without_length_is_taken_when_the_zip_is_intact(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["no length"]
    fetched(tmp_path, rules, exports)


def test_a_damaged_zip_is_downloaded_anew(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["damage"]
    fetched(tmp_path, rules, exports)
    assert exports.asked("Range") == [None, None]


def test_a_redirection_is_followed(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = ["redirect"]
    fetched(tmp_path, rules, exports)


def test_a_web_page_in_place_of_the_zip_is_not_asked_for_again(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.files[NAME] = b"<!DOCTYPE html><p>Sorry"
    refused(tmp_path, rules, "it is a web page")
    assert len(exports.requests) == 1
    assert contents(tmp_path) == {}


def test_a_refusal_is_not_asked_for_again(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    exports.faults = [403]
    refused(tmp_path, rules, "answered 403 Forbidden.*`nms-pv add faers PATH`")
    assert len(exports.requests) == 1


@pytest.mark.parametrize(("fault", "said"), [("", "announces .* at most 1000"), ("no length", "sent more than 1000 bytes")])
def test_more_than_a_quarter_is_refused(
    tmp_path: Path, rules: SourceRules, exports: Exports, monkeypatch: pytest.MonkeyPatch, fault: str, said: str
) -> None:
    monkeypatch.setattr(download, "LARGEST_TOTAL", 1000)
    exports.faults = [fault] * HURRIED.attempts
    refused(tmp_path, rules, said)
    assert contents(tmp_path) == {}


def test_being_offline_is_told_within_seconds(tmp_path: Path, rules: SourceRules, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NMS_PV_FAERS_URL", address)
    started = time.monotonic()
    with pytest.raises(FetchError, match="cannot be reached .* add them with `nms-pv add faers PATH`"):
        fetch_faers(["2024Q1"], tmp_path, rules)
    assert time.monotonic() - started < 10


def test_secrets_of_a_mirror_are_used_and_not_shown(
    tmp_path: Path, rules: SourceRules, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NMS_PV_FAERS_URL", exports.url.replace("//", "//somebody:secret@"))
    fetched(tmp_path / "a", rules, exports)
    assert str(exports.asked("Authorization")[0]).startswith("Basic ")
    exports.files.clear()
    with pytest.raises(FetchError) as caught:
        fetch_faers(["2024Q1"], tmp_path / "b", rules, HURRIED)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["ftp://example.org", "C:/mirror", ""])
def test_a_mirror_that_is_no_web_address_is_refused(
    tmp_path: Path, rules: SourceRules, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("NMS_PV_FAERS_URL", address)
    refused(tmp_path, rules, "is no web address; .* Check NMS_PV_FAERS_URL")


def test_a_complete_download_is_not_repeated(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    fetched(tmp_path, rules, exports)
    fetched(tmp_path, rules, exports)
    assert len(exports.requests) == 1


def test_a_zip_changed_after_its_download_is_refused(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    fetched(tmp_path, rules, exports)
    (tmp_path / NAME).write_bytes(b"changed")
    with pytest.raises(FetchError, match="when it was downloaded. Delete both files"):
        fetch_faers(["2024Q1"], tmp_path, rules, HURRIED)


def test_a_zip_from_elsewhere_is_left_alone(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    (tmp_path / NAME).write_bytes(b"mine")
    with pytest.raises(FetchError, match="was not downloaded by this command. Add it with"):
        fetch_faers(["2024Q1"], tmp_path, rules, HURRIED)
    assert (tmp_path / NAME).read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, rules: SourceRules, exports: Exports) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="file: "):
        fetch_faers(["2024Q1"], tmp_path / "file", rules, HURRIED)
    assert not exports.requests


@pytest.mark.parametrize("seen", [False, True])
def test_progress_is_shown_only_to_somebody_who_looks(
    tmp_path: Path, rules: SourceRules, exports: Exports, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(stderr, "isatty", lambda: seen)
    monkeypatch.setattr("sys.stderr", stderr)
    fetched(tmp_path, rules, exports)
    assert (NAME in stderr.getvalue()) == seen


@pytest.mark.parametrize(
    ("text", "quarters"),
    [
        ("2024Q1", ["2024Q1"]),
        ("2023q4..2024q2", ["2023Q4", "2024Q1", "2024Q2"]),
        (" 2012Q3..2012Q4 ", ["2012Q3", "2012Q4"]),
    ],
)
def test_ranges_of_quarters(text: str, quarters: list[str]) -> None:
    assert quarters_in(text) == quarters


@pytest.mark.parametrize("text", ["2024", "2024Q5", "2024Q1-2024Q2", "2024Q2..2024Q1", "", "24Q1"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(FetchError, match=r"is no range of quarters\. Write|runs backwards\. Write"):
        quarters_in(text)
