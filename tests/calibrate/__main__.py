"""Runs the calibrations named on the command line, or all of them."""

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Print what each calibration measured.

    Parameters
    ----------
    names : list of str
        Modules of this folder; all if empty.
    """
    folder = Path(__file__).parent
    known = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    for name in names or known:
        print(f"== {name}")  # noqa: T201
        import_module(f"tests.calibrate.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
