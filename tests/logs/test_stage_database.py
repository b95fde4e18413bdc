"""A query to a real PostgreSQL server, started for these tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from logs.bad_files import NAMES, rows
from logs.staging import stage

import disclosure_trends as dtr
from disclosure_trends.errors import RequestLogError, SettingsError
from disclosure_trends.logs.options import ReadOptions

SECRET = "s3cret-of-the-test"  # noqa: S105 (planted, to see that it never shows)
GOOD = [tuple(row.split(",")) for row in rows()]


def _programs() -> Path | None:
    """The folder of the newest server that Debian's package left."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    pytest.importorskip("adbc_driver_postgresql")
    folder = Path(tempfile.mkdtemp(prefix="dtr-postgres-"))
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "owner",
        "-A",
        "trust",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, **quiet, **who)  # type: ignore[call-overload]
    server = subprocess.Popen(  # type: ignore[call-overload]
        [programs / "postgres", "-D", data, "-k", folder, "-h", "", "-F"],
        **quiet,
        **who,
    )
    try:
        ready = [programs / "pg_isready", "-h", folder, "-t", "20"]
        for _ in range(100):
            if subprocess.run(ready, check=False, **quiet).returncode == 0:  # type: ignore[call-overload]
                break
        _fill(programs / "psql", folder)
        yield f"postgresql://owner:{SECRET}@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder)


def _fill(psql: Path, folder: Path) -> None:
    columns = ", ".join(f"{name} text" for name in NAMES)
    statements = f"CREATE TABLE text_log ({columns});\nCOPY text_log FROM STDIN CSV;\n"
    statements += "\n".join(rows())
    statements += """\n\\.
        CREATE TABLE typed_log AS SELECT request_id::int AS request_id,
            received_at::timestamptz AS received_at, country, authority, channel,
            legal_process, outcome, accounts_requested::numeric(9, 2)
            AS accounts_requested, '+49 170'::text AS phone FROM text_log;
    """
    subprocess.run(
        [psql, "-h", folder, "-U", "owner", "-q", "-v", "ON_ERROR_STOP=1", "postgres"],
        input=statements,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def query(uri: str, text: str) -> dtr.DatabaseQuery:
    return dtr.DatabaseQuery(uri=uri, query=text)


def test_rows_of_a_query_are_staged(database: str, tmp_path: Path) -> None:
    source = query(database, "SELECT * FROM text_log ORDER BY request_id -- all\n;")
    staged, found = stage(source, tmp_path)
    assert [tuple(row[name] for name in NAMES) for row in found] == GOOD
    assert staged.files[0].format == "query"
    assert {row["source_file"] for row in found} == {"query"}


def test_typed_columns_become_text(database: str, tmp_path: Path) -> None:
    source = query(database, "SELECT * FROM typed_log ORDER BY request_id")
    staged, found = stage(source, tmp_path)
    assert found[0]["request_id"] == "0"
    assert found[0]["received_at"] == "2024-01-05 10:00:00.000000Z"
    assert found[3]["accounts_requested"] == "4.00"
    assert staged.files[0].unknown_columns == 1
    assert "+49" not in repr(found)


def test_the_address_may_stand_in_the_environment(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_DATABASE", database)
    source = query("env:LOG_DATABASE", "SELECT * FROM text_log")
    assert SECRET not in repr(source)
    assert stage(source, tmp_path)[0].records == 8


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM text_log RETURNING *", "SELECT 1); DROP TABLE text_log; --"],
)
def test_a_query_cannot_write(statement: str, database: str, tmp_path: Path) -> None:
    with pytest.raises(RequestLogError, match="the database refuses"):
        stage(query(database, statement), tmp_path)
    again = tmp_path / "again"
    again.mkdir()
    assert stage(query(database, "SELECT * FROM text_log"), again)[0].records == 8


def test_a_wrong_query_says_why_without_the_address(
    database: str, tmp_path: Path
) -> None:
    with pytest.raises(RequestLogError) as caught:
        stage(query(database, "SELECT * FROM no_such_table"), tmp_path)
    message = str(caught.value)
    assert message.startswith("the query: the database refuses (SQLSTATE 42P01")
    assert "no_such_table" in message
    assert SECRET not in message
    assert SECRET not in repr(caught.value.__cause__)


def test_a_value_of_a_row_is_never_quoted(database: str, tmp_path: Path) -> None:
    text = "SELECT authority::int AS request_id, * FROM text_log"
    with pytest.raises(RequestLogError) as caught:
        stage(query(database, text), tmp_path, read=ReadOptions())
    assert "Unit" not in str(caught.value)


def test_no_server_is_a_refusal_without_the_address(tmp_path: Path) -> None:
    pytest.importorskip("adbc_driver_postgresql")
    uri = f"postgresql://owner:{SECRET}@/postgres?host={tmp_path}"
    with pytest.raises(RequestLogError) as caught:
        stage(query(uri, "SELECT 1"), tmp_path)
    assert str(caught.value) == (
        "the database: the database refuses (no connection, or no answer); a query is "
        "one SELECT that the user may run; run it in the database's own client first"
    )


def test_other_addresses_are_settings_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        stage(query("mysql://x", "SELECT 1"), tmp_path)
    assert str(caught.value) == (
        "DatabaseQuery.uri: not the address of a PostgreSQL database; it begins with "
        "'postgresql://'; for other databases give an Arrow reader"
    )
    again = tmp_path / "again"
    again.mkdir()
    with pytest.raises(SettingsError, match="the environment has no variable 'NONE_X'"):
        stage(query("env:NONE_X", "SELECT 1"), again)
