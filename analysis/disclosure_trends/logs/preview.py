"""Looks at a log before it is cleaned, and proposes how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, cast

from disclosure_trends.errors import OutputError, SettingsError
from disclosure_trends.logs.config import format_options
from disclosure_trends.logs.formats.intake import where_in
from disclosure_trends.logs.formats.text import Item
from disclosure_trends.logs.options import BLANK, ReadOptions
from disclosure_trends.logs.previews.facts import look_at_columns
from disclosure_trends.logs.previews.guesses import guess_columns
from disclosure_trends.logs.previews.probe import Probe, probe_source
from disclosure_trends.logs.previews.proposals import Proposal, notes, propose
from disclosure_trends.logs.shown import plain_name, shown
from disclosure_trends.logs.sources import find_files
from disclosure_trends.vocabulary.terms import closed_list

if TYPE_CHECKING:
    import pandas as pd

_TABLES = ("columns", "constants", "empty")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogPreview:
    """What was found in a log, and the options to paste.

    Attributes
    ----------
    read : ReadOptions
        What is proposed. Where only a person knows the answer stands ``"???"``;
        cleaning refuses options in which one is left.
    proposals : tuple of Proposal
        Each option with the evidence for it.
    notes : tuple of str
        What no option answers.
    name, format : str
        Of the file.
    records : int
        Records of the file.
    broken : int
        Those of them whose form is broken: they will be set aside.
    columns : tuple of str
        The file's own columns.
    """

    read: ReadOptions
    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...]
    name: str
    format: str
    records: int
    broken: int
    columns: tuple[str, ...]

    def summary(self) -> str:
        """Return what was found and proposed in plain sentences."""
        names = ", ".join(shown(column) for column in self.columns)
        lines = [
            f"{shown(self.name)}: {self.format}, {self.records:,} records, "
            f"{len(self.columns)} columns: {names}."
        ]
        if self.broken:
            lines.append(f"{self.broken:,} records have a broken form.")
        lines += [f"{note[0].upper()}{note[1:]}." for note in self.notes]
        for proposal in self.proposals:
            mark = "?" if proposal.is_blank else "-"
            value = "" if proposal.is_blank else f" = {proposal.value!r}"
            word = "" if proposal.word is None else f" {proposal.word!r}"
            lines.append(f"{mark} {proposal.field}{word}{value}: {proposal.evidence}")
        lines += [f"  {_choices(column)}." for column in self._asked()]
        blanks = len(self.read.blanks())
        lines.append(
            f"{blanks} {'answer is' if blanks == 1 else 'answers are'} needed "
            f"(marked ?) before it can be cleaned."
            if blanks
            else "It can be cleaned as proposed."
        )
        return "\n".join(lines)

    def _asked(self) -> tuple[str, ...]:
        """Return the columns some of whose words want an answer."""
        fields = [p.field for p in self.proposals if p.word is not None]
        return tuple(name.removeprefix("terms.") for name in dict.fromkeys(fields))

    def to_toml(self) -> str:
        """Return the proposed options as TOML, the evidence as comments."""
        title = [
            f"How to read {shown(self.name)}: {self.records:,} records.",
            f'Replace every "{BLANK}", or remove its line. A column without a line '
            "belongs into",
            "not_recorded; a word without a line is set aside with its rows.",
            *self.notes,
        ]
        comments = {proposal.key: proposal.evidence for proposal in self.proposals}
        for column in self._asked():
            comments[f"terms.{column}"] = _choices(column)
        return format_options(self.read, comments=comments, title=title)

    def write(self, path: "str | PathLike[str]") -> None:
        """Write the proposed options as TOML for a person to complete.

        Parameters
        ----------
        path : str or os.PathLike
            The file; an existing one is replaced.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        try:
            Path(path).write_text(self.to_toml(), encoding="utf-8")
        except OSError as error:
            message = (
                f"{shown(str(path), longest=120)}: cannot be written "
                f"({error.strerror}); the options need a file; name another"
            )
            raise OutputError(message) from error

    def __repr__(self) -> str:
        return self.summary()


def preview_log(
    source: "str | PathLike[str] | pd.DataFrame", *, read: ReadOptions | None = None
) -> LogPreview:
    """Look at a log and propose how to read it.

    Everything that the data prove is proposed with its evidence: which column is which,
    the order of day and month, the first day, columns that are not recorded. What only
    a person can know is left as a marked blank. Nothing of the log is kept.

    Parameters
    ----------
    source : path or DataFrame
        One file, or a frame.
    read : ReadOptions, optional
        What is known already.

    Returns
    -------
    LogPreview
        Options, proposals and notes.

    Raises
    ------
    RequestLogError
        The file cannot be read at all.
    SettingsError
        The source is several files: they are previewed one by one.
    """
    known = read or ReadOptions()
    item = _item(source, known)
    with probe_source(source, item) as probe:
        shapes = look_at_columns(probe)
        guesses = guess_columns(probe, shapes)
        proposals = tuple(propose(probe, shapes, guesses))
        return LogPreview(
            read=_proposed(known, proposals),
            proposals=proposals,
            notes=tuple(notes(probe, guesses, shapes)),
            name=item.name,
            format=probe.file.format,
            records=probe.file.records,
            broken=_broken(probe),
            columns=probe.header,
        )


def _choices(column: str) -> str:
    """Say what a word of the log may stand for."""
    if column == "country":
        return "country is a code of two letters, as GB"
    return f"{column} is one of {', '.join(closed_list(column))}"


def _item(source: object, read: ReadOptions) -> Item:
    target = Path(gettempdir())
    if not isinstance(source, str | PathLike):
        return Item(
            name="frame", where="the frame", path=None, read=read, target=target
        )
    files = find_files([source])
    if len(files) > 1:
        message = (
            f"preview: {shown(str(source), longest=120)} is {len(files)} files; one is "
            "previewed at a time, since files differ; name one"
        )
        raise SettingsError(message)
    (one,) = files
    return Item(
        name=plain_name(one.name),
        where=where_in(one.name),
        path=one.path,
        read=read,
        target=target,
    )


def _broken(probe: Probe) -> int:
    return probe.file.records - probe.rows


def _proposed(known: ReadOptions, proposals: tuple[Proposal, ...]) -> ReadOptions:
    """Return the known options with everything that is proposed."""
    changes: dict[str, object] = {}
    for proposal in proposals:
        table, _, key = proposal.field.partition(".")
        if table in _TABLES:
            before = changes.get(table, getattr(known, table))
            changes[table] = {**_mapping(before), key: proposal.value}
        elif table == "terms":
            before = _mapping(changes.get(table, known.terms))
            words = {**_mapping(before.get(key)), **_mapping(proposal.value)}
            changes[table] = {**before, key: words}
        else:
            changes[table] = proposal.value
    return _changed(known, changes)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _changed(known: ReadOptions, changes: dict[str, object]) -> ReadOptions:
    return replace(known, **cast("dict[str, Any]", changes))
