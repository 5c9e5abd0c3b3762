"""Do the real files still lie there as they were added?"""

from pathlib import Path

from nms_pv.sources.faers.record import KeptFile, sha256_of
from nms_pv.sources.faers.text import SourceError

MOST_NAMED = 10


def verify_kept(raw: Path, kept: list[KeptFile]) -> None:
    """Compare what lies under `raw` with the record of what was added.

    Raises
    ------
    SourceError
        Naming every file that is absent, changed, or was never added.

    """
    lying = {path.relative_to(raw).as_posix(): path for path in raw.rglob("*") if path.is_file()}
    known = {file.file: file for file in kept}
    problems = [f"{name} was added but is absent" for name in known if name not in lying]
    problems += [f"{name} was never added" for name in lying if name not in known]
    problems += [
        f"{name} is not the file that was added (sha256 differs)"
        for name, file in known.items()
        if name in lying and sha256_of(lying[name]) != file.sha256
    ]
    if problems:
        more = f"; and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
        raise SourceError(
            f"{raw}: {'; '.join(problems[:MOST_NAMED])}{more}. "
            "Use `dvc pull` or `dvc checkout` for absent or changed files, `nms-pv add faers PATH` for new ones."
        )
