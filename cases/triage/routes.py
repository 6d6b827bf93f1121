"""Who triages what: one table of the kinds of trouble and whose they are. Pure.

Student contact, welfare and crime are the safeguarding lead's (*Keeping children safe in
education*, part one; clauses 6.2 to 6.6); personal data the DPO's (9.5); what offends the head
teacher's (5.4, 9.5). Nobody triages what concerns themselves, and what concerns somebody who has
the role goes to the accounts that `[routing]` names in their place.
"""

from collections.abc import Collection

from cases.roles import ALLOWED, AccountRole, Accounts, Deed
from cases.triage.items import Item
from section9 import Category

OWNER: dict[Category, AccountRole] = {
    Category.STUDENT_CONTACT: AccountRole.DSL,
    Category.WELFARE: AccountRole.DSL,
    Category.CRIMINAL: AccountRole.DSL,
    Category.OFFENSIVE: AccountRole.HEAD_TEACHER,
    Category.PERSONAL_DATA: AccountRole.DPO,
    Category.FINANCIAL: AccountRole.DPO,
    Category.CREDENTIALS: AccountRole.DPO,
    Category.SPECIAL_CATEGORY: AccountRole.DPO,
}
"""Whose each kind of trouble is. An investigator of the standing programme is given them all."""


def triagers(accounts: Accounts, category: Category, people: Collection[str]) -> tuple[str, ...]:
    """The accounts that a kind of trouble about these people goes to, in order of the settings.

    Those with its role; or, where it concerns one of them, the accounts that `[routing]` names
    instead, and where it names none who may triage, the others with the role.
    """
    role = OWNER[category]
    holders = [one.name for one in accounts.known if role in one.roles]
    free = [name for name in holders if not accounts.concerned(name, people)]
    if len(free) == len(holders):
        return tuple(free)
    named = accounts.routing.get(role, ())
    instead = (
        name
        for name in named
        if accounts.may(name, Deed.TRIAGE) and not accounts.concerned(name, people)
    )
    return tuple(instead) or tuple(free)


def sees(accounts: Accounts, actor: str, item: Item, category: Category) -> bool:
    """Tell whether an account triages what an item has of one category."""
    if accounts.concerned(actor, item.people):
        return False
    if not accounts.configured or AccountRole.INVESTIGATOR in accounts.account(actor).roles:
        return True
    return actor in triagers(accounts, category, item.people)


def categories(accounts: Accounts, actor: str) -> frozenset[Category]:
    """The kinds of trouble that an account may ever be given."""
    roles = accounts.account(actor).roles
    if not accounts.configured or AccountRole.INVESTIGATOR in roles:
        return frozenset(Category)
    routed = {role for role, names in accounts.routing.items() if actor in names}
    theirs = (roles & ALLOWED[Deed.TRIAGE]) | routed
    return frozenset(category for category, role in OWNER.items() if role in theirs)
