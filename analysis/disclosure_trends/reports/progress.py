"""Says how far a batch is: in place on a terminal, else a line for each report."""

import sys

import typer

from disclosure_trends.reports.notebooks.workers import Progress


def show_progress() -> Progress:
    """Return what a batch tells its progress to.

    Returns
    -------
    callable
        Takes report and stage. On a terminal the reports under way stand in the last
        line of stderr; without one each stage is a plain line on stdout.
    """
    if not sys.stderr.isatty():
        return lambda name, stage: typer.echo(f"{name}: {stage}")
    from rich.console import Console

    # No rich.live: its thread must not be there when a report forks.
    console = Console(stderr=True, highlight=False)
    under_way: list[str] = []

    def show(name: str, stage: str) -> None:
        """Say in place what is under way, and leave a line for what has ended."""
        if stage == "started":
            under_way.append(name)
        else:
            under_way.remove(name)
            console.print(f"\r\x1b[K{name}: {stage}")
        if under_way:
            console.print(f"\r\x1b[K{', '.join(under_way)} …", end="")

    return show
