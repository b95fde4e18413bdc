"""JSON Lines and arrays with one fault each; see `bad_files`."""

import json

from logs.bad_files import BadFile, json_lines, objects

JSONL = [
    BadFile(name="good.jsonl", category="jsonl", data=json_lines),
    BadFile(
        name="array.json",
        category="jsonl",
        data=lambda: json.dumps(objects()).encode(),
    ),
    BadFile(
        name="without_breaks.json",
        category="jsonl",
        data=lambda: "".join(map(json.dumps, objects())).encode(),
    ),
    BadFile(
        name="pretty.json",
        category="jsonl",
        data=lambda: "\n".join(json.dumps(o, indent=2) for o in objects()).encode(),
    ),
    BadFile(
        name="mark_and_crlf.jsonl",
        category="jsonl",
        data=lambda: b"\xef\xbb\xbf" + json_lines("", "").replace(b"\n", b"\r\n"),
        blank=2,
    ),
    BadFile(
        name="nan.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"request_id": "1", "accounts_requested": NaN}'),
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="no_objects.jsonl",
        category="jsonl",
        data=lambda: json_lines("null", "[1]", '"x"', "7"),
        records=12,
        codes=dict.fromkeys(range(9, 13), "not_an_object"),
    ),
    BadFile(
        name="key_twice.jsonl",
        category="jsonl",
        data=lambda: json_lines(
            '{"request_id": "1", "country": "DE", "country": "FR"}',
            '{"request_id": "1", "country": "DE", "Country": "FR"}',
        ),
        records=10,
        codes={9: "duplicate_key", 10: "duplicate_key"},
    ),
    BadFile(
        name="surrogate.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"request_id": "\\udc9f"}'),
        records=9,
        codes={9: "invalid_unicode"},
    ),
    BadFile(
        name="deep.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"x": ' + "[" * 5000 + "]" * 5000 + "}"),
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="cut.jsonl",
        category="jsonl",
        data=lambda: json_lines() + b'{"request_id": "0000',
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="big_numbers.jsonl",
        category="jsonl",
        data=lambda: json_lines(
            '{"request_id": 12345678901234567890, "Country": "DE", '
            '"accounts_requested": 4.0, "__proto__": {"x": 1}}'
        ),
        records=9,
    ),
    BadFile(
        name="error.json",
        category="jsonl",
        data=lambda: b'{"error": "unauthorised"}',
        refused="{name}: one JSON value without a column of a log (its keys are "
        "'error'), perhaps an error message; a log is one object per request; look at "
        "the file, and fetch the log itself",
    ),
    BadFile(
        name="cut_array.json",
        category="jsonl",
        data=lambda: json.dumps(objects()).encode()[:-1],
        refused="{name}, line 1: the JSON is damaged: the array does not end; a "
        "document is whole or none of it can be trusted; export it again, or write one "
        "object per line",
    ),
]
