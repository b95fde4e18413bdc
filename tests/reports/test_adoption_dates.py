from pathlib import Path

from disclosure_trends.reports.notebooks.session import Settings


def settings(*, requests: str, dates: str) -> Settings:
    return Settings("notebook", {"requests": requests, "adoption_dates": dates})


def test_the_example_brings_its_own_register() -> None:
    own = settings(requests="example", dates="").open_adoption_dates()
    named = settings(requests="log.csv", dates="example").open_adoption_dates()
    assert list(own) == ["authority", "adopted_on"]
    assert own.equals(named)


def test_another_log_has_a_register_only_if_it_is_given(tmp_path: Path) -> None:
    assert settings(requests="log.csv", dates="").open_adoption_dates() is None
    register = tmp_path / "dates.csv"
    register.write_text("authority,adopted_on\nNA,2024-07-15\nnull,\n")
    given = settings(requests="log.csv", dates=str(register)).open_adoption_dates()
    assert given["authority"].tolist() == ["NA", "null"]
    assert given["adopted_on"].isna().tolist() == [False, True]
