"""Papers that are given to somebody: each as JSON, HTML and PDF, and only if it names nobody."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from markupsafe import Markup

from evidence import pages, pdf
from evidence.nameless import Names


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, ready to be written."""

    name: str  # of its files, without an ending
    html: str
    schema: str  # of its JSON: `section9.breach-draft/1`
    content: object  # the same, for JSON

    @property
    def text(self) -> str:
        """What a reader sees of the page: no style, no tags."""
        body = self.html.partition("<body>")[2]
        return Markup(body).striptags()  # noqa: S704 - it is read here, never shown

    @property
    def json(self) -> bytes:
        """The same, for a program."""
        said = {"schema": self.schema, **msgspec.to_builtins(self.content)}
        return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


def paper(name: str, template: str, content: object, *, schema: str) -> Paper:
    """Lay a paper out; the template knows the content, a dataclass, as `d`."""
    return Paper(name, pages.paper(template, content), schema, content)


def write(folder: Path, made: Paper, names: Names, *, as_pdf: bool) -> list[Path]:
    """Write a paper into a folder, replacing what was there; nothing where it names somebody.

    Raises `NamedError`, and `PdfError` where PDF is asked for and cannot be made.
    """
    names.require_none({}, (made.text, made.json.decode()))
    contents = {"json": made.json, "html": made.html.encode()}
    if as_pdf:
        pdf.require()
        contents["pdf"] = pdf.made(made.html).content
    folder.mkdir(parents=True, exist_ok=True)
    return [_put(folder / f"{made.name}.{ending}", content) for ending, content in contents.items()]


def _put(path: Path, content: bytes) -> Path:
    fresh = path.with_suffix(f"{path.suffix}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
    return path
