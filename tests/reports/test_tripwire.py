"""The tripwire: fires on what looks like a person, never on our own figures."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.display import numbers
from disclosure_trends.errors import RedactionError
from disclosure_trends.reports.tripwire import kinds_found, look_for_persons


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+49 171 2345678", "a phone number"),
        ("+1 (202) 555-0143", "a phone number"),
        ("(202) 555-0143", "a phone number"),
        ("00442079460958", "a phone number"),
        ("0171/2345678", "a phone number"),
        ("a.b+c@mail.example.co.uk", "an e-mail address"),
        ("from 198.51.100.7, twice", "an IP address"),  # RFC 5737
        ("2001:db8:0:0:0:0:2:1", "an IPv6 address"),  # RFC 3849
        ("2001:db8::2:1", "an IPv6 address"),
        ("DE89370400440532013000", "an IBAN"),  # ISO 13616's example
        ("GB82 WEST 1234 5698 7654 32", "an IBAN"),
    ],
)
def test_it_fires(text: str, kind: str) -> None:
    assert kind in set(kinds_found(f"Sent by {text} on Monday."))
    assert kind in set(kinds_found(text))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01..2024-09-30, 2024Q3, 2024-W36, 12:34:56",
        "pandas 3.1.1, duckdb 2.0.1, plotly 7.1.0",
        "2.15 to 34.5; +6,781 requests; 1e+10; 0.00123456789; 0171",
        "sha256 a4f23b9152e0e19d8f3926e6e94435730e473e2865e41ec6c9980b84d2fbb225",
        "sha256 00491234567890123456789012345678901234567890123456789012345678ab",
        "https://web.archive.org/web/202410030400/https://t.me/transparency",
        "https://medium.com/@somebody/a-post-0171-2345678",
        "SIM-0000123 and R-00491712345678",
        "GB82 WEST 1234 5698 7654 33",  # the check digits do not fit
        "999.999.999.999 and 1.2.3 and 1.2.3.4.5",
        "a::b, std::vector, x[1::2]",
        "@media print, @page, @font-face",
    ],
)
def test_it_stays_silent(text: str) -> None:
    assert list(kinds_found(text)) == []


@given(value=st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_no_figure_of_ours_is_a_person(value: float) -> None:
    said = [numbers.count(value), numbers.decimal(value), numbers.signed_count(value)]
    said += [numbers.ratio(abs(value)), numbers.percent(value)]
    text = f"It rose by {said[0]}, from {said[1]} to {said[2]} ({said[3]}, {said[4]})."
    assert list(kinds_found(text)) == []


@pytest.mark.parametrize("name", ["report.html", "notebook.ipynb", "x.csv"])
def test_every_kind_of_file_is_read(tmp_path: Path, name: str) -> None:
    person = "jane.roe@example.org"
    text = {
        ".html": f"<p>{person.replace('@', '&#64;')}</p>",
        ".ipynb": json.dumps({"cells": [{"source": [f"# {person}"]}]}),
        ".csv": f"a,b\n1,{person}\n",
    }[Path(name).suffix]
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / name).write_text(text, encoding="utf-8")
    with pytest.raises(RedactionError) as caught:
        look_for_persons(tmp_path, report="demo")
    assert str(caught.value) == (
        f"report 'demo', tables/{name}: holds what looks like an e-mail address; look "
        "where it came from before the file leaves this machine"
    )


def test_scripts_and_styles_of_a_page_are_passed_over(tmp_path: Path) -> None:
    page = "<script>a@b.org</script><style>.x{}</style><p>&lt;script&gt;</p>"
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    look_for_persons(tmp_path, report="demo")
    hidden = "<p>&lt;script&gt;a@b.org&lt;/script&gt;</p>"  # a text, no script
    (tmp_path / "report.html").write_text(hidden, encoding="utf-8")
    with pytest.raises(RedactionError):
        look_for_persons(tmp_path, report="demo")
