"""The frame around a notebook: parameters checked at its top, provenance at its end.

`check_parameters` and `close_report` do the same in JupyterLab, under bare papermill
and in our runner; neither knows in which of them it is.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from disclosure_trends.errors import RequestLogError, SettingsError, nearest
from disclosure_trends.reports.notebooks.closing import ReportRecord, record_report
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.parameters import Schema, read_schema
from disclosure_trends.reports.notebooks.settings import find_notebook
from disclosure_trends.reports.notebooks.values import EXAMPLE, check_known
from disclosure_trends.resources import example_requests, shipped_path

if TYPE_CHECKING:
    import pandas as pd

    from disclosure_trends.counts.counts import Counts
    from disclosure_trends.logs.cleaned import CleanedLog
    from disclosure_trends.reports.quality import DataQualityResult

T = TypeVar("T")

# papermill begins the cell that it injects with this comment.
_INJECTED: Final = "# Parameters"
_EXAMPLE_OPTIONS: Final = "data/example/read.toml"
_EXAMPLE_DATES: Final = "data/example/adoption_dates.csv"
# One kernel holds one notebook, and `close_report()` takes no argument: the settings
# that were checked last are the ones it closes.
_CHECKED: Final[list[tuple["Settings", Mapping[str, object]]]] = []
# What its settings opened; a log that no variable holds is accounted for too.
_OPENED: Final[list[object]] = []


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked parameters of a notebook, each an attribute of its name.

    Attributes
    ----------
    notebook : str
        Name of the notebook.
    values : mapping
        Name to value, in the order of the parameters cell.
    """

    notebook: str
    values: Mapping[str, Value]

    def __getattr__(self, name: str) -> Value:
        """Return the value of a parameter."""
        if name.startswith("_") or name not in self.values:
            message = (
                f"{self.notebook}: there is no parameter {name!r}"
                f"{nearest(name, self.values)}; there are {', '.join(self.values)}"
            )
            raise AttributeError(message)
        return self.values[name]

    def open_requests(self) -> "CleanedLog":
        """Open the log that the parameter `requests` names, cleaned as of `as_of`.

        Returns
        -------
        CleanedLog
            A folder that ``out=`` left is opened as it is; a file is cleaned first;
            ``"example"`` is the simulated log that ships with the project.

        Raises
        ------
        RequestLogError
            If the log cannot be trusted, or a cleaned one knows of later days than
            `as_of`.
        """
        from disclosure_trends.logs.clean import clean_requests
        from disclosure_trends.logs.cleaned import open_log
        from disclosure_trends.logs.config import read_options

        given, as_of = str(self.requests), str(self.as_of)
        if Path(given).is_dir():
            log = self.remember(open_log(given))
            if log.as_of.isoformat() > as_of:
                message = (
                    f"{Path(given).name}: was cleaned as of {log.as_of.isoformat()}, "
                    f"which is later than {as_of}; clean it again as of {as_of}"
                )
                raise RequestLogError(message)
            return log
        if given != EXAMPLE:
            return self.remember(clean_requests(given, as_of=as_of))
        read = read_options(shipped_path(_EXAMPLE_OPTIONS))
        example = example_requests()
        return self.remember(clean_requests(example, as_of=as_of, read=read))

    def remember(self, source: T) -> T:
        """Have `close_report` account for a source, and return it."""
        _OPENED.append(source)
        return source

    def open_counts(self) -> "Counts":
        """Open the series that `counts`, `published` or `requests` names."""
        from disclosure_trends.reports.series import open_counts

        return open_counts(self)

    def open_adoption_dates(self) -> "pd.DataFrame | None":
        """Read the register that the parameter `adoption_dates` names.

        Returns
        -------
        pandas.DataFrame or None
            All columns as text. The example log brings its own register; for any
            other log an empty parameter means that there is none.
        """
        import pandas as pd

        given = str(self.adoption_dates or "")
        if (given or self.requests) == EXAMPLE:
            source = shipped_path(_EXAMPLE_DATES)
        elif not given:
            return None
        else:
            source = Path(given)
        return pd.read_csv(source, dtype=str, keep_default_na=False, na_values=[""])

    def open_policies(self) -> "pd.DataFrame | None":
        """Return the policy that the parameter `policy` dates, for every line alike.

        Returns
        -------
        pandas.DataFrame or None
            One row with its ``date``, as `attribute_uptick` takes it; None where the
            parameter is empty.
        """
        import pandas as pd

        return pd.DataFrame({"date": [str(self.policy)]}) if self.policy else None

    def describe_quality(self, cleaned: "CleanedLog") -> "DataQualityResult":
        """Say what became of the records of a log, as a result with its picture.

        Parameters
        ----------
        cleaned : CleanedLog
            What `open_requests` returned.

        Returns
        -------
        DataQualityResult
            Counts by file, reason and column; no row and no spelling.
        """
        from disclosure_trends.reports.quality import describe_quality

        return describe_quality(cleaned)


def check_parameters(notebook: str, namespace: Mapping[str, object], /) -> Settings:
    """Check the parameters of a notebook, from inside it.

    Parameters
    ----------
    notebook : str
        Name of a notebook that ships with the project, or the path of one.
    namespace : mapping
        The notebook's variables: ``globals()``.

    Returns
    -------
    Settings
        The checked parameters as attributes.

    Raises
    ------
    SettingsError
        If a parameter is absent, mistyped or out of range, or papermill was given a
        name that the notebook does not know.
    """
    schema = read_schema(find_notebook(notebook))
    own = _annotated(namespace)
    for name in _injected_names(namespace):
        if name not in own:
            schema[name]  # refuses what neither the notebook nor its copy declares
    absent = [name for name in schema.names if name not in namespace]
    if absent:
        raise SettingsError(_absent(schema, absent[0], own))
    values = schema.check({name: namespace[name] for name in schema.names})
    check_known(values, where=schema.notebook, optional=schema.optional)
    settings = Settings(schema.notebook, values)
    _CHECKED[:] = [(settings, namespace)]
    _OPENED.clear()
    return settings


def close_report() -> ReportRecord:
    """Say where the numbers of this notebook come from; its last cell.

    Returns
    -------
    ReportRecord
        Shows itself as provenance and carries the token that proves the end was
        reached.

    Raises
    ------
    SettingsError
        If `check_parameters` was not called before.
    """
    if not _CHECKED:
        message = (
            "close_report(): no parameters were checked; call check_parameters first"
        )
        raise SettingsError(message)
    settings, namespace = _CHECKED[0]
    return record_report(
        settings.notebook, settings.values, namespace, opened=tuple(_OPENED)
    )


def _annotated(namespace: Mapping[str, object]) -> frozenset[str]:
    """Return the names that this copy of the notebook declares with a type."""
    declared = namespace.get("__annotations__")
    return frozenset(declared) if isinstance(declared, Mapping) else frozenset()


def _injected_names(namespace: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names that the injected cell, if there is one, assigns."""
    history = namespace.get("In")
    sources = [str(s) for s in history] if isinstance(history, list) else []
    injected = [source for source in sources if source.startswith(_INJECTED)]
    if not injected:
        return ()
    return tuple(
        target.id
        for statement in ast.parse(injected[-1]).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    )


def _absent(schema: Schema, name: str, own: frozenset[str]) -> str:
    others = sorted(own - {*schema.names})
    near = nearest(name, others).replace("did you mean", "it has").rstrip("?")
    return (
        f"{schema.notebook}: parameter {name!r} is absent from the parameters cell"
        f"{near}; write {name}: {schema[name].annotation} = {schema[name].default!r}"
    )
