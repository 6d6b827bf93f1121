"""Who is told of what: a concern and the routes in, the people in their order out. Pure.

Student contact, bullying and welfare go to the Designated Safeguarding Lead, who leads on alerts
(*Keeping children safe in education*, and the DfE's filtering and monitoring standards); personal
data to the Data Protection Officer; what is offensive to the head teacher (clause 9.5); what is
criminal to the DSL and the head; what is sealed to the head (7.4). Nobody is told of what concerns
them: it goes to the next, an allegation against the DSL to the head at last, and one against the
head to the chair of governors (*Keeping children safe in education*, part four).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from section9 import Category

SEALED = "sealed"
BULLYING = "bullying"
BULLYING_CLAUSE = "8"


class Post(StrEnum):
    """Whose business something is."""

    DSL = "dsl"
    DPO = "dpo"
    HEAD = "head-teacher"
    CHAIR = "chair"


POSTS: Mapping[str, tuple[Post, ...]] = {
    Category.PERSONAL_DATA: (Post.DPO,),
    Category.FINANCIAL: (Post.DPO,),
    Category.CREDENTIALS: (Post.DPO,),
    Category.SPECIAL_CATEGORY: (Post.DPO,),
    Category.STUDENT_CONTACT: (Post.DSL,),
    Category.WELFARE: (Post.DSL,),
    Category.OFFENSIVE: (Post.HEAD,),
    Category.CRIMINAL: (Post.DSL, Post.HEAD),
    BULLYING: (Post.DSL,),
    SEALED: (Post.HEAD,),
}
"""Whose business each kind is. Kinds are the categories, and two besides."""

NEXT: Mapping[Post, tuple[Post, ...]] = {
    Post.DSL: (Post.HEAD, Post.CHAIR),
    Post.DPO: (Post.HEAD, Post.CHAIR),
    Post.HEAD: (Post.CHAIR,),
    Post.CHAIR: (),
}
"""Who stands in where all of a post are concerned, or none of them answers."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What somebody is to be told of: what kind, and whom it concerns. Never any content."""

    what: str  # the kind: see `POSTS`
    people: frozenset[str] = frozenset()  # addresses, lower case
    school: str = ""  # where it happened, as the directory writes it; empty where nobody knows


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told, and every address they have."""

    address: str
    known_as: frozenset[str] = frozenset()  # their addresses, lower case

    def concerned(self, concern: Concern) -> bool:
        """Tell whether it is about them."""
        return not concern.people.isdisjoint(self.known_as | {self.address})


Holders = Mapping[Post, tuple[Recipient, ...]]


@dataclass(frozen=True, slots=True)
class Routes:
    """Who holds each post: in the trust, at each school, and when nobody is at work."""

    trust: Holders = field(default_factory=dict)
    schools: Mapping[str, Holders] = field(default_factory=dict)  # by name, lower case
    out_of_hours: Holders = field(default_factory=dict)

    @property
    def empty(self) -> tuple[Post, ...]:
        """The posts that nobody holds in the trust."""
        return tuple(post for post in Post if not self.trust.get(post))

    def told_first(self, post: Post) -> frozenset[str]:
        """The addresses of whoever holds a post: in the trust, at a school, or on duty for it."""
        groups = (self.trust, self.out_of_hours, *self.schools.values())
        return frozenset(one.address for group in groups for one in group.get(post, ()))

    def addresses(self) -> dict[str, list[str]]:
        """Everybody who may be told, and as what: `dsl`, `dsl of north primary`, `dsl on duty`."""
        named: dict[str, list[str]] = {}
        groups = [(self.trust, ""), (self.out_of_hours, " on duty")]
        groups += [(school, f" of {name}") for name, school in self.schools.items()]
        for holders, where in groups:
            for post, people in holders.items():
                for one in people:
                    named.setdefault(one.address, []).append(f"{post}{where}")
        return named


def kind_of(category: Category, clause: str) -> str:
    """What kind a finding or a pattern is: bullying is the DSL's, whatever its words are."""
    return BULLYING if clause == BULLYING_CLAUSE else category.value


def line(
    concern: Concern, post: Post, routes: Routes, *, at_work: bool = True
) -> tuple[Recipient, ...]:
    """Everybody who may be told, in order: who is told first, and who when they do not answer.

    Nobody whom it concerns. Empty where that leaves nobody: then it is said, never forgotten.
    """
    school = routes.schools.get(concern.school.lower(), {})
    holders = [school.get(post, ()), routes.trust.get(post, ())]
    duty = [routes.out_of_hours.get(post, ())]
    groups = [*holders, *duty] if at_work else [*duty, *holders]
    for each in NEXT[post]:
        groups += [school.get(each, ()), routes.trust.get(each, ())]
    free: dict[str, Recipient] = {}
    for one in (one for group in groups for one in group if not one.concerned(concern)):
        free.setdefault(one.address, one)
    return tuple(free.values())
