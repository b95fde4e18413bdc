"""Finds the files that ship with the package, in a checkout and in a wheel alike."""

from functools import cache
from importlib.resources import files
from pathlib import Path

_PACKAGE = Path(str(files("disclosure_trends")))


def vocabulary_text(name: str) -> str:
    """Read one of the CSV files of the vocabulary.

    Parameters
    ----------
    name : str
        File name, for example ``"countries.csv"``.

    Returns
    -------
    str
        The text of the file (UTF-8).
    """
    return package_text(f"vocabulary/{name}")


@cache
def package_text(relative: str) -> str:
    """Read a text file that lies inside the package.

    Parameters
    ----------
    relative : str
        Path below the package, with ``/``.

    Returns
    -------
    str
        The text of the file (UTF-8).
    """
    return (_PACKAGE / relative).read_text(encoding="utf-8")


def shipped_path(relative: str) -> Path:
    """Locate a file of ``data/`` or ``notebooks/``.

    In a checkout these folders lie beside ``analysis/``; in a wheel the build puts
    them below the package.

    Parameters
    ----------
    relative : str
        Path below the project root, for example ``"data/published/telegram.csv"``.

    Returns
    -------
    pathlib.Path
        The file or folder; it may not exist.
    """
    installed = _PACKAGE / "shipped" / relative
    return installed if installed.exists() else _PACKAGE.parents[1] / relative


def example_requests() -> Path:
    """Locate the simulated request log that ships with the project.

    Returns
    -------
    pathlib.Path
        ``data/example/requests.csv.gz``.
    """
    return shipped_path("data/example/requests.csv.gz")
