"""The cover of the answer to a subject access request: what was searched, and what rights are."""

from dataclasses import dataclass

from cases.sars import Sar
from evidence import pages
from evidence.disclosure import Contents, Cover


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person reads first."""

    whole: Contents
    received: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]


def cover(sar: Sar) -> Cover:
    """A cover for the answer to a request."""
    opened = sar.opened
    received = f"{opened.received:%-d %B %Y}"

    def written(whole: Contents) -> str:
        answer = Answer(whole, received, opened.names, opened.addresses)
        return pages.paper("sar_cover.html", answer)

    return written
