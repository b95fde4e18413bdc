"""From the bytes of a text to UTF-8: what a mark proves or the options declare."""

import codecs
from dataclasses import dataclass

from disclosure_trends.logs.formats.intake import Readable
from disclosure_trends.logs.limits import MIB
from disclosure_trends.logs.shown import UndeclaredEncodingError, refusal

_BOM = b"\xef\xbb\xbf"
_WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ESCAPING = "surrogateescape"


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a text, and what says so.

    Attributes
    ----------
    name : str
        ``utf-8`` or the name of another code page.
    proved : bool
        Whether a byte-order mark or a declaration says so: then a line that does not
        decode is that line's fault, never a hint at another code page.
    """

    name: str
    proved: bool


def tell_encoding(head: bytes, *, declared: str | None, where: str) -> Encoding:
    """Return the encoding of a text from its first bytes and what is declared.

    Raises
    ------
    RequestLogError
        Declaration and mark disagree, or a wide encoding has no mark.
    """
    marked = next((name for mark, name in _WIDE if head.startswith(mark)), None)
    if head.startswith(_BOM):
        marked = "utf-8"
    if declared is not None:
        name = codecs.lookup(declared).name
        name = "utf-8" if name == "utf-8-sig" else name
        if marked is not None and not name.startswith(marked):
            raise refusal(
                where,
                f"its byte-order mark says {marked}, the options say {declared}",
                "one of them must be wrong",
                "remove encoding= or correct it",
            )
        return Encoding(name, proved=True)
    if marked is not None:
        return Encoding(marked, proved=True)
    _refuse_wide(head, where)
    return Encoding("utf-8", proved=False)


def _refuse_wide(head: bytes, where: str) -> None:
    start = head[:4000].rstrip(b"\x00")
    zeros = start.count(0)
    odd = start[1::2].count(0)
    one_sided = max(odd, zeros - odd) * 10 >= zeros * 9
    if zeros * 4 < len(start) or not zeros or not one_sided:
        return
    guess = "utf-16-le" if odd * 2 > zeros else "utf-16-be"
    raise UndeclaredEncodingError.of(
        where,
        f"looks like UTF-16 without a byte-order mark ({zeros:,} of the first "
        f"{len(start):,} bytes are zero)",
        "text without a mark must be UTF-8",
        f'declare it with encoding="{guess}"',
        guess,
    )


class Utf8:
    """A stream of bytes as UTF-8 without its mark.

    Bytes that a declared code page does not know come out as they are, so that the
    reader of lines sees that this line does not decode.
    """

    def __init__(self, source: Readable, encoding: Encoding, *, where: str) -> None:
        self._source = source
        self._encoding = encoding
        self._where = where
        self._at_start = True
        self._position = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        if encoding.name != "utf-8":
            wide = encoding.name.startswith(("utf-16", "utf-32"))
            errors = "strict" if wide else _ESCAPING
            self._decoder = codecs.getincrementaldecoder(encoding.name)(errors)

    def read(self, size: int) -> bytes:
        """Return about `size` bytes of UTF-8; none at the end."""
        while True:
            data = self._source.read(size)
            end = not data
            if self._decoder is not None:
                data = self._decoded(self._decoder, data, end=end)
            if self._at_start and (data or end):
                data = self._without_mark(data)
            if data or end:
                return data

    def _decoded(
        self, decoder: codecs.IncrementalDecoder, data: bytes, *, end: bool
    ) -> bytes:
        try:
            text = decoder.decode(data, end)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            raise refusal(
                self._where,
                f"does not decode as {self._encoding.name} near byte "
                f"{self._position + start:,}",
                "a text has one encoding and ends with a whole character",
                "declare the right one with encoding=, or fetch the file again",
            ) from error
        self._position += len(data)
        return text.encode("utf-8", _ESCAPING)

    def _without_mark(self, data: bytes) -> bytes:
        while len(data) < len(_BOM) * 8:
            more = self._source.read(MIB)
            if self._decoder is not None:
                more = self._decoded(self._decoder, more, end=not more)
                if not more:
                    break
            elif not more:
                break
            data += more
        while data.startswith(_BOM):
            data = data[len(_BOM) :]
        self._at_start = False
        return data
