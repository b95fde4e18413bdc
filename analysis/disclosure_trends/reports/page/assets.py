"""What a page carries with it: one packed plotly.js, packed figures, hash policy."""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from disclosure_trends.display import theme


@lru_cache(maxsize=8)
def template_text(name: str) -> str:
    """Read a file that lies beside the template, with plain line ends."""
    path = files("disclosure_trends.reports.page") / "template" / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@lru_cache(maxsize=1)
def plotly_script() -> str:
    """Return the plotly.js of the installed plotly."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


@lru_cache(maxsize=1)
def packed_plotly() -> str:
    """Return plotly.js packed; once per process, for it takes a tenth of a second."""
    return pack(plotly_script())


def pack(text: str) -> str:
    """Compress a text and write it in base64; the same text gives the same bytes.

    Parameters
    ----------
    text : str
        A script or a JSON document.

    Returns
    -------
    str
        gzip with no time stamp, in base64.
    """
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")


def unpack(blob: str) -> str:
    """Return the text that `pack` was given."""
    return gzip.decompress(base64.b64decode(blob)).decode()


def pack_figures(figures: Mapping[str, object]) -> str:
    """Pack all figures of a page into one blob.

    Parameters
    ----------
    figures : mapping
        Plain JSON values.

    Returns
    -------
    str
        gzip of the JSON, in base64; keys are sorted.
    """
    dump = json.dumps(
        figures,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return pack(dump)


def script_hash(script: str) -> str:
    """Return the source expression of a content security policy for one script.

    Parameters
    ----------
    script : str
        The exact text between the tags.

    Returns
    -------
    str
        ``'sha256-...'``, quotes included.
    """
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def content_policy(scripts: Sequence[str]) -> str:
    """Return the policy of a page: nothing from outside, no script but these.

    plotly writes style rules, hence the one ``unsafe-inline``.

    Parameters
    ----------
    scripts : sequence of str
        Texts of the scripts that may run.

    Returns
    -------
    str
        Content of the ``Content-Security-Policy`` meta element.
    """
    allowed = " ".join(script_hash(script) for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; connect-src 'none'; frame-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Return the style sheet of a page: the theme's tokens, then our rules."""
    light = {name: token.light for name, token in theme.TOKENS.items()}
    dark = {name: token.dark for name, token in theme.TOKENS.items()}
    fonts = {"serif": theme.SERIF, "sans": theme.SANS, "mono": theme.MONO}
    return "\n".join(
        [
            f":root{{{_variables({**fonts, **theme.MARKS, **light})}}}",
            "@media screen and (prefers-color-scheme:dark)"
            f"{{:root{{{_variables(dark)}}}}}",
            theme.FIGURE_CSS,
            *_repainted(),
            template_text("report.css"),
        ]
    )


def _variables(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _repainted() -> list[str]:
    """Write rules by which what plotly painted in a light colour follows the page.

    plotly writes colours of traces and shapes as ``rgb(...)`` and those inside a label
    as they were given.
    """
    rules = []
    for name in ("ink", "ink-2", "rule", "band", "paper", "sim"):
        colour = theme.TOKENS[name].light
        channels = ", ".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
        for paint in ("fill", "stroke"):
            written = (f"{paint}: rgb({channels})", f"{paint}:{colour}")
            on = ",".join(
                f'.js-plotly-plot [style*="{text}"]:not(.hoverlayer *)'
                for text in (*written, f"{paint}: {colour}")
            )
            rules.append(f"{on}{{{paint}:var(--{name})!important}}")
    return rules
