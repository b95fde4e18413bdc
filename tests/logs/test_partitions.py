"""The rules in parts: however a log is spread by its ids, the account is the same."""

import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from small_logs import AS_OF, frame

from disclosure_trends.errors import LedgerError, RequestLogError, SettingsError
from disclosure_trends.logs import partitions, spark
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.simulate.requests import simulate_requests

Part = Callable[..., Iterator[pa.RecordBatch]]
LATER = {"updated_at": "2024-06-02T00:00:00Z"}
EARLIER = {"updated_at": "2024-06-01T00:00:00Z"}
VERSIONS = (
    *({"request_id": "A"} | EARLIER, {"request_id": "A"} | LATER | {"country": "FR"}),
    *({"request_id": "B"}, {"request_id": "B"}, {"request_id": "b "}),
    *({"request_id": "C"}, {"request_id": "C", "country": "FR"}),
    *({"request_id": "D"} | EARLIER, {"request_id": "D"} | LATER | {"country": "QQ"}),
    *({"request_id": ""}, {"request_id": " "}, {"request_id": "n/a"}),
    *({"request_id": "E", "received_at": "soon"}, {}, {}, {"authority": "Court"}),
    *({"request_id": "F", "received_at": f"2024-0{n}-01"} for n in range(1, 8)),
)


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run parts one after the other, as Spark would run them beside each other."""

    def install(*, parts: int, clean_part: Part = partitions.clean_part) -> None:
        def run_job(session: object, job: partitions.Job, *, folder: Path, **_) -> None:
            job = pickle.loads(pickle.dumps(job))  # noqa: S301 - as it goes to workers
            files = sorted((folder / "spread").glob("*.parquet"))
            rows = pa.concat_tables([pq.read_table(file) for file in files])
            number = pc.bit_wise_and(rows["bucket"], parts - 1)
            (folder / "judged").mkdir()
            for n in range(parts):
                part = rows.filter(pc.equal(number, n)).drop_columns("bucket")
                judged = list(clean_part(iter(part.to_batches(7)), job=job))
                path = folder / "judged" / f"part-{n}.parquet"
                table = pa.Table.from_batches(judged, schema=partitions.JUDGED)
                pq.write_table(table, path)

        monkeypatch.setattr(spark, "check_spark", lambda: None)
        monkeypatch.setattr(spark, "_running_session", object)
        monkeypatch.setattr(spark, "run_job", run_job)

    return install


def _both(source: object, **options: object) -> tuple[CleanedLog, CleanedLog]:
    read = options.pop("read", None) or ReadOptions(**options)
    return tuple(
        clean_requests(source, as_of=AS_OF, read=read, engine=engine)
        for engine in ("duckdb", "spark")
    )


def _same(here: CleanedLog, spread: CleanedLog) -> None:
    said = [json.dumps(log.ledger.to_json()) for log in (here, spread)]
    assert said[0] == said[1]
    assert here.checks == spread.checks
    assert here.evidence == spread.evidence
    assert here.not_recorded == spread.not_recorded
    pd.testing.assert_frame_equal(here.mapping, spread.mapping)
    for name in ("to_frame", "superseded", "quarantined"):
        pd.testing.assert_frame_equal(getattr(here, name)(), getattr(spread, name)())
    for path in here.folder.glob("*.parquet"):
        assert _types(path) == _types(spread.folder / path.name)


def _types(path: Path) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in pq.read_schema(path)}


@pytest.mark.parametrize("parts", [1, 2, 8])
def test_a_messy_log_is_the_same_in_any_number_of_parts(spread, parts):
    spread(parts=parts)
    log = simulate_requests("rerouting", rng=3, rows=600, messy=True)
    here, there = _both(log.requests, layouts=("epoch_s", "epoch_ms"))
    _same(here, there)
    assert here.evidence == "simulated"
    assert here.ledger.total.records == 600


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"empty": {"request_id": ("n/a", "F")}},
        {"row_is": "account"},
        {"max_quarantine_share": 1.0, "min_date": "2024-04-15"},
    ],
    ids=lambda options: "-".join(options) or "plain",
)
def test_versions_meet_wherever_they_stand(spread, options):
    spread(parts=4)
    rows = frame(*VERSIONS).sample(frac=1, random_state=1)
    here, there = _both(rows, **options)
    _same(here, there)
    assert here.ledger.total.superseded


def test_ids_that_differ_in_case_or_blanks_meet(spread):
    spread(parts=8)
    here, there = _both(frame({"request_id": "x-1"}, {"request_id": "X-1 "}))
    _same(here, there)
    assert there.ledger.total.warnings == {"possible_duplicate": 2}


def test_one_id_of_many_days_is_found_wherever_it_is(spread):
    spread(parts=4)
    here, there = _both(frame(*VERSIONS))
    _same(here, there)
    assert "placeholder_id" in {check.name for check in there.checks}


def test_a_log_without_ids_is_scattered(spread):
    spread(parts=4)
    rows = frame(*({} for _ in range(40))).drop(columns="request_id")
    here, there = _both(rows, ids="row")
    _same(here, there)


def test_several_files_of_other_columns_and_options(spread, tmp_path):
    spread(parts=4)
    old, new = tmp_path / "2023.csv", tmp_path / "2024.csv"
    frame(*VERSIONS).to_csv(old, index=False)
    broken = 'R-9,"2024-05-01'
    text = frame({"request_id": "A", "country": "IN"}, {"request_id": "Z"})
    body = text.drop(columns="closed_at").to_csv(index=False)
    new.write_text(f"{body}{broken}\n", encoding="utf-8")
    for wins in (False, True):
        read = ReadOptions(later_file_wins=wins, max_quarantine_share=1.0)
        here, there = _both([old, new], read=read)
        _same(here, there)
        assert set(there.ledger.files) == {"2023.csv", "2024.csv"}


def test_records_on_one_line_of_a_file_are_the_same_in_parts(spread, tmp_path):
    spread(parts=4)
    path = tmp_path / "log.jsonl"
    text = frame(*VERSIONS).to_json(orient="records", lines=True)
    path.write_text(text.replace("\n", ""), encoding="utf-8")
    here, there = _both(path, max_quarantine_share=1.0)
    said = [json.dumps(log.ledger.to_json()) for log in (here, there)]
    assert said[0] == said[1]
    pd.testing.assert_frame_equal(here.to_frame(), there.to_frame())


def test_a_log_without_a_record_needs_no_worker(spread):
    spread(parts=1, clean_part=None)
    here, there = _both(frame({}).iloc[:0])
    _same(here, there)


# --- what must not go unseen -----------------------------------------------------


def test_a_part_that_is_lost_is_a_bug_that_is_seen(spread):
    def forgetful(batches, *, job):
        judged = list(partitions.clean_part(batches, job=job))
        yield from judged[:-1] if job.plans else judged

    spread(parts=1, clean_part=forgetful)
    rows = frame({}, {}, {})
    message = (
        "frame: the workers counted 0 clean + 0 superseded + 0 quarantined records, "
        "but 3 + 0 + 0 came back; the two must be equal; this is a bug, please report "
        "it"
    )
    with pytest.raises(LedgerError) as caught:
        clean_requests(rows, as_of=AS_OF, engine="spark")
    assert str(caught.value) == message


def test_records_that_never_reached_a_worker_are_seen(spread):
    def short(batches, *, job):
        yield from partitions.clean_part(iter(list(batches)[1:]), job=job)

    spread(parts=1, clean_part=short)
    rows = frame(*({} for _ in range(9)))
    message = (
        "frame: 9 records came in, 2 clean + 0 superseded + 0 quarantined went out; "
        "the two must be equal; this is a bug, please report it"
    )
    with pytest.raises(LedgerError) as caught:
        clean_requests(rows, as_of=AS_OF, engine="spark")
    assert str(caught.value) == message


def test_rows_that_came_twice_are_seen(spread):
    def twice(batches, *, job):
        judged = list(partitions.clean_part(batches, job=job))
        yield from (*judged, *judged)

    spread(parts=1, clean_part=twice)
    with pytest.raises(LedgerError, match=r"3 records came in, 6 clean"):
        clean_requests(frame({}, {}, {}), as_of=AS_OF, engine="spark")


def _job(tmp_path: Path, **changes: str) -> partitions.Job:
    fields = {"memory": "1GB", "scratch": str(tmp_path)} | changes
    return partitions.Job(plans=(), as_of=None, **fields)


def _batch() -> Iterator[pa.RecordBatch]:
    return iter([pa.RecordBatch.from_pylist([{"source_file": "secret of R-1"}])])


def test_a_worker_of_another_engine_refuses(tmp_path):
    job = _job(tmp_path, version="0.1")
    (batch,) = partitions.clean_part(_batch(), job=job)
    with pytest.raises(SettingsError) as caught:
        partitions.add_accounts(batch.column("account").to_pylist())
    import duckdb

    assert str(caught.value) == (
        f"engine: a worker has duckdb {duckdb.__version__}, the log was read with 0.1; "
        "all must have the same; install it on the workers"
    )


def test_a_refusal_keeps_its_words(tmp_path, monkeypatch):
    def refuse(*arguments, **named):
        raise RequestLogError("the log: too large; less is allowed; give more memory")

    monkeypatch.setattr(partitions, "_judge", refuse)
    (batch,) = partitions.clean_part(_batch(), job=_job(tmp_path))
    with pytest.raises(RequestLogError, match=r"^the log: too large; less is"):
        partitions.add_accounts(batch.column("account").to_pylist())
    assert not list(tmp_path.iterdir())


def test_no_word_of_a_record_leaves_a_worker_with_an_error(tmp_path):
    # The batch lacks every column of the rules: DuckDB's complaint quotes the query.
    with pytest.raises(partitions.WorkerError) as caught:
        list(partitions.clean_part(_batch(), job=_job(tmp_path)))
    assert str(caught.value) in ("<BinderException>", "<IndexError>")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert not list(tmp_path.iterdir())
