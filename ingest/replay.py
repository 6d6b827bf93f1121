"""What the ledger says of messages, as jobs that index them again. Pure."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from archive.mail_events import Rescanned, Scanned, Sighted, Turned
from archive.segment import Segment
from ingest.jobs import Replayed
from search.unread import MENDABLE
from search.versions import above_first, latest
from section9 import MailId

TOGETHER = 400  # events of small segments that are done in one go, at most


def replayed(segment: Segment) -> Iterator[Replayed]:
    """Yield a job for each message that a ledger segment speaks of."""
    jobs: dict[MailId, Replayed] = {}
    for event in segment.events:
        match event:
            case Sighted() | Turned():
                job = jobs.get(event.mail) or Replayed(event.mail, event.sighting.message)
                others = (one for one in job.sightings if one.id != event.sighting.id)
                sightings = (*others, event.sighting)
                jobs[event.mail] = msgspec.structs.replace(job, sightings=sightings)
            case Scanned() | Rescanned():
                job = jobs.get(event.mail) or Replayed(event.mail, event.blob)
                jobs[event.mail] = _judged(job, event)
    yield from jobs.values()


def _judged(job: Replayed, event: Scanned | Rescanned) -> Replayed:
    """A job that knows of one more scan, or that it failed."""
    if any(defect.code in MENDABLE for defect in event.defects):
        return msgspec.structs.replace(job, unjudged=True)
    return msgspec.structs.replace(
        job,
        findings=tuple(dict.fromkeys(job.findings + event.findings)),
        versions=latest((*job.versions, *above_first(event.rules))),
    )


def grouped(segments: Iterable[Segment]) -> Iterator[Sequence[Segment]]:
    """Yield segments together that are small: what keeps every worker busy."""
    group: list[Segment] = []
    for segment in segments:
        if group and sum(len(one.events) for one in (*group, segment)) > TOGETHER:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group
