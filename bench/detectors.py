"""How good the detectors are, and how fast: `make evaluate`.

Precision, recall and F2 over letters from templates that no rule was tuned on; precision and
recall of the alarms over messages between staff and students; alarms over ordinary mail, where
the public corpus of it is at hand; messages a second over the same.
"""

import email
import email.policy
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from detectors.evaluate import Label, Labelled, Score, at_least, score, tally
from detectors.recogniser import people
from detectors.scan import Scanner
from detectors.training import contacts
from detectors.training.letters import LABELLED, letters, templates
from detectors.training.named import PERSON, named
from detectors.training.names import DEV, posts
from section9 import Confidence, RuleId

DATA = Path(__file__).parents[2] / "shared" / "data"
HAM, WNUT = DATA / "mail_spamassassin", DATA / "wnut17"
EACH = 20  # letters from a template
EACH_MESSAGE = 8  # messages between two people from a template
ROW = "{:22} {:>7} {:>7} {:>10} {:>8} {:>6}"


def main() -> None:
    """Print every figure."""
    scanner = Scanner()
    scanner.scan_text("Ann has asthma. DOB 12/03/2011")  # spaCy loads before the clock runs
    judged = list(letters("test", each=EACH))
    print(f"{len(judged):,} letters from {len(templates('test'))} templates kept apart\n")
    print(ROW.format("rule", "labels", "found", "precision", "recall", "F2"))
    every = score(scanner, judged)
    labelled = {rule for rule, _ in LABELLED.values()}  # the lists they stand in are not
    scores = {rule: one for rule, one in every.items() if rule in labelled}
    for rule, one in scores.items():
        print(row(rule, one))
    print(row(RuleId("all"), total(scores.values())))
    names()
    student_contact()
    ordinary(scanner)


def names() -> None:
    """Print how well people are found, by letters kept apart and by the public posts at hand."""
    sets = {"letters": list(named("test", each=EACH))}
    if WNUT.exists():
        sets["posts (WNUT 17, dev)"] = list(posts(WNUT / DEV))
    print()
    print(ROW.format("names of people", "labels", "found", "precision", "recall", "F1"))
    for name, texts in sets.items():
        one = tally(map(met, texts))[PERSON]
        figures = (f"{value:.3f}" for value in (one.precision, one.recall, one.f1))
        print(ROW.format(name, one.labels, one.found, *figures))


def met(text: Labelled) -> tuple[list[Label], list[Label]]:
    """Return the people found in a text, and those who are there."""
    found = [Label(PERSON, one.start, one.end) for one in people(text.text)]
    return found, [one for one in text.spans if one.rule == PERSON]


def student_contact() -> None:
    """Print how many messages raise an alarm of student contact that should, and should not."""
    judged = list(contacts.messages("test", each=EACH_MESSAGE))
    alarms = contacts.judge(contacts.scanner(), judged)
    due = sum(one.alert for one in judged)
    print(f"\nstudent contact: {len(judged)} messages, {due} of them forbidden")
    print(f"  precision {alarms.precision:.3f}, recall {alarms.recall:.3f}")
    for kind, ids in (("wrongly alarmed", alarms.wrong), ("missed", alarms.missed)):
        templates_ = Counter(one.rpartition("-")[0] for one in ids)
        print(f"  {kind}: {dict(templates_) or 'none'}, by template")


def row(rule: RuleId, one: Score) -> str:
    """Lay out one rule's figures."""
    figures = (f"{value:.3f}" for value in (one.precision, one.recall, one.f2))
    return ROW.format(rule, one.labels, one.found, *figures)


def total(scores: Iterable[Score]) -> Score:
    """Add the counts of all rules up."""
    columns = zip(*((one.found, one.right, one.labels, one.met) for one in scores), strict=True)
    return Score(*map(sum, columns))


def ordinary(scanner: Scanner) -> None:
    """Print the alarms on ordinary mail, and the speed over it."""
    paths = sorted(chain(HAM.glob("easy-ham-*/*"), HAM.glob("hard-ham-*/*")))
    if not paths:
        print(f"\nno ordinary mail is at hand ({HAM.name}): false alarms and speed not measured")
        return
    mails = [list(texts(path)) for path in paths]
    alarms: Counter[RuleId] = Counter()
    flagged, began = 0, time.process_time()
    for mail in mails:
        found = [one for text in mail for one in scanner.scan_text(text)]
        sure = {one.rule for one in at_least(found, Confidence.MEDIUM)}
        alarms.update(sure)
        flagged += bool(sure)
    seconds = time.process_time() - began
    print(f"\n{len(mails):,} ordinary mails: {flagged} with an alarm ({flagged / len(mails):.2%})")
    for rule, count in alarms.most_common():
        print(f"  {rule}: {count}")
    print(f"{len(mails) / seconds:,.0f} mails a second on one core")


def texts(path: Path) -> Iterator[str]:
    """Yield the subject and each text part of a stored mail."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    yield str(mail["Subject"])
    for part in mail.walk():
        content = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(content, bytes):
            yield content.decode("latin-1")


if __name__ == "__main__":
    main()
