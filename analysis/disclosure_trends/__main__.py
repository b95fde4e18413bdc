"""Starts the command line, as ``disclosure-trends`` and ``python -m`` alike."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Many small matrices: threads cost more than they save, and sums would depend on
    # the number of cores. numpy reads this when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from disclosure_trends.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
