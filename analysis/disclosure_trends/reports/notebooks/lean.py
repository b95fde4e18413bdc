"""Keeps the imports of papermill and nbformat light."""

import sys
from typing import Any


def skip_grammar() -> None:
    """Have jsonschema do without the grammar of web addresses.

    Building it takes 0.7 s of every start, and no notebook holds such an address
    (python-jsonschema/jsonschema#1392). Call it before papermill or nbformat.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault("rfc3987_syntax", None)
