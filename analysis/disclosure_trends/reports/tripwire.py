"""The last look before publishing: no artefact may hold what looks like a person.

A tripwire, not a cleaner: only known columns are ever loaded, so a hit means that a
wall was passed, and a person must look. It names the file and the kind, never the text.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from disclosure_trends.errors import RedactionError

# Our own artefacts are full of these: addresses of sources and hashes.
_IGNORED: Final = re.compile(r"[Hh]ttps?://[^\s\"'<>\\)]+|(?<!\w)[0-9a-f]{16,64}(?!\w)")
_SCRIPTS: Final = re.compile(
    r"<script\b.*?</script>|<style\b.*?</style>|<meta\b[^>]*>|href=\"data:[^\"]*\"",
    re.DOTALL | re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONE: Final = re.compile(
    r"(?<![\w.,+-])(?:"
    r"\+\d{1,3}[ \-./]?(?:\(\d{1,5}\)[ \-./]?)?\d{1,4}(?:[ \-./]?\d{2,4}){1,5}"
    r"|\(\d{3,5}\) ?\d{3}[ \-]?\d{3,4}"
    r"|\d{3}-\d{3}-\d{4}"
    r"|00[1-9]\d{8,12}"
    r"|0\d{2,4}[ /\-]\d{6,8}"
    r")(?![\w,]|\.\d)"
)
_IP4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\w)")
_IP6: Final = re.compile(
    r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}(?![\w:])"
)
_IBAN: Final = re.compile(
    r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)"
)
_TEXT_FILES: Final = frozenset({".html", ".json", ".ipynb", ".csv"})


def look_for_persons(folder: Path, *, report: str) -> None:
    """Look through every file that is about to be published.

    Parameters
    ----------
    folder : pathlib.Path
        All files below it are read.
    report : str
        Name of the report.

    Raises
    ------
    RedactionError
        At the first file with a phone number, e-mail address, IP address or IBAN.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXT_FILES:
            for kind in kinds_found(_words(path)):
                message = (
                    f"report {report!r}, {path.relative_to(folder).as_posix()}: holds "
                    f"what looks like {kind}; look where it came from before the file "
                    "leaves this machine"
                )
                raise RedactionError(message)


def is_clean(path: Path) -> bool:
    """Tell whether one file holds nothing that looks like a person."""
    return not any(kinds_found(_words(path)))


def kinds_found(text: str) -> Iterator[str]:
    """Yield the kinds of personal data that a text seems to hold.

    Parameters
    ----------
    text : str
        What a reader would see; web addresses and hashes in it are passed over.

    Yields
    ------
    str
        For example ``"a phone number"``.
    """
    seen = _IGNORED.sub(" ", text)
    for kind, (pattern, is_real) in _DETECTORS.items():
        if any(is_real(found.group()) for found in pattern.finditer(seen)):
            yield kind


def _words(path: Path) -> str:
    """Return what a file says: a page without its scripts, the texts of a JSON."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return html.unescape(_SCRIPTS.sub(" ", text))
    if path.suffix == ".csv":
        return text
    return "\n".join(_texts(json.loads(text)))


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON value; numbers are figures, not persons."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _is_phone(text: str) -> bool:
    return 8 <= sum(character.isdigit() for character in text) <= 15


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_iban(text: str) -> bool:
    """Check the two check digits (ISO 13616: the number modulo 97 is 1)."""
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    digits = "".join(str(int(character, 36)) for character in turned)
    return 15 <= len(plain) <= 34 and int(digits) % 97 == 1


_DETECTORS: Final[dict[str, tuple[re.Pattern[str], Callable[[str], bool]]]] = {
    "an e-mail address": (_EMAIL, bool),
    "a phone number": (_PHONE, _is_phone),
    "an IP address": (_IP4, _is_address),
    "an IPv6 address": (_IP6, _is_address),
    "an IBAN": (_IBAN, _is_iban),
}
