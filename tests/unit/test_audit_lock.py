"""A DVC lock that was cut off in the writing is removed, a whole one stays."""

from pathlib import Path

import pytest

from nms_pv.audit.lock import mend_locks

WHOLE = """schema: '2.0'
stages:
  labels:
    cmd: python x.py
    deps:
    - path: a
      hash: md5
      md5: b026324c6904b2a9cb4b88d6d61c81d1
"""


def test_a_whole_lock_stays(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text(WHOLE, encoding="utf-8")
    assert mend_locks(tmp_path) == []


@pytest.mark.parametrize("length", [0, 5, 23, 33, 40, 59, 69])
def test_a_cut_lock_is_removed(tmp_path: Path, length: int) -> None:
    lock = tmp_path / "dvc.lock"
    lock.write_text(WHOLE[:length], encoding="utf-8")
    assert mend_locks(tmp_path) == [lock]
    assert not lock.exists()
