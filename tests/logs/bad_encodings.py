"""Texts in other encodings, or in several; see `bad_files`."""

from logs.bad_files import HEADER, PLAIN, BadFile, log, text

from disclosure_trends.logs.options import ReadOptions

GERMAN = "Präsidium"
ENCODING = [
    BadFile(
        name="bom.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" + log(insert=(PLAIN.format(GERMAN),)),
        records=9,
    ),
    BadFile(
        name="two_boms.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" * 2 + log(),
    ),
    BadFile(
        name="utf16.csv",
        category="encoding",
        data=lambda: log(insert=(PLAIN.format(GERMAN),)).decode().encode("utf-16"),
        records=9,
    ),
    BadFile(
        name="utf16_declared.csv",
        category="encoding",
        data=lambda: log().decode().encode("utf-16-le"),
        read=ReadOptions(encoding="utf-16-le"),
    ),
    BadFile(
        name="utf16_without_mark.csv",
        category="encoding",
        data=lambda: text([HEADER]).decode().encode("utf-16-le"),
        refused="{name}: looks like UTF-16 without a byte-order mark (89 of the first "
        "179 bytes are zero); text without a mark must be UTF-8; declare it with "
        'encoding="utf-16-le"',
    ),
    BadFile(
        name="cp1252.csv",
        category="encoding",
        data=lambda: (
            log(at=3, insert=(PLAIN.format(GERMAN),)).decode().encode("cp1252")
        ),
        refused="{name}, line 5: the bytes 0xe4 0x73 0x69 are not UTF-8, and no line "
        "shows that the file is; a text is UTF-8, or its code page is declared, since "
        'several fit; declare it, as encoding="cp1252" or "cp1251"',
    ),
    BadFile(
        name="cp1251_declared.csv",
        category="encoding",
        data=lambda: (
            log(at=3, insert=(PLAIN.format("Прокуратура"),)).decode().encode("cp1251")
        ),
        read=ReadOptions(encoding="cp1251"),
        records=9,
    ),
    BadFile(
        name="one_bad_line.csv",
        category="encoding",
        data=lambda: (
            log(insert=(PLAIN.format(GERMAN),))
            + PLAIN.format("Sąd Okręgowy Łódź").encode("iso-8859-2")
            + b"\n"
        ),
        records=10,
        codes={11: "invalid_utf8"},
    ),
    BadFile(
        name="overlong.csv",
        category="encoding",
        data=lambda: (
            log(insert=(PLAIN.format(GERMAN),))
            + PLAIN.format("@").encode().replace(b"@", b"\xc0\xaf")
            + b"\n"
        ),
        records=10,
        codes={11: "invalid_utf8"},
    ),
    BadFile(
        name="encoded_twice.csv",
        category="encoding",
        data=lambda: log(
            at=3, insert=(PLAIN.format(GERMAN.encode().decode("latin-1")),)
        ),
        records=9,
    ),
    BadFile(
        name="mark_against_declaration.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" + log(),
        read=ReadOptions(encoding="cp1252"),
        refused="{name}: its byte-order mark says utf-8, the options say cp1252; one "
        "of them must be wrong; remove encoding= or correct it",
    ),
]
