"""Domains that are made to be mistaken for another: one letter off, a twin, another ending."""

from difflib import SequenceMatcher

_TWINS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))
_SHORTEST = 6  # letters: in shorter names a letter more or less is another name
_LONGEST = 255  # RFC 1035, 2.3.4
_ALIKE = 0.9  # of the letters in common: one changed in ten, two in twenty


def resembles(domain: str, own: str) -> bool:
    """Tell whether a foreign domain could pass for one's own."""
    one, other = _bare(domain), _bare(own)
    if domain == own or min(len(one), len(other)) < _SHORTEST or len(domain) > _LONGEST:
        return False
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _bare(domain: str) -> str:
    """Reduce a domain to the name that a reader remembers: without its ending, dashes and twins."""
    *labels, ending = domain.lower().split(".")
    name = max(labels or [ending], key=len).replace("-", "")
    for twin, letter in _TWINS:
        name = name.replace(twin, letter)
    return name
