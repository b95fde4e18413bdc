"""Which file is read, how several are, and what happens when one changes meanwhile."""

import os
import stat
from pathlib import Path

import pytest
from logs.bad_files import NAMES, log, objects, rows, text
from logs.staging import stage

from disclosure_trends.errors import InputChangedError, RequestLogError, SettingsError
from disclosure_trends.logs.formats import delimited
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.sources import stage_source

OTHER = text([",".join(NAMES), rows()[0].replace("000000", "other")])


def test_an_existing_name_is_that_file_and_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "x[1]*.csv").write_bytes(log())
    (tmp_path / "x1z.csv").write_bytes(OTHER)
    _, found = stage(str(tmp_path / "x[1]*.csv"), tmp_path)
    assert len(found) == 8
    assert {row["source_file"] for row in found} == {"x[1]*.csv"}


def test_a_pattern_finds_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_bytes(log())
    staged, found = stage(str(tmp_path / "*.csv"), tmp_path)
    assert [file.name for file in staged.files] == ["a.csv", "b.csv"]
    assert len(found) == 16


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("2023", "2024"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.csv").write_bytes(log())
    paths = [tmp_path / "2023" / "log.csv", tmp_path / "2024" / "log.csv"]
    staged, _ = stage(paths, tmp_path)
    assert [file.name for file in staged.files] == [str(path) for path in paths]


def test_files_have_options_of_their_own(tmp_path: Path) -> None:
    polish = log().replace(b"Unit", "Sąd".encode("cp1250"))
    (tmp_path / "2016.csv").write_bytes(polish)
    (tmp_path / "2017.csv").write_bytes(log().replace(b"country", b"Kraj2", 1))
    read = {
        "2016.csv": ReadOptions(encoding="cp1250"),
        "*": ReadOptions(columns={"country": "Kraj2"}),
    }
    (tmp_path / "stage").mkdir()
    staged = stage_source(str(tmp_path / "*.csv"), read=read, folder=tmp_path / "stage")
    assert [file.encoding for file in staged.files] == ["cp1250", "utf-8"]
    assert staged.files[1].columns["country"] == ("Kraj2",)


def test_options_for_a_file_that_is_not_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "2016.csv").write_bytes(log())
    with pytest.raises(SettingsError) as caught:
        stage_source(
            tmp_path / "2016.csv", read={"2061.csv": ReadOptions()}, folder=tmp_path
        )
    assert str(caught.value) == (
        "read: options for '2061.csv', but no such file is read; the files are "
        "'2016.csv'; correct the name; did you mean '2016.csv'?"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "lgo.csv",
            "'{folder}/lgo.csv': there is no such file, and as a pattern it finds "
            "none; a source is an existing file or a pattern such as 'folder/*.csv'; "
            "check the name; did you mean 'log.csv'?",
        ),
        (
            "sub",
            "'sub': is a folder or a device; a log is a regular file; name the files, "
            "or a pattern such as 'folder/*.csv'",
        ),
        (
            "pipe",
            "'pipe': is a folder or a device; a log is a regular file; name the files, "
            "or a pattern such as 'folder/*.csv'",
        ),
        (
            "dangling",
            "'dangling': cannot be opened (No such file or directory); a log is a file "
            "that can be read; check its name and permissions",
        ),
    ],
)
def test_what_is_no_file_is_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(log())
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RequestLogError) as caught:
        stage(tmp_path / name, tmp_path)
    shown = str(tmp_path)
    assert str(caught.value) == message.format(folder=shown)


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log())
    with pytest.raises(RequestLogError, match="is named twice; each file is read once"):
        stage([path, path], tmp_path)


def test_a_name_that_is_no_text_is_stored_escaped(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(str(tmp_path)) + b"/b\xff.csv"))
    path.write_bytes(log())
    _, found = stage(path, tmp_path)
    assert {row["source_file"] for row in found} == {"b\\xff.csv"}


@pytest.mark.parametrize("change", ["append", "replace_content", "truncate"])
def test_a_file_that_changes_while_it_is_read_is_noticed(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log())
    before = delimited.find_dialect

    def meddle(*args: object, **kwargs: object) -> object:
        size = path.stat().st_size
        if change == "append":
            with path.open("ab") as file:
                file.write(rows()[0].encode() + b"\n")
        elif change == "truncate":
            os.truncate(path, size - 10)
        else:
            path.write_bytes(log().replace(b"Unit", b"Tinu"))
            os.utime(path, ns=(0, 0))
        return before(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(delimited, "find_dialect", meddle)
    with pytest.raises(InputChangedError) as caught:
        stage(path, tmp_path)
    assert str(caught.value) == (
        "'log.csv': the file changed while it was read; a log must stand still; copy "
        "it first, or run again"
    )


def test_the_hash_is_of_the_bytes_of_the_file(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "log.csv"
    path.write_bytes(log())
    staged, _ = stage(path, tmp_path)
    assert staged.files[0].sha256 == hashlib.sha256(log()).hexdigest()
    assert staged.files[0].size == len(log())


def test_a_refused_source_leaves_no_part(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log() + b"\0" * 9)
    with pytest.raises(RequestLogError):
        stage(path, tmp_path)
    assert list((tmp_path / "stage").iterdir()) == []


def test_copies_of_containers_do_not_stay(tmp_path: Path) -> None:
    from logs.bad_files import zipped

    path = tmp_path / "log.zip"
    path.write_bytes(zipped(log__csv=log()))
    stage(path, tmp_path)
    names = [child.name for child in (tmp_path / "stage").iterdir()]
    assert names == ["part-00000.parquet"]
    assert stat.S_ISREG((tmp_path / "stage" / names[0]).stat().st_mode)


def test_frames_have_no_file_names(tmp_path: Path) -> None:
    import pandas as pd

    with pytest.raises(SettingsError) as caught:
        stage_source(
            pd.DataFrame(objects()), read={"a": ReadOptions()}, folder=tmp_path
        )
    assert str(caught.value) == (
        "read: got options by file name for a frame; it has no files; give one "
        "ReadOptions"
    )
