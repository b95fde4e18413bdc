"""Parameters: what a notebook declares, what is accepted, and how refusals read."""

from datetime import date, datetime
from enum import Enum
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.errors import PeriodError, SettingsError, UnknownRegionError
from disclosure_trends.reports.notebooks.parameter_types import Parameter
from disclosure_trends.reports.notebooks.parameters import Schema, read_schema
from disclosure_trends.reports.notebooks.session import check_parameters, close_report
from disclosure_trends.reports.notebooks.values import check_known, input_files

CELL = """\
region: str = "EU"  # country code or group
months: int = 24
level: float = 0.95  # of every interval
force: bool = False
adoption_dates: str | None = None  # a CSV file
regions: list[str] = ["EU", "non-EU"]  # in this order
limits: list[int] | None = None
"""


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    return read_schema(notebook(tmp_path / "demo.ipynb", CELL))


def notebook(path: Path, *parameters: str) -> Path:
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
        for source in parameters
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_schema_is_the_parameters_cell(schema: Schema) -> None:
    assert schema.names == (
        *("region", "months", "level", "force"),
        *("adoption_dates", "regions", "limits"),
    )
    assert schema["region"].help == "country code or group"
    assert schema["months"].help == ""
    assert schema["adoption_dates"].annotation == "str | None"
    assert schema["regions"].default == ["EU", "non-EU"]


# Norway, Namibia, Ontario, leading zeros, and what papermill's -p turns into a float
# or a None (reports of 2024 and 2025 on its tracker).
@pytest.mark.parametrize("text", ["NO", "NA", "ON", "007", "nan", "1e5", "None", ""])
def test_a_text_stays_that_text(schema: Schema, text: str) -> None:
    assert schema.parse({"region": text}) == {"region": text}
    assert schema.parse({"adoption_dates": text}) == {"adoption_dates": text}
    assert schema.check({"region": text})["region"] == text


@given(text=st.text())
def test_any_text_stays_that_text(text: str) -> None:
    region = Parameter(
        name="region",
        annotation="str | None",
        default=None,
        help="",
        scalars=frozenset({"str", "None"}),
        items=frozenset(),
    )
    assert region.parse(text, where="demo") == text
    assert region.check(text, where="demo") == text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("months", "-3", -3),
        ("months", "007", 7),
        ("level", "0.9", 0.9),
        ("level", "1", 1.0),
        ("force", "true", True),
        ("force", "False", False),
        ("regions", "FR,NO, NA", ["FR", "NO", "NA"]),
        ("regions", '["FR", "NO"]', ["FR", "NO"]),
        ("regions", "", []),
        ("limits", "", None),
        ("limits", "1,2", [1, 2]),
    ],
)
def test_a_command_line_is_read_by_type(
    schema: Schema, name: str, text: str, value: object
) -> None:
    read = schema.parse({name: text})[name]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "months",
            "1e5",
            "demo: parameter 'months' is '1e5', not int; "
            "give a whole number such as 12",
        ),
        (
            "level",
            "nan",
            "demo: parameter 'level' is 'nan', not float; "
            "give a finite number such as 0.95",
        ),
        (
            "force",
            "yes",
            "demo: parameter 'force' is 'yes', not bool; give true or false",
        ),
        (
            "limits",
            "1,x",
            "demo: parameter 'limits' is '1,x', not list[int] | None; "
            "give nothing or a list such as EU,IN,BR",
        ),
    ],
)
def test_a_text_of_the_wrong_type_is_refused(
    schema: Schema, name: str, text: str, message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        schema.parse({name: text})
    assert str(caught.value) == message


def test_values_keep_their_type(schema: Schema) -> None:
    class Choice(Enum):
        NORWAY = "NO"

    given = {
        "region": Choice.NORWAY,
        "level": 1,
        "adoption_dates": Path("a") / "b.csv",
        "regions": ("FR", "NO"),
    }
    checked = schema.check(given)
    assert checked["region"] == "NO"
    assert type(checked["level"]) is float
    assert checked["adoption_dates"] == str(Path("a") / "b.csv")
    assert checked["regions"] == ["FR", "NO"]
    assert checked["months"] == 24
    days = schema.check({"region": date(2024, 12, 31)})
    assert days["region"] == "2024-12-31"
    assert schema.check({"region": pd.Period("2024Q3")})["region"] == "2024Q3"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "months",
            True,
            "demo: parameter 'months' is of type bool, not int; "
            "give a whole number such as 12",
        ),
        (
            "region",
            False,
            "demo: parameter 'region' is of type bool, not str; give a text",
        ),
        (
            "level",
            float("nan"),
            "demo: parameter 'level' is nan, not float; "
            "give a finite number such as 0.95",
        ),
        (
            "region",
            datetime(2024, 1, 1),  # noqa: DTZ001
            "demo: parameter 'region' is of type datetime, not str; give a text",
        ),
        (
            "regions",
            ["EU", 1],
            "demo: parameter 'regions' is of type list, not list[str]; "
            "give a list such as EU,IN,BR",
        ),
        ("months", None, None),
        ("force", 1, None),
        ("region", object(), None),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    schema: Schema, name: str, value: object, message: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        schema.check({name: value})
    assert message is None or str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "regoin",
            "demo: parameter 'regoin' is unknown; did you mean 'region'?; it takes "
            "region, months, level, force, adoption_dates, regions, limits",
        ),
        (
            "x=1;import os",
            "demo: parameter 'x=1;import os' is unknown; it takes "
            "region, months, level, force, adoption_dates, regions, limits",
        ),
    ],
)
def test_an_unknown_name_is_refused(schema: Schema, name: str, message: str) -> None:
    for door in (schema.check, schema.parse):
        with pytest.raises(SettingsError) as caught:
            door({name: "BR"})
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            'region = "EU"',
            "demo.ipynb, parameters cell, line 1: write name: type = value, "
            'as in region: str = "EU"',
        ),
        (
            "import os",
            "demo.ipynb, parameters cell, line 1: write name: type = value, "
            'as in region: str = "EU"',
        ),
        (
            "x: dict = {}",
            "demo.ipynb, parameters cell, line 1: type 'dict' is not allowed; a "
            "parameter is str, int, float, bool, None or a list of these",
        ),
        (
            "x: str = open('/etc/passwd').read()",
            "demo.ipynb, parameters cell, line 1: the default of 'x' is no plain value",
        ),
        ("x: str =", "demo.ipynb, parameters cell, line 1: is not Python"),
        (
            "x: str = 1",
            "demo.ipynb, parameters cell, line 1: parameter 'x' is of type int, "
            "not str; give a text",
        ),
    ],
)
def test_a_cell_that_is_no_schema_is_refused(
    tmp_path: Path, cell: str, message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_schema(notebook(tmp_path / "demo.ipynb", cell))
    assert str(caught.value) == message


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such notebook"):
        read_schema(tmp_path / "absent.ipynb")
    (tmp_path / "text.ipynb").write_text("[]", encoding="utf-8")
    with pytest.raises(SettingsError, match="is no notebook"):
        read_schema(tmp_path / "text.ipynb")
    with pytest.raises(SettingsError, match="2 cells are tagged"):
        read_schema(notebook(tmp_path / "two.ipynb", "x: int = 1", "y: int = 2"))
    assert read_schema(notebook(tmp_path / "none.ipynb")).names == ()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"region": "XX"}, UnknownRegionError),
        ({"regions": ["EU", "Germny"]}, UnknownRegionError),
        ({"as_of": "2024-13-01"}, PeriodError),
        ({"policy": "autumn"}, PeriodError),
        ({"before": "2024Q5"}, PeriodError),
        ({"before": "2024Q3", "after": "2024Q3"}, SettingsError),
        ({"requests": "no-such-file.csv"}, SettingsError),
        ({"requests": ""}, SettingsError),
        ({"published": "telegran"}, SettingsError),
    ],
)
def test_known_names_have_values_that_exist(
    values: dict[str, object], error: type[SettingsError]
) -> None:
    with pytest.raises(error, match=r"^demo, parameter '"):
        check_known(values, where="demo")


def test_known_names_accept_what_exists(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("x\n", encoding="utf-8")
    check_known(
        {
            "region": "NO",
            "regions": ["NA", "non-EU"],
            "before": "2024Q2",
            "after": "2024Q3",
            "as_of": "2024-12-31",
            "requests": str(tmp_path / "a[1].csv"),
            "adoption_dates": "",
            "policy": "",
            "anything": "else",
        },
        where="demo",
    )


def test_a_file_goes_before_a_pattern_and_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a[1].csv", "a1.csv", "b.csv"):
        Path(name).write_text("x\n", encoding="utf-8")
    assert [p.name for p in input_files("requests", "a[1].csv")] == ["a[1].csv"]
    assert [p.name for p in input_files("requests", "*.csv")] == [
        *("a1.csv", "a[1].csv", "b.csv")
    ]
    assert input_files("region", "a1.csv") == ()
    assert input_files("requests", None) == ()


def test_inside_the_notebook_the_same_is_refused(tmp_path: Path) -> None:
    path = str(notebook(tmp_path / "demo.ipynb", 'region: str = "EU"'))
    assert check_parameters(path, {"region": "NO"}).region == "NO"
    with pytest.raises(SettingsError, match="'region' is of type bool, not str"):
        check_parameters(path, {"region": False})
    with pytest.raises(UnknownRegionError):
        check_parameters(path, {"region": "XX"})
    injected = {
        "region": "EU",
        "regoin": "BR",
        "In": ["", '# Parameters\nregoin = "BR"'],
    }
    with pytest.raises(SettingsError, match="did you mean 'region'"):
        check_parameters(path, injected)
    mistyped = {"regoin": "BR", "__annotations__": {"regoin": str}}
    with pytest.raises(SettingsError) as caught:
        check_parameters(path, mistyped)
    assert str(caught.value) == (
        "demo: parameter 'region' is absent from the parameters cell; "
        "it has 'regoin'; write region: str = 'EU'"
    )


def test_a_copy_may_declare_a_parameter_of_its_own(tmp_path: Path) -> None:
    path = str(notebook(tmp_path / "demo.ipynb", 'region: str = "EU"'))
    own = {
        "region": "EU",
        "threshold": 6,
        "__annotations__": {"region": str, "threshold": int},
        "In": ["", "# Parameters\nthreshold = 6"],
    }
    assert check_parameters(path, own).region == "EU"


def test_settings_name_what_there_is(tmp_path: Path) -> None:
    path = str(notebook(tmp_path / "demo.ipynb", 'region: str = "EU"'))
    settings = check_parameters(path, {"region": "EU"})
    with pytest.raises(AttributeError) as caught:
        _ = settings.regoin
    assert str(caught.value) == (
        "demo: there is no parameter 'regoin'; did you mean 'region'?; there are region"
    )


def test_closing_needs_an_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disclosure_trends.reports.notebooks.session._CHECKED", [])
    with pytest.raises(SettingsError, match="call check_parameters first"):
        close_report()


def test_json_schema(schema: Schema) -> None:
    document = schema.json_schema()
    assert document["additionalProperties"] is False
    properties = document["properties"]
    assert isinstance(properties, dict)
    assert properties["adoption_dates"] == {
        "type": ["string", "null"],
        "description": "a CSV file",
        "default": None,
    }
    assert properties["limits"]["items"] == {"type": "integer"}
