"""Links by which whoever has them opens a shared file or folder (policy clause 7.3).

The shapes are those that the services give out for sharing. That a link is open to everybody
cannot be seen from it, so one alone is low; with pupils or pictures beside it, medium.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.contract import Context, Detector, Rule, Suspect, Text
from detectors.verdict import Terms, judged
from detectors.vocabulary import Topic, spelled
from section9 import Category, Confidence, Finding, RuleId

if TYPE_CHECKING:
    from spacy.tokens import Doc

RULE = Rule(
    id=RuleId("share-link"),
    version=1,
    category=Category.PERSONAL_DATA,
    clause="7.3",
    severity=2,
    title="Link to a shared file",
    help="Whoever it is passed on to may open what lies behind it; look whether it is restricted.",
)
TERMS = Terms(
    names=frozenset(), hints=frozenset({Topic.PICTURE, Topic.SCHOOL}), contested=Confidence.LOW
)

_LINK = re.compile(
    r"https?://(?:"
    r"1drv\.ms/|onedrive\.live\.com/[^\s<>\"']{0,40}(?:redir|resid|embed)"
    r"|[\w-]{1,60}\.sharepoint\.com/:[a-z]:/"  # `:f:` a folder, `:x:` a workbook …
    r"|drive\.google\.com/(?:file/d|drive/(?:u/\d/)?folders|open\?id)"
    r"|docs\.google\.com/(?:a/[\w.]{1,60}/)?(?:document|spreadsheets|presentation|forms)/"
    r"(?:u/\d/)?d/"
    r"|photos\.app\.goo\.gl/|photos\.google\.com/share/"
    r"|(?:www\.)?dropbox\.com/(?:s|sh|scl/f[io]|t)/|db\.tt/"
    r"|we\.tl/|wetransfer\.com/downloads/|[\w-]{1,60}\.wetransfer\.com/downloads/"
    r"|(?:www|share)\.icloud\.com/(?:photos|iclouddrive|sharedalbum|[\w-]{10,40})"
    r"|(?:[\w-]{1,60}\.)?(?:app\.)?box\.com/s/"
    r"|mega\.(?:nz|io)/(?:file|folder)/|(?:www\.)?mediafire\.com/(?:file|folder)/"
    r"|(?:www\.)?flickr\.com/gp/|pcloud\.link/|u\.pcloud\.link/|f\.io/|send\.vis\.ee/"
    r")[^\s<>\"']{0,2000}",
    re.ASCII | re.IGNORECASE,
)
_ENDS = ".,;:!?)]"


def suspects(seen: Text) -> Iterator[Suspect]:
    """Yield the links that a service made for sharing."""
    if "://" in seen.joined:
        for match in _LINK.finditer(seen.joined):
            end = match.start() + len(match[0].rstrip(_ENDS))
            why = "a link to a shared file; nothing says what lies behind it"
            yield Suspect(match.start(), end, alone=Confidence.LOW, why=why)


def detect(doc: "Doc", context: Context) -> Iterator[Finding]:
    """Yield each link; talk of pupils or pictures makes it medium."""
    return judged(doc, context, RULE, suspects, TERMS, what="a link to a shared file")


DETECTOR = Detector(RULE, suspects, detect, cues=spelled(TERMS.hints), unaided=True)
