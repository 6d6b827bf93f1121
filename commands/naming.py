"""What names of people, schools and terms stand for in queries: from the directory and settings."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from search.glossary import Glossary, Term

if TYPE_CHECKING:
    from commands.settings import Trust
    from people import Directory


def glossary(trust: "Trust", people: Path, now: datetime) -> Glossary:
    """Gather them. The directory is read when a query first names somebody."""

    @cache
    def directory() -> "Directory":
        from people import Directory

        return Directory(people)

    terms = tuple(Term(one.name, one.first, one.last) for one in trust.terms)
    return Glossary(
        today=now.date(),
        terms=terms,
        addresses={
            "person": lambda name: directory().addresses_of(name),
            "school": lambda name: directory().addresses_at(name),
        },
        names={
            "person": lambda: {one.name for one in directory().everybody()},
            "school": lambda: directory().schools(),
        },
    )
