"""One theme: the colours, fonts and plotly template of every figure and page.

Marks keep one colour in light and dark (at least 3:1 on both papers). Ink, rules and
paper come from CSS variables, so neither dark mode nor print needs a script.
"""

from dataclasses import dataclass
from typing import Any, Final

SERIF: Final = (
    '"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,'
    '"Book Antiqua",Georgia,serif'
)
SANS: Final = (
    '-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",'
    '"Noto Sans","Liberation Sans",Arial,sans-serif'
)
MONO: Final = 'ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace'


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A colour of the page in light and in dark."""

    light: str
    dark: str


TOKENS: Final[dict[str, Token]] = {
    "paper": Token(light="#ffffff", dark="#12171c"),
    "ink": Token(light="#17212b", dark="#e7eaed"),
    "ink-2": Token(light="#47545f", dark="#b4bec7"),
    "ink-3": Token(light="#616d78", dark="#95a1ac"),
    "link": Token(light="#0c5c8f", dark="#86c3ea"),
    "sim": Token(light="#6a35a5", dark="#cfb0f7"),
    "rule": Token(light="#d3d9de", dark="#323c45"),
    "band": Token(light="#e4e9ed", dark="#27313a"),
}
INK: Final = TOKENS["ink"].light
INK2: Final = TOKENS["ink-2"].light
RULE: Final = TOKENS["rule"].light
SIM: Final = TOKENS["sim"].light
S1: Final = "#2a78b0"  # the region asked about, the designated line
S2: Final = "#cc5f1e"  # outside, everything else
S3: Final = "#23906c"  # a third series; chips
S0: Final = "#7a858f"  # totals, hatching, before
MARKS: Final = {"s1": S1, "s2": S2, "s3": S3, "s0": S0}


def faded(colour: str, opacity: float = 0.22) -> str:
    """Return a mark colour as a translucent fill, for interval bands."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def template() -> dict[str, Any]:
    """Return the plotly template of every figure, as plain JSON values."""
    axis = {
        "showline": False,
        "zeroline": False,
        "gridcolor": RULE,
        "gridwidth": 1,
        "ticks": "",
        "tickfont": {"size": 12, "color": INK2},
        "automargin": True,
        "fixedrange": True,
    }
    error = {"color": INK, "thickness": 1.5, "width": 4.5}
    layout = {
        "font": {"family": SANS, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [S1, S2, S3, S0],
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": 28, "b": 24, "pad": 4},
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {
            "bgcolor": INK,
            "bordercolor": INK,
            "font": {"family": SANS, "size": 13, "color": "#fff"},
            "align": "left",
        },
        "hovermode": "closest",
        "dragmode": False,
        "bargap": 0.12,
        "uniformtext": {"minsize": 11, "mode": "show"},
        "separators": ".,",
        "annotationdefaults": {
            "showarrow": False,
            "font": {"size": 13, "color": INK},
            "xanchor": "left",
            "yanchor": "middle",
        },
        "shapedefaults": {
            "line": {"width": 0},
            "fillcolor": faded(S0, 0.2),
            "layer": "below",
        },
    }
    traces = {
        "bar": [
            {
                "marker": {"line": {"width": 0}},
                "textfont": {"size": 12},
                "cliponaxis": False,
                "error_x": error,
                "error_y": error,
            }
        ],
        "scatter": [
            {
                "mode": "lines",
                "line": {"width": 2.25, "shape": "linear"},
                "marker": {"size": 7},
                "cliponaxis": False,
                "error_x": error,
                "error_y": error,
            }
        ],
    }
    return {"layout": layout, "data": traces}


FIGURE_CSS: Final = """.js-plotly-plot text{fill:var(--ink)!important}
.js-plotly-plot .xtick text,.js-plotly-plot .ytick text{fill:var(--ink-2)!important}
.js-plotly-plot .gridlayer path{stroke:var(--rule)!important}
.js-plotly-plot .zerolinelayer path,.js-plotly-plot .errorbars path,
.js-plotly-plot path.yerror,.js-plotly-plot path.xerror{stroke:var(--ink)!important}
.js-plotly-plot .hoverlayer text{fill:#fff!important}
.js-plotly-plot .main-svg{background:none!important}"""


def hatch(
    box: tuple[float, float, float, float],
    *,
    width: float,
    height: float,
    step: float = 7.0,
) -> tuple[list[float | None], list[float | None]]:
    """Draw 45-degree lines over a rectangle, as the x and y of one scatter trace.

    A pattern fill would say the same, but forty patterned bars print to 2.8 MB and
    lines to 8 KB.

    Parameters
    ----------
    box : tuple of float
        Left, right, bottom and top of the rectangle in axis units.
    width, height : float
        Its size on the screen, in pixels.
    step : float
        Distance between two lines, in pixels.

    Returns
    -------
    tuple of list
        x and y, pieces parted by None.
    """
    left, right, bottom, top = box
    xs: list[float | None] = []
    ys: list[float | None] = []
    offset = step
    while offset < width + height:
        start, end = max(0.0, offset - height), min(width, offset)
        across = [left + (right - left) * edge / width for edge in (start, end)]
        down = [
            top - (top - bottom) * (offset - edge) / height for edge in (start, end)
        ]
        xs += [*across, None]
        ys += [*down, None]
        offset += step
    return xs, ys
