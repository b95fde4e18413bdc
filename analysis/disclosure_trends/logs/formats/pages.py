"""Verifies the page checksums of a Parquet file, where its writer left any.

The checksum of a page is the CRC-32 of its bytes as stored (parquet-format, README,
"Checksumming"), held in the page's header, which is in Thrift's compact protocol. So no
page need be decoded.
"""

import zlib
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE = range(8)
_BINARY, _LIST, _SET, _MAP, _STRUCT = range(8, 13)
_HEADER_BYTES = 64 * 1024
_COMPRESSED_SIZE, _CRC = 3, 4


class PageError(ValueError):
    """A page does not match its checksum, or its header cannot be read."""


def verify_pages(path: Path, metadata: pq.FileMetaData, columns: set[str]) -> int:
    """Verify the pages of some columns and return how many had a checksum.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    metadata : pyarrow.parquet.FileMetaData
        Its footer.
    columns : set of str
        Columns to verify, by their path in the schema.

    Raises
    ------
    PageError
        A checksum is wrong; the message says in which row group.
    """
    verified = 0
    with path.open("rb") as file:
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            for i in range(row_group.num_columns):
                chunk = row_group.column(i)
                if chunk.path_in_schema in columns:
                    verified += _verify_chunk(file, chunk, group)
    return verified


def _verify_chunk(file: BinaryIO, chunk: pq.ColumnChunkMetaData, group: int) -> int:
    start = chunk.data_page_offset
    if chunk.dictionary_page_offset is not None:
        start = min(start, chunk.dictionary_page_offset)
    end = start + chunk.total_compressed_size
    verified = 0
    while start < end:
        file.seek(start)
        fields, header = read_header(file.read(min(_HEADER_BYTES, end - start)))
        if _CRC not in fields:
            return verified
        size = fields.get(_COMPRESSED_SIZE, 0)
        file.seek(start + header)
        page = file.read(size)
        if size < 0 or len(page) < size or zlib.crc32(page) != fields[_CRC] % 2**32:
            message = f"a page of row group {group} does not match its checksum"
            raise PageError(message)
        verified += 1
        start += header + size
    return verified


def read_header(data: bytes) -> tuple[dict[int, int], int]:
    """Return the whole-number fields of a page header, and its length in bytes.

    Raises
    ------
    PageError
        The bytes are no header.
    """
    reader = _Compact(data)
    try:
        fields = reader.struct()
    except IndexError:
        message = "the header of a page is cut"
        raise PageError(message) from None
    return fields, reader.position


class _Compact:
    """A reader of Thrift's compact protocol that keeps whole numbers only."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def struct(self, level: int = 0) -> dict[int, int]:
        fields: dict[int, int] = {}
        number = 0
        while True:
            head = self._byte()
            if head == _STOP:
                return fields
            delta, kind = head >> 4, head & 15
            number = number + delta if delta else self._zigzag()
            if kind in (_I16, _I32, _I64):
                fields[number] = self._zigzag()
            else:
                self._skip(kind, level)

    def _skip(self, kind: int, level: int) -> None:
        if level > 8:
            message = "the header of a page nests too deep"
            raise PageError(message)
        if kind in (_TRUE, _FALSE):
            return
        if kind == _BYTE:
            self._byte()
        elif kind == _DOUBLE:
            self.position += 8
        elif kind == _BINARY:
            length = self._varint()  # It moves the position too.
            self.position += length
        elif kind == _STRUCT:
            self.struct(level + 1)
        elif kind in (_LIST, _SET):
            self._skip_list(level)
        else:
            message = "the header of a page cannot be read"
            raise PageError(message)

    def _skip_list(self, level: int) -> None:
        head = self._byte()
        size = head >> 4
        size = self._varint() if size == 15 else size
        for _ in range(min(size, _HEADER_BYTES)):
            kind = head & 15
            if kind in (_I16, _I32, _I64):
                self._varint()
            else:
                self._skip(kind, level + 1)

    def _byte(self) -> int:
        byte = self._data[self.position]
        self.position += 1
        return byte

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 70:
                message = "a number in the header of a page is too long"
                raise PageError(message)

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
