"""What an analyst can declare, and how a wrong declaration is answered."""

from pathlib import Path

import pytest

import disclosure_trends as dtr
from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.config import format_options, read_options
from disclosure_trends.logs.options import BLANK, OPTION_NAMES, refuse_blanks
from disclosure_trends.vocabulary.columns import COLUMN_NAMES

EVERYTHING = dtr.ReadOptions(
    encoding="cp1251",
    source_timezone="Europe/Warsaw",
    date_order="dmy",
    layouts=("epoch_s", "excel_serial"),
    sheet='a "sheet"\n',
    header=("A", "B \\ C"),
    skip_lines=3,
    columns={
        "request_id": dtr.Join("Place", "No."),
        "received_at": "Day",
        "outcome": dtr.FirstOf("Old", "New"),
        "validity": "Old",
    },
    constants={"country": "BR", "accounts_requested": 1},
    not_recorded=("channel", "legal_process"),
    row_is="account",
    empty={"authority": ("n/a", "brak")},
    terms={"outcome": {"": "pending", "tak = да": "disclosed", "x.y": "rejected"}},
    later_file_wins=True,
    min_date="2008-01-01",
    max_accounts=50,
    max_quarantine_share=0.5,
)

COLUMNS = f"the canonical columns are {', '.join(COLUMN_NAMES)}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"encoding": "utf8000"},
            "read.encoding: got 'utf8000'; it takes the name of a code page, as "
            "cp1252; did you mean 'utf-8'?",
        ),
        (
            {"encoding": "base64"},
            "read.encoding: got 'base64'; it takes the name of a code page, as cp1252",
        ),
        (
            {"source_timezone": "Europe/Berln"},
            "read.source_timezone: got 'Europe/Berln'; it takes an IANA zone, as "
            "Europe/Warsaw; did you mean 'Europe/Berlin'?",
        ),
        (
            {"date_order": "dmyy"},
            "read.date_order: got 'dmyy'; it is 'dmy' or 'mdy'; did you mean 'dmy'?",
        ),
        (
            {"layouts": ("epoch",)},
            "read.layouts: got 'epoch'; each is 'epoch_s' or 'epoch_ms' or "
            "'excel_serial'; did you mean 'epoch_s'?",
        ),
        (
            {"layouts": "epoch_s"},
            "read.layouts: got 'epoch_s'; it takes a list of texts",
        ),
        (
            {"header": ()},
            "read.header: got (); it takes the names of all columns in order",
        ),
        (
            {"skip_lines": -1},
            "read.skip_lines: got -1; it takes a whole number from 0 up",
        ),
        (
            {"max_accounts": True},
            "read.max_accounts: got True; it takes a whole number from 1 up",
        ),
        (
            {"columns": {"outcom": "Status"}},
            f"read.columns: got 'outcom'; {COLUMNS}; did you mean 'outcome'?",
        ),
        (
            {"columns": {"outcome": ("A", "B")}},
            "read.columns.outcome: got ('A', 'B'); it takes the own name of one "
            'column; for several say Join("A", "B") to join their texts or '
            'FirstOf("A", "B") for the first that is filled',
        ),
        (
            {"columns": {"outcome": ["A"]}},
            "read.columns.outcome: got ['A']; it takes the own name of one column; for "
            'several say Join("A", "B") to join their texts or FirstOf("A", "B") for '
            "the first that is filled",
        ),
        (
            {"constants": {"country": ""}},
            "read.constants.country: got ''; it takes one value, a text or a whole "
            "number, that is true of every row; a column without a value belongs into "
            "not_recorded",
        ),
        (
            {"constants": {"request_id": "1"}},
            "read.constants.request_id: got '1'; an id is of one request; a log "
            "without ids has ids='row'",
        ),
        (
            {"not_recorded": ("received_at",)},
            "read.not_recorded: got 'received_at'; a log must say when each request "
            "came, and which it is; a log without ids has ids='row'",
        ),
        (
            {"constants": {"country": "GB"}, "not_recorded": ("country",)},
            "read.not_recorded: country stands in constants too; a column is read, "
            "constant or not recorded; keep one of them",
        ),
        (
            {"ids": "row", "columns": {"request_id": "No."}},
            "read.ids: 'row' says that the log has no ids, but columns names one for "
            "request_id; keep one of them",
        ),
        (
            {"terms": {"outcome": {"x": 1}}},
            "read.terms.outcome: got {'x': 1}; it takes a mapping own word -> value",
        ),
        (
            {"min_date": "2013-13-01"},
            "read.min_date: got '2013-13-01'; it takes a day, as 2013-01-01",
        ),
        (
            {"max_quarantine_share": 20},
            "read.max_quarantine_share: got 20; it takes a share from 0 to 1, as 0.2",
        ),
        (
            {"later_file_wins": 1},
            "read.later_file_wins: got 1; it is true or false",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_declaration_says_what_is_allowed(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        dtr.ReadOptions(**options)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_plain_tuples_are_no_joins() -> None:
    with pytest.raises(SettingsError) as caught:
        dtr.Join()
    assert str(caught.value) == (
        'Join: got (); it takes the names of one or more own columns, as Join("A", "B")'
    )


def test_options_survive_toml(tmp_path: Path) -> None:
    path = tmp_path / "read.toml"
    path.write_text(format_options(EVERYTHING), encoding="utf-8")
    assert read_options(path) == EVERYTHING
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 'request_id = {join = ["Place", "No."]}' in lines
    assert 'outcome = {first_of = ["Old", "New"]}' in lines


def test_every_field_is_in_the_example() -> None:
    default = dtr.ReadOptions()
    same = [n for n in OPTION_NAMES if getattr(EVERYTHING, n) == getattr(default, n)]
    assert same == ["ids"]


def test_defaults_are_left_out() -> None:
    assert format_options(dtr.ReadOptions()).strip() == ""


def test_files_have_tables_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "read.toml"
    path.write_text(
        'min_date = "2011-01-01"\n'
        "[columns]\n"
        'request_id = "No."\n'
        '[files."2016.csv"]\n'
        'encoding = "cp1252"\n'
        '[files."2016.csv".columns]\n'
        'outcome = "Status"\n',
        encoding="utf-8",
    )
    options = read_options(path)
    assert isinstance(options, dict)
    assert options["*"] == dtr.ReadOptions(
        min_date="2011-01-01", columns={"request_id": "No."}
    )
    assert options["2016.csv"] == dtr.ReadOptions(
        encoding="cp1252",
        min_date="2011-01-01",
        columns={"request_id": "No.", "outcome": "Status"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'date_oder = "dmy"',
            "{where}: unknown option 'date_oder'; the options are "
            + ", ".join(OPTION_NAMES)
            + "; correct or remove it; did you mean 'date_order'?",
        ),
        (
            'date_order = "x"',
            "{where}: read.date_order: got 'x'; it is 'dmy' or 'mdy'",
        ),
        (
            "[columns]\noutcome = {joined = ['A']}",
            "{where}, columns.outcome: got {{'joined': ['A']}}; it takes the name of "
            'one column, {{join = ["A", "B"]}} or {{first_of = ["A", "B"]}}; '
            "correct it",
        ),
        (
            "files = 3",
            '{where}: files is no table; tables are [files."NAME"]; correct it',
        ),
    ],
)
def test_a_wrong_file_says_where(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_options(path)
    assert str(caught.value) == message.format(where=f"'{path}'")


def test_no_file_and_no_toml_are_settings_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_options(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("= 3", encoding="utf-8")
    with pytest.raises(SettingsError, match="is no TOML"):
        read_options(tmp_path / "bad.toml")


def test_blanks_are_refused_by_their_names() -> None:
    read = dtr.ReadOptions(
        constants={"country": BLANK},
        terms={"outcome": {"Successful": BLANK, "Refused": "rejected"}},
        max_quarantine_share=BLANK,  # type: ignore[arg-type]
    )
    assert read.blanks() == (
        "constants.country",
        "terms.outcome.'Successful'",
        "max_quarantine_share",
    )
    with pytest.raises(SettingsError) as caught:
        refuse_blanks(read, where="options of 'x.csv'")
    assert str(caught.value) == (
        "options of 'x.csv': still blank: constants.country, "
        "terms.outcome.'Successful', max_quarantine_share; every '???' of a preview "
        "wants an answer; fill it in, or remove the line and name the column in "
        "not_recorded"
    )
