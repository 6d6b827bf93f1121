"""HTML to text: what a reader sees, what is kept from the eye, and what is quoted."""

import pytest

from ingest.mime.html import render
from ingest.mime.styles import hidden_names, hides


def text(html: str) -> str:
    """The text alone."""
    return render(html, limit=10_000).text


def hidden(html: str) -> list[str]:
    """The hidden stretches of the text."""
    page = render(html, limit=10_000)
    return [page.text[span.start : span.end].strip() for span in page.hidden]


def quoted(html: str) -> list[str]:
    """The quoted stretches of the text."""
    page = render(html, limit=10_000)
    return [page.text[span.start : span.end].strip() for span in page.quoted]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one<p>two", "one\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("AB<b>12</b><i>34</i>C", "AB1234C"),  # a number split over tags is one number
        ("AB <b>12</b> C", "AB 12 C"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc"),
        ("a &amp; b&nbsp;c &lt;d&gt; &#233;", "a & b c <d> é"),
        ("<head><title>t</title></head><style>p{}</style><script>x()</script>a<!-- b -->", "a"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a\n\n   b", "a b"),
        ("<div><div>  </div></div>a", "a"),
        ('<img alt="a picture">', "a picture"),
        ('see <a href="https://x.example/p">here</a> now', "see here now <https://x.example/p>"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:x()">a</a>', "a"),
        ('A<a href="http://x.example">B</a>C<p>d', "ABC <http://x.example>\nd"),
        ("<noscript>a</noscript>", "a"),
        ("&#xD800;&#0;a", "\ufffd\ufffda"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(html: str, expected: str) -> None:
    """Blocks part lines, cells part by tabs, inline elements part nothing."""
    assert expected == text(html)


@pytest.mark.parametrize(
    "attribute",
    [
        'style="display: none"',
        'style="DISPLAY:NONE !important"',
        'style="visibility:hidden"',
        'style="font-size:0"',
        'style="font-size: 0px; color: red"',
        'style="opacity:0.0"',
        'style="mso-hide:all"',
        'style="height:0; overflow:hidden"',
        'style="max-height:0px;overflow:hidden"',
        'style="color:#fff;background-color:white"',
        "hidden",
        'class="a preheader b"',
        'id="secret"',
    ],
)
def test_hidden_text_is_kept_and_marked(attribute: str) -> None:
    """What a style keeps from the eye is in the text, and known to be hidden."""
    sheet = "<style>.preheader, div#secret { display:none }</style>"
    html = f"{sheet}a<div {attribute}>b<i>c</i></div>d"

    assert "a\nbc\nd" == text(html)
    assert ["bc"] == hidden(html)


@pytest.mark.parametrize(
    "style",
    ["", "display:block", "font-size:10px", "opacity:0.5", "height:0", "color:#fff", "x", ":;:;"],
)
def test_shown_text_is_not_marked(style: str) -> None:
    """A style that shows is no trick."""
    assert [] == hidden(f'<p style="{style}">a</p>')
    assert not hides(style)


def test_a_style_for_small_screens_hides_nothing() -> None:
    """Rules inside `@media` hold for some readers only."""
    sheet = "@media (max-width:600px) { .a{display:none} .b{display:none} } .c{display:none} p .d{}"

    assert frozenset({".c"}) == hidden_names(sheet)


@pytest.mark.parametrize(
    "html",
    [
        "new<blockquote>old</blockquote>new",
        'new<div class="gmail_quote">old</div>new',
        'new<div class="x_gmail_quote x">old</div>new',
        'new<div id="yahoo_quoted_1" class="yahoo_quoted">old</div>new',
        'new<div id="divRplyFwdMsg">old</div>',
        'new<div id="x_appendonsend"></div><p>old',
        'new<div class="OutlookMessageHeader">old</div>',
    ],
)
def test_quoted_markup_is_marked(html: str) -> None:
    """What mail programs wrap around an earlier message is known to be quoted."""
    assert ["old"] == quoted(html)


def test_nested_quotes_are_one() -> None:
    """A quotation in a quotation is quoted once."""
    assert ["b\nc\nd"] == quoted("a<blockquote>b<blockquote>c</blockquote>d</blockquote>e")


def test_a_document_built_to_exhaust_keeps_its_text() -> None:
    """Past the limits the marks are lost, never the text."""
    page = render("<div>" * 2_000 + "needle<script>x</script><p>hay &amp; stack", limit=10_000)

    assert "needle\nhay & stack" == page.text
    assert ("html-too-complex",) == page.defects


def test_text_is_cut_at_its_limit() -> None:
    """A page without end ends, and says so."""
    page = render("<p>word</p>" * 1_000, limit=100)

    assert len(page.text) < 200
    assert ("text-truncated",) == page.defects
