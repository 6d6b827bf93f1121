"""Who triages what: whoever is alerted of it (see `cases.routing`) decides it. Pure.

Nobody triages what concerns themselves. What concerns somebody who holds the post goes to the
accounts that `[routing]` names in their place; where it names none who may triage, to the others
who hold it; and where there are none, to the post that stands in.
"""

from collections.abc import Collection

from cases.roles import AccountRole, Accounts, Deed
from cases.routing import NEXT, POSTS, Post, Routes, kind_of
from cases.triage.items import Item
from section9 import Finding

ROLES: dict[Post, AccountRole] = {
    Post.DSL: AccountRole.DSL,
    Post.DPO: AccountRole.DPO,
    Post.HEAD: AccountRole.HEAD_TEACHER,
}
"""The role of each post. The chair of governors is whom `[routing]` names for a head teacher."""


def triagers(accounts: Accounts, finding: Finding, people: Collection[str]) -> frozenset[str]:
    """The accounts that a finding about these people goes to."""
    posts = POSTS[kind_of(finding.category, finding.clause)]
    return frozenset(name for post in posts for name in _of_post(accounts, post, people))


def _of_post(accounts: Accounts, post: Post, people: Collection[str]) -> tuple[str, ...]:
    role = ROLES[post]
    holders = [one.name for one in accounts.known if role in one.roles]
    free = tuple(name for name in holders if not accounts.concerned(name, people))
    if holders and len(free) == len(holders):
        return free
    instead = tuple(
        name
        for name in accounts.routing.get(role, ())
        if accounts.may(name, Deed.TRIAGE) and not accounts.concerned(name, people)
    )
    standing_in = (_of_post(accounts, each, people) for each in NEXT[post] if each in ROLES)
    return instead or free or next(filter(None, standing_in), ())


def sees(accounts: Accounts, actor: str, item: Item, finding: Finding) -> bool:
    """Tell whether an account triages one finding of an item.

    An investigator to whom the programme was given is given all of it but their own.
    """
    if accounts.concerned(actor, item.people):
        return False
    if not accounts.configured or AccountRole.INVESTIGATOR in accounts.account(actor).roles:
        return True
    return actor in triagers(accounts, finding, item.people)


def cannot_decide(accounts: Accounts, routes: Routes) -> tuple[tuple[str, Post], ...]:
    """The accounts that are told of what comes to a post, and may not decide it.

    Whoever `[routing]` names in the holder's place, or alerts by an address of theirs. The chair
    of governors is told for the sake of being told, and decides nothing here.
    """
    if not accounts.configured:
        return ()
    told = {
        (name, post)
        for post, role in ROLES.items()
        for name in (
            *accounts.routing.get(role, ()),
            *(
                one.name
                for one in accounts.known
                if routes.told_first(post) & accounts.addresses(one.name)
            ),
        )
    }
    return tuple(sorted(one for one in told if not _decides(accounts, *one)))


def _decides(accounts: Accounts, name: str, post: Post) -> bool:
    roles = accounts.account(name).roles
    stands_in = name in accounts.routing.get(ROLES[post], ())
    return bool(roles & {ROLES[post], AccountRole.INVESTIGATOR}) or (
        stands_in and accounts.may(name, Deed.TRIAGE)
    )
