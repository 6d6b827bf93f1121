"""Roles: one table says who may do what; the documentation and these tests are made from it."""

from itertools import product
from pathlib import Path

import pytest
from pydantic import ValidationError

from archive.case_words import Act
from cases.roles import (
    ALLOWED,
    APPROVED_BY,
    Account,
    AccountRole,
    Accounts,
    ConflictError,
    Deed,
    RoleMissingError,
)
from commands.rights import FILE_ONLY, RoleHolder
from commands.settings import Settings, SettingsError, load

DOCUMENT = Path(__file__).parents[1] / "docs" / "authority.md"
CONTENT = {Deed.READ, Deed.APPLY, Deed.AUTHORISE, Deed.SEE_CASES, Deed.UNPROTECT, Deed.UNSEAL}
HEAD = Account("h.ead", frozenset({AccountRole.HEAD_TEACHER, AccountRole.AUTHORISER}),
               frozenset({"head@s.example"}))  # fmt: skip
SAFEGUARDING = Account("d.sl", frozenset({AccountRole.DSL}), frozenset({"dsl@s.example"}))
AUTHORISER = Account("a.uth", frozenset({AccountRole.AUTHORISER}), frozenset({"a@s.example"}))
CHAIR = Account("c.hair", frozenset({AccountRole.AUDITOR}), frozenset({"chair@s.example"}))
ACCOUNTS = Accounts(
    (HEAD, SAFEGUARDING, AUTHORISER, CHAIR),
    routing={AccountRole.HEAD_TEACHER: ("c.hair",), AccountRole.DSL: ("h.ead",)},
)


@pytest.mark.parametrize(("deed", "role"), list(product(Deed, AccountRole)))
def test_an_account_may_do_what_the_table_says_of_its_role(deed: Deed, role: AccountRole) -> None:
    """Every deed by every role: allowed where the table says so, refused in words where not."""
    accounts = Accounts((Account("x", frozenset({role})),))

    if role in ALLOWED[deed]:
        accounts.require("x", deed)
    else:
        with pytest.raises(RoleMissingError, match=r"section9\.toml"):
            accounts.require("x", deed)


def test_the_documentation_is_the_table() -> None:
    """docs/authority.md has a row for each deed, with a cross under each role that may do it."""
    head = f"| | {' | '.join(AccountRole)} |"
    rows = [
        f"| {deed} | {' | '.join('×' if role in ALLOWED[deed] else ' ' for role in AccountRole)} |"
        for deed in Deed
    ]

    assert "\n".join((head, "| --- |" + " :-: |" * len(AccountRole), *rows)) in DOCUMENT.read_text()


def test_the_technician_sees_no_content() -> None:
    """Nothing that shows mail, or decides who sees it, is the technician's."""
    theirs = {deed for deed in Deed if AccountRole.TECHNICIAN in ALLOWED[deed]}

    assert set() == theirs & CONTENT


def test_every_act_of_two_people_has_its_approvers() -> None:
    """No act can be asked for that nobody could approve."""
    assert set(Act) == set(APPROVED_BY)
    assert all(ALLOWED[deed] for deed in APPROVED_BY.values())


@pytest.mark.parametrize(
    ("about", "may"),
    [
        ("someone@s.example", {"h.ead", "a.uth"}),
        ("head@s.example", {"c.hair"}),
        ("HEAD@s.example", {"c.hair"}),
        ("dsl@s.example", {"h.ead"}),
        ("chair@s.example", {"h.ead", "a.uth"}),
        ("a@s.example", {"h.ead"}),
    ],
)
def test_an_allegation_goes_to_whom_the_routing_names(about: str, may: set[str]) -> None:
    """About a head or the DSL: the configured alternative alone. Never whom it is about."""
    actual = set()
    for account in ACCOUNTS.known:
        try:
            ACCOUNTS.require_authoriser(account.name, (about,))
        except (ConflictError, RoleMissingError):
            continue
        actual.add(account.name)

    assert may == actual


def test_one_case_about_head_and_dsl_needs_whom_both_routes_name() -> None:
    """A case about both is not authorised by somebody who is the subject of half of it."""
    for account in ACCOUNTS.known:
        with pytest.raises(ConflictError):
            ACCOUNTS.require_authoriser(account.name, ("head@s.example", "dsl@s.example"))


def test_without_a_route_nobody_authorises() -> None:
    """An allegation against a head that no route covers waits until one is configured."""
    with pytest.raises(ConflictError, match=r"\[routing\]"):
        Accounts((HEAD, AUTHORISER)).require_authoriser("a.uth", ("head@s.example",))


def test_no_error_names_an_address() -> None:
    """Whom a case is about is not told to whoever may not authorise it."""
    with pytest.raises(ConflictError) as caught:
        ACCOUNTS.require_authoriser("h.ead", ("head@s.example",))

    assert "@" not in str(caught.value)


@pytest.mark.parametrize(
    "holder",
    [
        {"roles": []},
        {"roles": ["king"]},
        {"roles": ["technician", "investigator"], "addresses": ["a@s.example"]},
        {"roles": ["investigator"]},
        {"roles": ["investigator"], "addresses": ["nobody"]},
    ],
    ids=["none", "unknown", "technician-reads", "no-address", "bad-address"],
)
def test_settings_that_could_not_be_judged_are_refused(holder: dict[str, object]) -> None:
    """A technician has no other role, and whoever decides has addresses to be judged by."""
    with pytest.raises(ValidationError):
        RoleHolder.model_validate(holder)


def test_a_route_leads_to_an_account() -> None:
    """Otherwise a typing error would leave a case with nobody to authorise it."""
    with pytest.raises(ValidationError, match="not in"):
        Settings.model_validate({"routing": {"head_teacher": ["c.hair"]}})


@pytest.mark.parametrize("name", [*FILE_ONLY, "SECTION9_ROLES__ROOT", "section9_roles"])
def test_no_variable_gives_anybody_a_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Rights stand in the file; a variable that would give them is refused, not passed over."""
    (tmp_path / "section9.toml").write_text("")
    monkeypatch.setenv(name, "{}")

    with pytest.raises(SettingsError, match="unset it"):
        load(tmp_path / "section9.toml")
