"""`nms-pv`: adding real data to a study, explaining a case or a number of its report, and writing the report for others."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nms_pv.tables.errors import UserError

if TYPE_CHECKING:
    from nms_pv.sources.faers.register import Added
    from nms_pv.sources.omop.register import Taken

app = typer.Typer(no_args_is_help=True, help="Retrospective pharmacovigilance of neuroleptic malignant syndrome.")
add = typer.Typer(no_args_is_help=True, help="Add files you have to the study, and make them its input.")
fetch = typer.Typer(no_args_is_help=True, help="Download files from their publisher, and add them.")
app.add_typer(add, name="add")
app.add_typer(fetch, name="fetch")
review = typer.Typer(no_args_is_help=True, help="Let reviewers adjudicate candidate cases.")
app.add_typer(review, name="review")


@add.command("faers")
def add_faers(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="FDA's quarterly ASCII zips, or folders with them.")],
) -> None:
    """Add FAERS quarters: zips as downloaded, or folders they were unpacked to."""
    with _expected_errors():
        _add_faers(paths, {})


@add.command("omop")
def add_omop(
    source: Annotated[
        str,
        typer.Argument(
            help="Folder of Parquet, CSV or TSV files; DuckDB or SQLite file; postgresql://HOST/DATABASE; spark:SCHEMA."
        ),
    ],
    schema: Annotated[
        str | None, typer.Option(help="Schema of a PostgreSQL database (default: public) or DuckDB file (default: main).")
    ] = None,
) -> None:
    """Add people in an OMOP common data model 5.3 or 5.4. PGUSER and PGPASSWORD, or PGPASSFILE, open a PostgreSQL database."""
    with _expected_errors():
        from datetime import UTC, datetime

        from nms_pv.sources.omop.register import add_omop

        _tell_taken(add_omop(source, schema, _project(), datetime.now(UTC).date()))


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
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="As the report names it. A case or person: faers:12345, omop:123, omop:123#1. "
            "A number: ror/pt_only/ps+ss/collapsed/generation/FGA.",
        ),
    ],
) -> None:
    """Show from which rows a case or a person got its labels, or what a number means and which cases are behind it."""
    with _expected_errors():
        from nms_pv.audit.explain import explain
        from nms_pv.spec.params import load_params

        project = _project()
        text = explain(identifier, project)
        if load_params(project / "params.yaml").inputs.simulated:
            typer.echo("SIMULATED: this study runs on made-up input; nobody below exists.\n")
        typer.echo(text)


@app.command()
def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write, empty or with an earlier report.")],
    build: Annotated[
        Literal["internal", "shareable"] | None,
        typer.Option(help="Exact numbers with their cases, or small counts hidden and no cases. Default: as params.yaml says."),
    ] = None,
) -> None:
    """Write the report of the last run's data into a folder, under another build if asked; params.yaml stays as it is."""
    with _expected_errors():
        from nms_pv.report.of_study import REPORTS, refuse_others_files, with_build, write_report_of
        from nms_pv.spec.params import load_params

        project = _project()
        params = load_params(project / "params.yaml")
        chosen = with_build(params, build) if build else params
        refuse_others_files(out, project / REPORTS, "index.html")
        write_report_of(project, out, chosen)
        for arm in ("reports", "cohort"):
            if getattr(chosen.inputs, arm) != "none":
                typer.echo(f"{arm}: {'internal' if chosen.is_internal(arm) else 'shareable'}")
        typer.echo(out / "index.html")


@app.command()
def papers(
    out: Annotated[Path, typer.Option(help="Folder to write, empty or with earlier files for papers.")] = Path("papers"),
) -> None:
    """Write every table, every figure, methods and citation for a paper; of people's records only what may leave."""
    with _expected_errors():
        from nms_pv.report.of_study import REPORTS, for_others, refuse_others_files, write_report_of
        from nms_pv.report.papers.write import write_papers
        from nms_pv.spec.params import load_params

        project = _project()
        params = for_others(load_params(project / "params.yaml"))
        refuse_others_files(out, project / REPORTS, "contents.csv")
        written = write_papers(project, out, lambda folder: write_report_of(project, folder, params))
        typer.echo(f"{out}: {len(written)} files; contents.csv lists tables and figures.")


@review.command("export")
def review_export(
    sheet: Annotated[Path, typer.Argument(metavar="FILE", help="The sheet to write: .csv or .xlsx.")],
    top: Annotated[int | None, typer.Option(min=1, help="Only so many cases, the most informative ones.")] = None,
    with_verdicts: Annotated[
        bool,
        typer.Option("--with-verdicts", help="Show probability and verdicts of definitions: reviewers are then not blinded."),
    ] = False,
) -> None:
    """Write cases to be judged: verdict (nms, not_nms, cannot_tell), reviewer (initials), date (2026-03-31), comment."""
    with _expected_errors():
        from nms_pv.review.export import export_sheet

        done = export_sheet(_project(), sheet, top, with_verdicts=with_verdicts)
        typer.echo(
            f"{sheet}: {done.cases} cases; left out: {done.already_judged} judged before, {done.remaining} less informative."
        )


@review.command("import")
def review_import(sheet: Annotated[Path, typer.Argument(metavar="FILE", help="The sheet with verdicts.")]) -> None:
    """Take the verdicts of a sheet into study/adjudications.csv; rows without a verdict stay open."""
    with _expected_errors():
        from datetime import datetime

        from nms_pv.review.take import import_sheet

        done = import_sheet(_project(), sheet, datetime.now().astimezone().date())
        typer.echo(
            f"{sheet}: {done.added} verdicts added to study/adjudications.csv, {done.already_there} there before, "
            f"{done.without_verdict} rows without a verdict."
        )
        if done.added:
            typer.echo("`dvc repro` makes them a definition of their own, and ranks anew.")


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
    _tell_switched(done.switched)


def _tell_taken(done: "Taken") -> None:
    for warning in done.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    for name, form, origin, rows in done.record.select("table", "format", "origin", "rows").iter_rows():
        typer.echo(f"{name}: {rows} rows ({form}: {origin})")
    cdm, vocabulary = done.record.select("cdm_version", "vocabulary_version").row(0)
    typer.echo(f"Common data model {cdm or 'of unstated version'}, vocabulary {vocabulary or 'of unstated version'}.")
    if done.unchanged:
        typer.echo("Already there with the same rows.")
    else:
        typer.echo("Added: a snapshot of the rows above. The study now runs on a real cohort: `dvc repro`.")
    _tell_switched(done.switched)


def _tell_switched(switched: list[str]) -> None:
    if switched:
        typer.echo(f"Changed in params.yaml: {'; '.join(switched)}. Simulated and real input are never mixed.")


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
