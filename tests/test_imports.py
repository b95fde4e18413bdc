"""The package is cheap to import, and every public name can be imported."""

import subprocess
import sys

import pytest

import disclosure_trends as dtr

HEAVY = ("pandas", "numpy", "duckdb", "plotly", "statsmodels", "scipy", "papermill")


def loaded_after(code: str) -> set[str]:
    """Modules loaded in a fresh interpreter after running `code`."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import disclosure_trends").isdisjoint(HEAVY)


@pytest.mark.parametrize("name", [n for n in dtr.__all__ if n != "__version__"])
def test_public_names_import(name: str) -> None:
    assert getattr(dtr, name).__module__.startswith("disclosure_trends.")


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError) as caught:
        dtr.__getattr__("clean_request")
    assert str(caught.value) == (
        "module 'disclosure_trends' has no attribute 'clean_request'"
    )
