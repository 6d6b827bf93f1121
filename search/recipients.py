"""Who got the mail of a Message-ID, gathered from what an engine gives in pairs."""

from collections.abc import Iterable


def gather(pairs: Iterable[tuple[str, str | None]]) -> dict[str, frozenset[str]]:
    """Join pairs of a Message-ID and somebody who was sent it; nobody makes it known all the same.

    Several mails may have one Message-ID, since senders choose it: their recipients are joined.
    """
    found: dict[str, set[str]] = {}
    for message_id, person in pairs:
        people = found.setdefault(message_id, set())
        if person:
            people.add(person)
    return {message_id: frozenset(people) for message_id, people in found.items()}
