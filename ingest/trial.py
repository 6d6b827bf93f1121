"""Trying rules on archived mail: what they find now against what is on record. Nothing is filed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors.changes import Changes
from ingest.pool import Pool
from ingest.rescan import has_failed, reread
from search.index import Index
from section9 import MailId, RuleId


@dataclass(slots=True)
class Trial:
    """Runs rules over some messages, and counts what changes."""

    pool: Pool
    index: Index
    mails: Iterable[MailId]
    rules: Sequence[RuleId]  # that run together, as they would when on
    changes: Changes  # of the rules that are asked about
    expected: int  # messages, at most
    failed: int = 0

    def run(self) -> Iterator[MailId]:
        """Read the messages; yield each as it is done."""
        ran = frozenset(self.rules)
        for record, draft in reread(self.pool, self.index, self.mails, self.rules):
            if draft.record is None or has_failed(draft):
                self.failed += 1
            else:
                before = [one for one in record.current if one.rule in ran]
                self.changes.add(record.mail, before, draft.record.findings)
            yield record.mail
