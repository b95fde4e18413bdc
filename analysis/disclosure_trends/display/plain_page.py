"""A result as Jupyter shows it: escaped sentences, then the estimates in a table."""

from collections.abc import Iterable, Mapping
from html import escape


def plain_page(
    sentences: Iterable[str], *, estimates: Mapping[str, object], simulated: bool
) -> str:
    """Write sentences and estimates as HTML.

    Parameters
    ----------
    sentences : iterable of str
        What was found, a paragraph each.
    estimates : mapping
        Name to what is written beside it.
    simulated : bool
        Whether the page must say so before anything else.

    Returns
    -------
    str
        HTML in which every text is escaped.
    """
    head = "<p><strong>SIMULATED</strong></p>" if simulated else ""
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>"
        for name, value in estimates.items()
    )
    if not rows:
        return head + said
    names = "<thead><tr><th>estimate</th><th>value</th></tr></thead>"
    return f"{head}{said}<table>{names}<tbody>{rows}</tbody></table>"
