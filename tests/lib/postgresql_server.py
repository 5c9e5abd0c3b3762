"""A PostgreSQL server of our own on loopback, with a password, gone when the test ends."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgresql
import polars as pl
import pytest

from tests.lib.cdm_files import Tables

USER, PASSWORD = "reader", "Gl4ss-0nion"


@dataclass(frozen=True)
class Server:
    """Where it listens; its user and password are in the environment."""

    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://127.0.0.1:{self.port}/{database}"

    def load(self, schema: str, tables: Tables) -> None:
        """Fill a schema."""
        with closing(postgresql.connect(self.url())) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            for name, frame in tables.items():
                cursor.adbc_ingest(name, frame.to_arrow(compat_level=pl.CompatLevel.oldest()), db_schema_name=schema)
            connection.commit()

    def do(self, statement: str) -> None:
        """Run one statement."""
        with closing(postgresql.connect(self.url())) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(statement)
            connection.commit()


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Start a server as a user that is not root, which PostgreSQL refuses."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    found = shutil.which("postgres") or (str(programs[-1]) if programs else None)
    if found is None:
        pytest.skip("no PostgreSQL server is installed here (no program `postgres`)")
    programs_of = Path(found).parent
    folder = Path(tempfile.mkdtemp(prefix="nms_pv_postgresql_"))
    (folder / "password").write_text(PASSWORD)
    as_user: list[str] = []
    if os.getuid() == 0:
        user = _unprivileged()
        as_user = ["/usr/sbin/runuser", "-u", user, "--"]
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    initialise = ["-D", f"{folder}/data", "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder}/password", "--encoding=UTF8"]
    listen = ["-D", f"{folder}/data", "-l", f"{folder}/log", "-o", f"-h 127.0.0.1 -p {port} -k {folder}", "-w"]
    monkeypatch.setenv("PGUSER", USER)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    try:
        subprocess.run([*as_user, f"{programs_of}/initdb", *initialise], check=True, capture_output=True, cwd="/")
        subprocess.run([*as_user, f"{programs_of}/pg_ctl", *listen, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        yield Server(port)
    finally:
        stop = [*as_user, f"{programs_of}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder)


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
