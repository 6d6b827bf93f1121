"""What a listener counts while it runs, for whoever measures it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """Since the listener started. Written by its event loop, read by any thread."""

    accepted: int = 0  # messages that were answered with 250
    accepted_bytes: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # replies, by their code
    auth_failed: int = 0  # wrong passwords
