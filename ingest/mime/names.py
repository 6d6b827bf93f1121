"""File names of attachments, as data that can do no harm (RFC 2183, 2.3 warns of them)."""

import re

MAX_NAME = 255  # characters

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # `gpj.exe` shown as `exe.jpg`
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)


def cleaned(name: str) -> tuple[str, bool]:
    """A name without controls, direction marks and separators, and whether it was suspicious.

    A path is suspicious; no separator remains, each becomes `_`.
    """
    safe = _SEPARATORS.sub("_", _BIDI.sub("", _CONTROLS.sub("", name))).strip()
    suspicious = len(safe) > MAX_NAME or safe != name.strip() or bool(_RESERVED.match(safe))
    return safe[:MAX_NAME], suspicious
