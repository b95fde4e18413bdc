"""Workbooks with one fault each, written cell by cell without a library."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from logs.faulty import COLUMNS, GOOD, Fault, changed_rows, good_rows

ALL = frozenset(range(GOOD))
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet {NAMESPACE}><fonts count="1"><font/></fonts><fills count="1"><fill/>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
    '</cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
Rows = Sequence[Sequence[str]]


def cell_of(text: str) -> str:
    """A cell of text; what begins with ``<c`` is taken as it is."""
    if text.startswith("<c"):
        return text
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number(value: str, *, style: int = 0) -> str:
    """A cell of a number; style 1 is a date."""
    return f'<c s="{style}"><v>{value}</v></c>'


def sheet(
    rows: Rows, *, dimension: str = "", hidden: frozenset[int] = frozenset()
) -> str:
    """The XML of one sheet."""
    body = "".join(
        f'<row r="{n}"{" hidden=" + chr(34) + "1" + chr(34) if n in hidden else ""}>'
        f"{''.join(cell_of(text) for text in row)}</row>"
        for n, row in enumerate(rows, 1)
    )
    return (
        f"<worksheet {NAMESPACE}>{dimension}<sheetData>{body}</sheetData></worksheet>"
    )


def workbook(
    sheets: Mapping[str, str],
    *,
    hidden: tuple[str, ...] = (),
    date1904: bool = False,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bytes of a workbook."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for n, name in enumerate(names, 1)
    )
    system = '<workbookPr date1904="1"/>' if date1904 else ""
    targets = [
        *(
            (n, "worksheet", f"worksheets/sheet{n}.xml")
            for n in range(1, len(names) + 1)
        ),
        (len(names) + 1, "styles", "styles.xml"),
    ]
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, kind, target in targets
    )
    kinds = "".join(
        f'<Override PartName="/xl/{target}" ContentType="{SHEET_TYPE}.{kind}+xml"/>'
        for _, kind, target in targets
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
        f'"{SHEET_TYPE}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f"<workbook {NAMESPACE} {LINKS}>{system}<sheets>{listed}"
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{links}</Relationships>",
        "xl/styles.xml": STYLES,
        **{
            f"xl/worksheets/sheet{n}.xml": sheets[name]
            for n, name in enumerate(names, 1)
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, '<?xml version="1.0" encoding="UTF-8"?>' + text)
        for member, data in (more or {}).items():
            archive.writestr(member, data)
    return buffer.getvalue()


def page(
    changes: Mapping[int, Mapping[str, str]] | None = None, *above: Sequence[str]
) -> Rows:
    """Header and good rows as cells, some of them changed."""
    rows = [[row[c] for c in COLUMNS] for row in changed_rows(changes or {})]
    return [*above, COLUMNS, *rows]


def one(name: str, make: Callable[[], bytes], **more: object) -> Fault:
    """A workbook of which all good rows must come out, unless said otherwise."""
    return Fault(category="xlsx", name=name, make=make, **more)  # type: ignore[arg-type]


def changed(
    name: str, column: str, text: str, code: str | None = None, **more: object
) -> Fault:
    """A workbook with row 8 changed in one cell."""
    if code is not None:
        more |= {"out": frozenset({8}), "codes": {10: code}}
    return one(
        name, lambda: workbook({"log": sheet(page({8: {column: text}}))}), **more
    )


def serial(row: Mapping[str, str], *, epoch: datetime) -> str:
    """The spreadsheet's number of a row's time of receipt in UTC."""
    moment = datetime.fromisoformat(row["received_at"]).astimezone(UTC)
    seconds = round((moment - epoch).total_seconds())
    return number(repr(seconds / 86_400), style=1)


def native(*, epoch: datetime, text: str | None = None) -> Rows:
    """All times of receipt as dates of the spreadsheet, but one as text."""
    dates = {
        i: {"received_at": serial(row, epoch=epoch)}
        for i, row in enumerate(good_rows())
    }
    if text is not None:
        dates[8] = {"received_at": text}
    return page(dates)


E1900 = datetime(1899, 12, 30, tzinfo=UTC)
E1904 = datetime(1904, 1, 1, tzinfo=UTC)
GIVEN = frozenset({3, 4})
DOCTYPE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def plain() -> str:
    """The good sheet."""
    return sheet(page())


XLSX = (
    one("good.xlsx", lambda: workbook({"log": plain()})),
    one(
        "titles.xlsx",
        lambda: workbook({"log": sheet(page({}, ["Requests"], [], ["Secret"]))}),
    ),
    one(
        "notes_first.xlsx",
        lambda: workbook({"read me": sheet([["About"]]), "log": plain()}),
    ),
    one(
        "old_copy_first.xlsx",
        lambda: workbook({"old": sheet(page()[:12]), "log": plain()}),
        refused=("sheet=", "old", "log"),
    ),
    one(
        "old_copy_declared.xlsx",
        lambda: workbook({"old": sheet(page()[:12]), "log": plain()}),
        read={"sheet": "log"},
    ),
    one(
        "old_copy_hidden.xlsx",
        lambda: workbook({"old": sheet(page()[:12]), "log": plain()}, hidden=("old",)),
    ),
    one(
        "hidden_rows.xlsx",
        lambda: workbook({"log": sheet(page(), hidden=GIVEN)}),
        warnings={"hidden_rows": 2},
    ),
    one("native_dates.xlsx", lambda: workbook({"log": sheet(native(epoch=E1900))})),
    one(
        "dates_of_1904.xlsx",
        lambda: workbook({"log": sheet(native(epoch=E1904))}, date1904=True),
    ),
    one(
        "text_date_among_dates.xlsx",
        lambda: workbook({"log": sheet(native(epoch=E1900, text="04/07/2024"))}),
        out=frozenset({8}),
        codes={10: "ambiguous_date"},
    ),
    one(
        "serial_among_dates.xlsx",
        lambda: workbook({"log": sheet(native(epoch=E1900, text=number("45123.5")))}),
        out=frozenset({8}),
        codes={10: "excel_serial_date"},
    ),
    changed(
        "numeric_id.xlsx",
        "request_id",
        number("900719925474"),
        truth={8: {"request_id": "900719925474"}},
    ),
    changed(
        "numeric_count.xlsx",
        "accounts_requested",
        number("4.0"),
        truth={8: {"accounts_requested": "4"}},
    ),
    changed("fraction.xlsx", "accounts_requested", number("1.5"), "non_integer_count"),
    changed(
        "error.xlsx", "accounts_requested", '<c t="e"><v>#VALUE!</v></c>', "error_cell"
    ),
    changed(
        "no_value.xlsx",
        "accounts_requested",
        "<c><f>A1+B1</f></c>",
        "formula_without_value",
    ),
    changed(
        "formula.xlsx",
        "accounts_requested",
        "<c><f>2+2</f><v>4</v></c>",
        truth={8: {"accounts_requested": "4"}},
    ),
    one(
        "wrong_dimension.xlsx",
        lambda: workbook({"log": sheet(page(), dimension='<dimension ref="A1:B2"/>')}),
    ),
    one(
        "far_cell.xlsx",
        lambda: workbook(
            {"log": plain().replace("</sheetData>", FAR + "</sheetData>")}
        ),
        refused=("1,048,576 rows",),
    ),
    one(
        "entities.xlsx",
        lambda: workbook({"log": DOCTYPE + plain()}),
        refused=("document type",),
    ),
    one(
        "big_picture.xlsx",
        lambda: workbook({"log": plain()}, more={"xl/media/a.png": bytes(80 << 20)}),
    ),
    one(
        "bomb.xlsx",
        lambda: workbook(
            {"log": plain().replace("</sheetData>", " " * (200 << 20) + "</sheetData>")}
        ),
        refused=("times its size",),
    ),
    one("cut.xlsx", lambda: workbook({"log": plain()})[:-400], refused=("xlsx",)),
    one(
        "header_only.xlsx",
        lambda: workbook({"log": sheet(page()[:1])}),
        out=ALL,
        check="no requests",
    ),
    one(
        "no_log.xlsx",
        lambda: workbook({"read me": sheet([["About"]])}),
        refused=("request_id",),
    ),
)
