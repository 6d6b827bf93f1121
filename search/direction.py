"""Whether a message crossed the trust's border, and which way: pure, from its whole record.

Who wrote it and who got it is taken on the mail server's word where it gave one (a believed
report, a copy's own fields, the SMTP envelope), since a header says what its writer likes; the
header stands in where no server spoke. The trust's own are the domains that its settings name,
and every domain under them.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from section9 import Direction, ParsedMail, Record, Sighting

EXTERNAL = frozenset({Direction.INBOUND, Direction.OUTBOUND})
"""The directions that cross the border."""


def direction(record: Record) -> Direction:
    """Tell which way a message went, by everything that its copies prove together."""
    if record.own is None:
        return Direction.UNKNOWN
    own = frozenset(record.own)
    writers = _domains(_writers(record.parsed, record.sightings))
    getters = _domains(_getters(record.parsed, record.sightings))
    if writers - own:
        return Direction.INBOUND
    if not writers or not getters:
        return Direction.UNKNOWN
    return Direction.OUTBOUND if getters - own else Direction.INTERNAL


def own_domains(
    parsed: ParsedMail, sightings: tuple[Sighting, ...], trust: AbstractSet[str]
) -> tuple[str, ...] | None:
    """List those domains of a message's people that are the trust's; None where it named none.

    Kept with the record, so that what an index says of it needs no settings.
    """
    if not trust:
        return None
    met = _domains((*_writers(parsed, sightings), *_getters(parsed, sightings)))
    met |= _domains(_header_people(parsed))  # they count until a server's word comes
    return tuple(sorted(domain for domain in met if _is_own(domain, trust)))


def _is_own(domain: str, trust: AbstractSet[str]) -> bool:
    """Whether a domain is one of the trust's, or lies under one."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in trust for start in range(len(labels)))


def _writers(parsed: ParsedMail, sightings: Iterable[Sighting]) -> list[str]:
    told = [copy.sender for copy in sightings if _domain(copy.sender)]
    return told or [one.address for one in parsed.from_]


def _getters(parsed: ParsedMail, sightings: Iterable[Sighting]) -> list[str]:
    told = [one.address for copy in sightings for one in copy.recipients]
    if any(map(_domain, told)):
        return told
    return [one.address for one in (*parsed.to, *parsed.cc, *parsed.bcc)]


def _header_people(parsed: ParsedMail) -> Iterator[str]:
    for one in (*parsed.from_, *parsed.to, *parsed.cc, *parsed.bcc):
        yield one.address


def _domains(people: Iterable[str]) -> frozenset[str]:
    """Give the domains of addresses; an address without one tells nothing of the border."""
    return frozenset(map(_domain, people)) - {""}


def _domain(address: str) -> str:
    _, at, domain = address.lower().rpartition("@")
    return domain.rstrip(".") if at else ""
