"""`nms-pv`: adding real files to a study, and explaining one case of its report."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nms_pv.tables.errors import UserError

if TYPE_CHECKING:
    from nms_pv.sources.faers.register import Added

app = typer.Typer(no_args_is_help=True, help="Retrospective pharmacovigilance of neuroleptic malignant syndrome.")
add = typer.Typer(no_args_is_help=True, help="Add files you have to the study, and make them its input.")
fetch = typer.Typer(no_args_is_help=True, help="Download files from their publisher, and add them.")
app.add_typer(add, name="add")
app.add_typer(fetch, name="fetch")


@add.command("faers")
def add_faers(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="FDA's quarterly ASCII zips, or folders with them.")],
) -> None:
    """Add FAERS quarters: zips as downloaded, or folders they were unpacked to."""
    with _expected_errors():
        _add_faers(paths, {})


@fetch.command("faers")
def fetch_faers(
    quarters: Annotated[str, typer.Argument(metavar="RANGE", help="One quarter, 2024Q1, or several, 2023Q1..2024Q4.")],
    to: Annotated[Path, typer.Option(help="Folder that keeps the downloads.")] = Path("data/downloads"),
) -> None:
    """Download FAERS quarters from FDA, and add them. NMS_PV_FAERS_URL names a mirror."""
    with _expected_errors():
        from nms_pv.sources.faers.fetch import fetch_faers, quarters_in
        from nms_pv.spec.source import load_faers

        project = _project()
        zips = fetch_faers(quarters_in(quarters), to, load_faers(project / "study").rules)
        _add_faers(list(zips), zips)


@app.command()
def explain(
    subject_id: Annotated[str, typer.Argument(metavar="ID", help="A case as the report names it, such as faers:12345.")],
) -> None:
    """Show from which rows of which files a case got its labels."""
    with _expected_errors():
        from nms_pv.audit.explain import explain

        typer.echo(explain(subject_id, _project()))


def _add_faers(paths: list[Path], origins: dict[Path, str]) -> None:
    from datetime import UTC, datetime

    from nms_pv.sources.faers.register import add_faers
    from nms_pv.spec.source import load_faers

    project = _project()
    _tell(add_faers(paths, project, load_faers(project / "study"), datetime.now(UTC).date(), origins))


def _tell(done: "Added") -> None:
    for warning in done.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    if done.unchanged:
        typer.echo(f"Already there with the same bytes: {', '.join(done.unchanged)}.")
    if done.added:
        typer.echo(f"Added: {', '.join(done.added)}. The study now runs on real reports: `dvc repro`.")


def _project() -> Path:
    project = Path()
    missing = [name for name in ("params.yaml", "dvc.yaml") if not (project / name).is_file()]
    if missing:
        raise _NoProjectError(
            f"{project.resolve()}: is no study, since it has no {' and no '.join(missing)}. Go to its folder first."
        )
    return project


class _NoProjectError(UserError):
    """The current folder is not that of a study."""


@contextmanager
def _expected_errors() -> Iterator[None]:
    """What the user can put right is told in one message; anything else is a fault of ours and keeps its trace."""
    try:
        yield
    except UserError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
