"""HTML to the text a reader sees, with what is hidden or quoted marked.

lexbor builds the tree as a browser does, so that no trick of markup shows the reader one thing
and the search another. Text hidden by style stays in the text: it was sent, and it is evidence.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.mime.complexity import too_complex
from ingest.mime.styles import hidden_names, hides, same_colour
from section9 import Span

MAX_URL = 2_048  # characters

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "option",
    "p", "pre", "section", "select", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset({"script", "style", "head", "template", "-comment"})
_PREFORMATTED = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
_QUOTED = frozenset({"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix"})
_QUOTED_FROM_HERE = frozenset({"divrplyfwdmsg", "appendonsend", "outlookmessageheader"})

_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a document, what of it is hidden or quoted, and the codes of its defects."""

    text: str
    hidden: tuple[Span, ...] = ()
    quoted: tuple[Span, ...] = ()
    defects: tuple[str, ...] = ()


def render(html: str, *, limit: int) -> Rendered:
    """Text of at most `limit` characters or a little more.

    A block begins a line, a cell follows a tab, inline elements leave no trace. The target of a
    link stands in angle brackets at the end of its line, where it parts no word, unless the
    reader sees it anyway. A document built to exhaust a tree builder loses its marks, not its
    text (`html-too-complex`).
    """
    if too_complex(html):
        return _stripped(html, limit)
    parser = LexborHTMLParser(html)
    sheets = [node.text() for node in parser.css("style")] if "<style" in html.lower() else []
    page = _Page(limit=limit, hidden_names=hidden_names("\n".join(sheets)))
    if parser.root is not None:
        _walk(parser.root, page)
    return page.finished()


@dataclass(slots=True)
class _Open:
    """What to do when an element ends."""

    breaks: str = ""  # "\n" after a block, "\t" after a cell
    hidden: bool = False
    quoted: bool = False
    preformatted: bool = False
    link: str = ""
    piece: int = 0  # where its text begins in the page's pieces


_INLINE = _Open()


@dataclass(slots=True)
class _Page:
    """The text as it grows. A break waits until more text comes, so none doubles or trails."""

    limit: int
    hidden_names: frozenset[str]
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    waiting: str = ""
    links: list[str] = field(default_factory=list)
    hidden: list[Span] = field(default_factory=list)
    quoted: list[Span] = field(default_factory=list)
    hidden_from: int | None = None
    quoted_from: int | None = None
    preformatted: int = 0

    def write(self, text: str) -> None:
        """Add text, its blanks made one unless they are preformatted."""
        if self.preformatted:
            self._emit(text.replace("\r\n", "\n").replace("\u00a0", " "))
            return
        flat = _BLANKS.sub(" ", text)
        if flat.startswith(" ") and not self.waiting:
            self.waiting = " "
        if flat.strip(" "):
            self._emit(flat.strip(" "))
            self.waiting = " " if flat.endswith(" ") else ""

    def _emit(self, text: str) -> None:
        piece = (self.waiting if self.length else "") + text
        self.waiting = ""
        self.pieces.append(piece)
        self.length += len(piece)

    def pause(self, mark: str) -> None:
        """Let a line end or a tab stand before what comes next; a line end wins."""
        if mark == "\n":
            for url in self.links:
                self.waiting = " "
                self._emit(f"<{url}>")
            self.links.clear()
        if self.waiting != "\n":
            self.waiting = mark

    def close(self, element: _Open) -> None:
        """End an element."""
        if element.link and self._shows_else(element):
            self.links.append(element.link)
        if element.breaks:
            self.pause(element.breaks)
        if element.preformatted:
            self.preformatted -= 1
        if element.hidden and self.hidden_from is not None:
            self.hidden.append(Span(self.hidden_from, self.length))
            self.hidden_from = None
        if element.quoted and self.quoted_from is not None:
            self.quoted.append(Span(self.quoted_from, self.length))
            self.quoted_from = None

    def _shows_else(self, element: _Open) -> bool:
        """Whether the text of a link tells something other than its target."""
        shown = "".join(self.pieces[element.piece :][:MAX_URL]).strip()
        return _bare_url(shown) != _bare_url(element.link)

    def finished(self) -> Rendered:
        """The page, once every element is closed."""
        self.pause("\n")
        if self.quoted_from is not None:
            self.quoted.append(Span(self.quoted_from, self.length))
        hidden = tuple(span for span in self.hidden if span.start < span.end)
        quoted = tuple(span for span in self.quoted if span.start < span.end)
        defects = ("text-truncated",) if self.length > self.limit else ()
        return Rendered("".join(self.pieces), hidden, quoted, defects)


def _walk(root: LexborNode, page: _Page) -> None:
    """Visit the tree without recursion: enter a node, then its children, then close it."""
    path: list[tuple[LexborNode, _Open]] = []
    node: LexborNode | None = root
    while node is not None and page.length <= page.limit:
        tag = node.tag
        if tag == "-text":
            page.write(node.text_content or "")
        elif tag not in _DROPPED:
            element = _enter(node, tag or "", page)
            if node.child is not None:
                path.append((node, element))
                node = node.child
                continue
            page.close(element)
        node = node.next
        while node is None and path:
            parent, element = path.pop()
            page.close(element)
            node = parent.next
    for _, element in reversed(path):
        page.close(element)


def _enter(node: LexborNode, tag: str, page: _Page) -> _Open:
    """Begin an element: its break, and where its marks start."""
    attributes = node.attributes
    if tag == "br":
        page.pause("\n")
        return _INLINE
    breaks = "\n" if tag in _BLOCKS else "\t" if tag in _CELLS else ""
    if breaks == "\n":
        page.pause("\n")
    if not attributes and not breaks:
        return _INLINE
    return _marked(tag, attributes, breaks, page)


def _marked(tag: str, attributes: dict[str, str | None], breaks: str, page: _Page) -> _Open:
    names = _names(attributes)
    if not _QUOTED_FROM_HERE.isdisjoint(names) and page.quoted_from is None:
        page.quoted_from = page.length  # for good: no element closes it
    hidden = page.hidden_from is None and _is_hidden(attributes, names, page.hidden_names)
    quoted = page.quoted_from is None and (tag == "blockquote" or not _QUOTED.isdisjoint(names))
    if hidden:
        page.hidden_from = page.length
    if quoted:
        page.quoted_from = page.length
    if tag in _PREFORMATTED:
        page.preformatted += 1
    if tag == "img" and attributes.get("alt"):
        page.write(attributes["alt"] or "")
    link = _target(attributes) if tag in {"a", "area"} else ""
    return _Open(breaks, hidden, quoted, tag in _PREFORMATTED, link, len(page.pieces))


def _names(attributes: dict[str, str | None]) -> set[str]:
    """Class and id, without the `x_` that Outlook on the web puts before a sender's own."""
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    return {re.sub(r"^(?:x_)+", "", name) for name in named.split()} if named != " " else set()


def _is_hidden(
    attributes: dict[str, str | None], names: set[str], hidden_names: frozenset[str]
) -> bool:
    if "hidden" in attributes or hides(attributes.get("style") or ""):
        return True
    if hidden_names and any({f".{name}", f"#{name}"} & hidden_names for name in names):
        return True
    return same_colour(attributes.get("color") or "", attributes.get("bgcolor") or "")


def _target(attributes: dict[str, str | None]) -> str:
    """Where a link leads, if that is a page or a mailbox: investigators search for it."""
    url = (attributes.get("href") or "").strip()
    if not url.lower().startswith(("http:", "https:", "mailto:")):
        return ""
    return re.sub(r"[\s<>\x00-\x1f]+", "", url[:MAX_URL])


def _bare_url(url: str) -> str:
    return url.lower().rpartition("://")[2].removeprefix("mailto:").rstrip("/")


def _stripped(html: str, limit: int) -> Rendered:
    """The text between tags, read in one pass and without a tree."""
    pieces: list[str] = []
    length, skipping = 0, ""
    for chunk in html.split("<"):
        tag, closed, text = chunk.partition(">")
        name = _tag_name(tag)
        if name in {f"/{skipping}", ""}:
            skipping = ""
        if name in {"script", "style"}:
            skipping = name
        if skipping or not closed:
            continue
        shown = _BLANKS.sub(" ", unescape(text))
        pieces.append(f"\n{shown}" if name.lstrip("/") in _BLOCKS | {"br"} else shown)
        length += len(pieces[-1])
        if length > limit:
            return Rendered("".join(pieces), defects=("html-too-complex", "text-truncated"))
    return Rendered("".join(pieces).strip(), defects=("html-too-complex",))


def _tag_name(tag: str) -> str:
    return tag.split(None, 1)[0].lower() if tag.strip() else ""
