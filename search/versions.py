"""The versions of rules, as the ledger writes them: `bank-account/2 nhs-number/1`."""

from collections.abc import Iterable, Mapping

from section9 import RuleId, RuleVersion


def read(rules: str) -> dict[RuleId, int]:
    """Give the version of each rule that is named."""
    pairs = (one.rpartition("/") for one in rules.split())
    return {RuleId(rule): int(version) for rule, _, version in pairs}


def write(versions: Mapping[RuleId, int]) -> str:
    """Name each rule with its version, in order."""
    return " ".join(f"{rule}/{version}" for rule, version in sorted(versions.items()))


def above_first(rules: str) -> tuple[RuleVersion, ...]:
    """Give those above their first version: what a record has to remember of who read it."""
    return latest(RuleVersion(rule, version) for rule, version in read(rules).items())


def latest(versions: Iterable[RuleVersion]) -> tuple[RuleVersion, ...]:
    """Keep the latest version of each rule, in order of their names."""
    found: dict[RuleId, int] = {}
    for one in versions:
        found[one.rule] = max(one.version, found.get(one.rule, 1))
    return tuple(RuleVersion(rule, found[rule]) for rule in sorted(found) if found[rule] > 1)
