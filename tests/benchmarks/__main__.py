"""Runs the benchmarks named on the command line, or all of them."""

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    """Print what each benchmark measured.

    Parameters
    ----------
    names : list of str
        Modules of this folder, each with the sizes that it takes behind it; all if
        empty.
    """
    folder = Path(__file__).parent
    known = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
    sizes: dict[str, list[str]] = {}
    for word in names:
        if word.replace("_", "").isdigit() and sizes:
            sizes[list(sizes)[-1]].append(word)
        else:
            sizes[word] = []
    for name in sizes or known:
        module = import_module(f"tests.benchmarks.{name}")
        if hasattr(module, "main"):
            print(f"== {name}")  # noqa: T201
            module.main(*sizes.get(name, []))


if __name__ == "__main__":
    main(sys.argv[1:])
