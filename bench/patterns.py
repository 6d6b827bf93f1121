"""How good the patterns over many messages are: `make evaluate`.

Precision and recall of the alarms over threads from templates that no rule was tuned on: contact
between staff and students over weeks, and bullying; the last set, `blind`, was run only when
everything was decided. And the patterns on ordinary mail, where the public corpus is at hand.
"""

import email.policy
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from itertools import chain
from pathlib import Path

from bench.detectors import HAM, texts
from detectors.contract import Context
from detectors.patterns import decide
from detectors.patterns.history import Pattern, school_year
from detectors.patterns.weighing import closely, to_read_closely, weighed, with_signs
from detectors.scan import Scanner
from detectors.training import contacts
from detectors.training.threads import BULLYING, CONTACT, PEOPLE, Thread, templates, threads
from ingest.mime.quoting import quoted
from ingest.patterns.memory import Memory
from section9 import (
    Category,
    Confidence,
    MailId,
    ParsedMail,
    Part,
    Participant,
    PartId,
    PartKind,
    Recipient,
)

EACH, EACH_BLIND = 36, 14  # threads from a template
RUNS = (6, 12)  # messages
IN_MEMORY = Path(":memory:")
OF: dict[str, Category] = {CONTACT: Category.STUDENT_CONTACT, BULLYING: Category.OFFENSIVE}


@dataclass(frozen=True, slots=True)
class Raised:
    """What a thread raised: patterns, and findings of its messages by themselves."""

    patterns: tuple[Pattern, ...]
    findings: bool  # of student contact, in any one message, that are more than low


def main() -> None:
    """Print every figure."""
    for which, each in (("test", EACH), ("blind", EACH_BLIND)):
        for subject, what in ((CONTACT, "contact with students"), (BULLYING, "bullying")):
            judge(subject, which, each, what)
    ordinary()


def judge(subject: str, which: str, each: int, what: str) -> None:
    """Print how good the alarms are over one set of threads."""
    scanner = contacts.scanner()
    judged = list(threads(subject, which, each=each))
    due = sum(one.alert for one in judged)
    print(f"\n{what}, {which}: {len(judged)} threads, {due} of them forbidden, from ", end="")
    print(f"{len(templates(subject, which))} templates kept apart")
    report("patterns", alarms(scanner, judged, subject))
    if subject == CONTACT:
        report("or one message by itself", alarms(scanner, judged, subject, alone=True))


def report(what: str, found: contacts.Alarms) -> None:
    """Print how often alarms are right, and how many of those due are raised."""
    print(f"  {what}: precision {found.precision:.3f}, recall {found.recall:.3f}")
    for kind, ids in (("wrongly alarmed", found.wrong), ("missed", found.missed)):
        templates_ = Counter(one.rpartition("-")[0] for one in ids)
        print(f"    {kind}: {dict(templates_) or 'none'}, by template")


def alarms(
    scanner: Scanner, judged: Sequence[Thread], subject: str, *, alone: bool = False
) -> contacts.Alarms:
    """Count the threads with a pattern that is more than low; `alone`: or with such a finding."""
    raised, due = set(), {one.id for one in judged if one.alert}
    for one in judged:
        seen = look(scanner, one.mails)
        of_subject = (each for each in seen.patterns if each.rule.category is OF[subject])
        sure = any(each.confidence is not Confidence.LOW for each in of_subject)
        if sure or (alone and seen.findings):
            raised.add(one.id)
    return contacts.Alarms(
        len(raised & due), tuple(sorted(raised - due)), tuple(sorted(due - raised))
    )


def look(scanner: Scanner, mails: Iterable[ParsedMail]) -> Raised:
    """Scan, weigh and decide on some messages, as the conductor would."""
    alone = False
    known: dict[MailId, ParsedMail] = {}
    with closing(Memory(IN_MEMORY)) as memory:
        for number, mail in enumerate(mails):
            found = scanner.scan(mail)
            alone |= any(
                one.category is Category.STUDENT_CONTACT and one.confidence is not Confidence.LOW
                for one in found
            )
            id_ = MailId(f"{number:064x}")
            known[id_] = mail
            if mail.date:
                passed = weighed(mail, found, _context(scanner, mail), id_=id_, sent=mail.date)
                memory.take(id_, passed)
        return Raised(tuple(decided(memory, known)), alone)


def decided(memory: Memory, known: Mapping[MailId, ParsedMail]) -> Iterator[Pattern]:
    """Yield the patterns of every pair that waits."""
    for pair in memory.waiting(1_000_000):
        history, adult = memory.between(pair)
        more = {mail: closely(known[mail]) for mail in to_read_closely(history)}
        history = with_signs(history, more)
        yield from decide.between(history, people=(pair.one, pair.other), adult=adult)
        for reader in (pair.one, pair.other):
            if one := decide.against(memory.hurting(reader, pair.year), to=reader):
                yield one


def _context(scanner: Scanner, mail: ParsedMail) -> Context:
    return Context(
        PartId("subject"),
        domains=scanner.domains,
        person=scanner.person,
        named=scanner.named,
        sender=mail.from_[0].address if mail.from_ else "",
        recipients=tuple(Recipient(one.address) for one in (*mail.to, *mail.cc)),
    )


def ordinary() -> None:
    """Print the patterns on ordinary mail, as if everybody in it were of the trust."""
    paths = sorted(chain(HAM.glob("easy-ham-*/*"), HAM.glob("hard-ham-*/*")))
    if not paths:
        print(f"\nno ordinary mail is at hand ({HAM.name}): false alarms not measured")
        return
    mails = [mail for path in paths if (mail := _public(path))]
    domains = frozenset(one.address.rpartition("@")[2] for mail in mails for one in mail.to)
    everybody = Scanner(domains=domains)
    seen = look(everybody, mails)
    sure = [one for one in seen.patterns if one.confidence is not Confidence.LOW]
    years = {school_year(mail.date) for mail in mails if mail.date}
    print(
        f"\n{len(mails):,} ordinary mails of {len(years)} school years: "
        f"{len(seen.patterns)} patterns, {len(sure)} of them more than low"
    )
    for length in RUNS:
        as_colleagues(mails, length)


def as_colleagues(mails: Sequence[ParsedMail], length: int) -> None:
    """Print how often ordinary mail looks like bullying, were it from one colleague to another."""
    scanner, by = contacts.scanner(), defaultdict[str, list[ParsedMail]](list)
    for mail in mails:
        if mail.date:
            ends = PEOPLE["adult"], PEOPLE["colleague"]
            by[mail.from_[0].address].append(replace(mail, from_=ends[0], to=ends[1]))
    runs = [
        some[start : start + length]
        for some in by.values()
        for start in range(0, len(some) - length + 1, length)
    ]
    sure = sum(
        any(one.confidence is not Confidence.LOW for one in look(scanner, run).patterns)
        for run in runs
    )
    print(f"  {len(runs)} runs of {length} mails of one sender, as to a colleague: {sure} alarms")


def _public(path: Path) -> ParsedMail | None:
    """Return a public mail, with its text and who wrote it to whom; None where nobody knows."""
    head = BytesHeaderParser(policy=email.policy.compat32).parsebytes(path.read_bytes())
    ends = [parseaddr(str(head[name]))[1].lower() for name in ("From", "To")]
    try:
        sent = parsedate_to_datetime(str(head["Date"])).astimezone(UTC)
    except ValueError:
        sent = datetime(2002, 9, 1, tzinfo=UTC)
    subject, *bodies = texts(path)
    parts = tuple(
        Part(PartId(str(number)), PartKind.BODY, "text/plain", "", 0, "", text, quoted=quoted(text))
        for number, text in enumerate(bodies, start=1)
    )
    if not all("@" in end for end in ends):
        return None
    sender, reader = (Participant("", end) for end in ends)
    return ParsedMail("", sent, subject, (sender,), (reader,), parts=parts)


if __name__ == "__main__":
    main()
