"""Emptying the spool, for as long as the service runs.

Each round begins by bringing the index up to the ledger, so whatever interrupted the last one is
repaired before anything new is filed. While the index is out of reach nothing is filed and the
spool grows; the mail servers notice nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event

import structlog

from ingest.jobs import Spooled
from ingest.pipeline import Filed, Pipeline
from ingest.spool import Spool
from section9 import Section9Error, SpoolId

log = structlog.get_logger()

ROUND = 2_000  # messages, at most: then what another process filed is caught up with
IDLE = 0.2  # seconds between looks into an empty spool
FIRST_PAUSE = 1.0  # seconds after a round that failed; doubled each time
LONGEST_PAUSE = 60.0

OpenPipeline = Callable[[], AbstractContextManager[Pipeline]]


def conduct(
    spool: Spool,
    open_pipeline: OpenPipeline,
    *,
    stop: Event,
    after_work: Callable[[], object] = lambda: None,
) -> None:
    """File what is spooled until `stop` is set, whatever else goes wrong.

    `after_work` is called when a round has filed something.
    """
    pause = FIRST_PAUSE
    caught_up = False
    with spool.consume_lock():
        while not stop.is_set():
            try:
                worked = _round(spool, open_pipeline, caught_up=caught_up, stop=stop)
                if worked:
                    after_work()
            except (Section9Error, OSError) as error:
                log.error("round_failed", error=type(error).__name__, again_in=pause)  # noqa: TRY400 - a traceback could quote mail
                stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            # After work, look once more: a rebuild may have changed the index under this round.
            caught_up, pause = not worked, FIRST_PAUSE
            if not worked:
                stop.wait(IDLE)


def _round(spool: Spool, open_pipeline: OpenPipeline, *, caught_up: bool, stop: Event) -> bool:
    """File what waits now; say whether there was anything to do."""
    waiting = spool.pending(limit=ROUND)
    if caught_up and not waiting:
        return False
    with open_pipeline() as pipeline:
        pipeline.catch_up()
        for filed in pipeline.file(map(Spooled, waiting)):
            _settle(spool, filed)
            if stop.is_set():  # what is not filed stays in the spool for the next start
                break
    return bool(waiting)


def _settle(spool: Spool, filed: Filed) -> None:
    """Let go of what is filed, and set aside what cannot be."""
    spool.drop([SpoolId(copy) for copy in filed.copies])
    for draft in filed.failed:
        spool.quarantine(SpoolId(draft.job.copy), draft.failed)
        log.error("quarantined", id=draft.job.copy, why=draft.failed)
    if filed.new:
        findings = sum(len(draft.record.findings) for draft in filed.new if draft.record)
        log.info("filed", new=len(filed.new), findings=findings)
