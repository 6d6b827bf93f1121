"""How monitoring is set up, as the settings and the ledger say: what reviews and texts tell."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Setup:
    """The facts of this installation. Nobody is named; roles are counted."""

    trust: str
    domains: tuple[str, ...]
    roles: tuple[tuple[str, int], ...]  # accounts by role; empty where roles are not checked
    periods: tuple[tuple[str, str], ...]  # what is kept, and for how long
    protected: tuple[str, ...]  # kinds of correspondence that two people open
    rules_on: tuple[str, ...]
    rules_trial: tuple[str, ...]
    rules_off: tuple[str, ...]
    alerts: bool  # somebody is mailed what is grave
    anchors: bool  # heads of the ledger are sent to somebody
    engine: str
    pictures_read: bool
    notice: tuple[str, date] | None  # the latest that was given to users
    assessments: tuple[str, ...]  # references of impact assessments that cases name
