"""Every public function documents each of its parameters and what it returns."""

import inspect
from importlib import import_module

import pytest
from numpydoc.validate import validate

import disclosure_trends as dtr

# PR01/PR02 every parameter and no other, PR07 described, RT01 what is returned,
# SS03 a summary that ends, GL08 a docstring at all (codes of numpydoc).
CHECKS = {"PR01", "PR02", "PR07", "RT01", "SS03", "GL08"}
NAMES = sorted(
    name for name in dtr.__all__ if inspect.isfunction(getattr(dtr, name, None))
)


@pytest.mark.parametrize("name", NAMES)
def test_public_function(name: str) -> None:
    function = getattr(dtr, name)
    import_module(function.__module__)
    found = validate(f"{function.__module__}.{function.__name__}")["errors"]
    assert [error for error in found if error[0] in CHECKS] == []
