"""The pages: HTML in which nothing of a message is more than text.

Jinja escapes every value; what a page may do at all its content-security policy says: its own
style and the index's own script, by their hashes, and nothing from anywhere.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cases.telling import safe
from evidence.forms import DIGITS, Bates
from evidence.summary import Summary
from evidence.views import Page, Row

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "style.css"
PICTURES = "img-src data:; "
BUFFERED = 200  # pieces of a page that are written at once


def message(page: Page, *, all_open: bool = False, numbers: str = "") -> str:
    """The page of one message; `all_open` unfolds what a reader on paper could not.

    `numbers` is more style, for paper: see `numbered`.
    """
    template = _environment().get_template("message.html")
    return template.render(m=page, open=all_open, **_furniture(script="", more=numbers))


def numbered(bates: Bates, first: int) -> str:
    """The style that puts a Bates number on each page of paper, counted from `first` on."""
    number = f'"{bates.prefix}" counter(bates, bates)'
    return (
        f'@counter-style bates {{ system: extends decimal; pad: {DIGITS} "0" }}'
        f"@page :first {{ counter-reset: bates {first - 1} }}"
        "@page { counter-increment: bates;"
        f" @bottom-left {{ content: {number}; font: 9pt 'Liberation Mono', monospace }} }}"
    )


def index(summary: Summary, rows: Iterable[Row]) -> Iterator[str]:
    """The index page, piece by piece; the rows are asked for as they are written."""
    script = (TEMPLATES / "index.js").read_text()
    stream = (
        _environment()
        .get_template("index.html")
        .stream(p=summary, rows=rows, **_furniture(script=script))
    )
    stream.enable_buffering(BUFFERED)
    return iter(stream)


def paper(template: str, content: object) -> str:
    """A page about a matter rather than a message; the template knows the content as `d`."""
    style = (TEMPLATES / "paper.css").read_text()
    return _environment().get_template(template).render(d=content, **_furniture(more=style))


def text(template: str, summary: Summary, **more: object) -> str:
    """A page of plain text: VERIFY.txt, STATEMENT.txt."""
    return plain(template, p=summary, **more)


def plain(template: str, **values: object) -> str:
    """A page of plain text."""
    return _plain().get_template(template).render(**values)


def webpage(template: str, *, style: str = STYLE, pictures: bool = False, **values: object) -> str:
    """A page of another kind; with pictures, those that it holds itself are shown."""
    furniture = _furniture(script="", style=style, allowed=PICTURES if pictures else "")
    return _environment().get_template(template).render(**values, **furniture)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _plain() -> Environment:
    return Environment(  # noqa: S701 - plain text, which nothing renders
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finalized(value: object) -> object:
    """Make controls and marks that turn the writing visible, in whatever is put on a page."""
    return safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _furniture(
    *, script: str = "", more: str = "", style: str = STYLE, allowed: str = ""
) -> dict[str, str]:
    """Style, script and the policy that lets these two and nothing else work."""
    styling = (TEMPLATES / style).read_text() + more
    if script:
        allowed += f"script-src '{_hash(script)}'; "
    policy = (
        f"default-src 'none'; style-src '{_hash(styling)}'; {allowed}"
        "base-uri 'none'; form-action 'none'"
    )
    # Both are ours, and a hash is of the very characters: they are not escaped.
    return {"style": Markup(styling), "script": Markup(script), "policy": Markup(policy)}  # noqa: S704


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
