"""The data dictionary says what the code does."""

from disclosure_trends.vocabulary.reasons import reason_codes, reasons
from tests import dictionary


def test_the_tables_are_current() -> None:
    assert dictionary.written_tables() == dictionary.tables(), (
        "run: .venv/bin/python -m tests.dictionary"
    )


def test_there_are_51_reasons_and_each_says_what_to_do() -> None:
    assert [reason.number for reason in reasons()] == list(range(1, 52))
    assert len(set(reason_codes())) == 51
    assert all(reason.meaning and reason.advice for reason in reasons())
