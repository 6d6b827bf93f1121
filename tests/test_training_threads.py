"""The threads that detectors are judged by and that no rule was tuned on: their form alone.

No detector is run on them here: whoever mends a detector by them must write new ones.
"""

from collections import Counter

import pytest

from detectors.training.threads import BULLYING, CONTACT, templates, threads

BLIND = [(CONTACT, 48), (BULLYING, 36)]


def _prose(subject: str, which: str) -> set[str]:
    """Return the lines that people wrote, but for the shortest."""
    lines = [line for text in templates(subject, which) for line in text.split("\n")]
    return {line for line in lines if len(line.split()) > 3 and not line.startswith("@ ")}


@pytest.mark.parametrize(("subject", "count"), BLIND)
def test_as_many_should_raise_an_alarm_as_should_not(subject: str, count: int) -> None:
    """Every template parses; half of them tell of harm."""
    alerts = Counter(thread.alert for thread in threads(subject, "blind", each=1))

    assert {True: count // 2, False: count // 2} == alerts


@pytest.mark.parametrize(("subject", "_count"), BLIND)
def test_threads_are_whole(subject: str, _count: int) -> None:
    """Four to nine messages each, oldest first, none empty and no slot or choice unfilled."""
    for thread in threads(subject, "blind", each=2):
        sent = [mail.date for mail in thread.mails if mail.date]
        texts = [part.text for mail in thread.mails for part in mail.parts]

        assert len(texts) in range(4, 10)
        assert sorted(sent) == sent
        assert not [text for text in texts if not text or set(text) & set("[]{}|")]


@pytest.mark.parametrize("which", ["train", "test"])
@pytest.mark.parametrize(("subject", "_count"), BLIND)
def test_no_sentence_was_seen_before(subject: str, _count: int, which: str) -> None:
    """They share no line with the threads that rules were tuned or judged on."""
    assert set() == _prose(subject, "blind") & _prose(subject, which)
