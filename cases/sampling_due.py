"""Which months' samples nobody has drawn yet, and in which programme each is to be drawn. Pure.

One sample a month is enough for a trust, so a month is due once, however many programmes there
are. It is drawn where the last one was, else in the programme that was opened first; what was
missed is drawn later.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.case_words import Case, Extent
from cases.authority import grant
from cases.roles import Accounts, NoAuthorityError
from cases.sampling import Key, Month, Sample


@dataclass(frozen=True, slots=True)
class DueSample:
    """A month that is over and of which nobody has drawn a sample."""

    case: Case  # the programme to draw it in
    month: Month


def due(
    cases: Iterable[Case], samples: Mapping[Key, Sample], accounts: Accounts, now: datetime
) -> list[DueSample]:
    """The months to draw, the oldest first. Those that ended before a programme began are not."""
    drawn = {month for _, month in samples}
    last = {case: one.drawn.at for (case, _), one in samples.items()}
    used_first = sorted(
        (case for case in cases if _samples(case, accounts, now)),
        key=lambda case: (case.id not in last, now - last.get(case.id, now), case.opened),
    )
    wanted: dict[str, DueSample] = {}
    for case in used_first:
        for month in _months(case, now):
            if month.name not in drawn:
                wanted.setdefault(month.name, DueSample(case, month))
    return [wanted[name] for name in sorted(wanted)]


def _samples(case: Case, accounts: Accounts, now: datetime) -> bool:
    """Tell whether samples are drawn in a case: an open programme over whole domains."""
    if case.extent is not Extent.FLAGGED or not case.scope.domains:
        return False
    try:
        grant(case, actor=case.investigator, now=now, accounts=accounts)
    except NoAuthorityError:
        return False
    return True


def _months(case: Case, now: datetime) -> Iterator[Month]:
    """The months that ended since a programme was opened and that it covers whole."""
    month = Month.before(now)
    while month.ends > case.opened:
        last = (month.ends - timedelta(days=1)).date()
        if case.scope.since <= month.first and last <= case.scope.until:
            yield month
        month = Month.before(month.begins)
