"""All texts with one fault each; see `bad_files`."""

from logs.bad_encodings import ENCODING
from logs.bad_hostile import HOSTILE
from logs.bad_json import JSONL
from logs.bad_structure import STRUCTURE

TEXT_FILES = [*STRUCTURE, *ENCODING, *JSONL, *HOSTILE]
