"""The section of the settings that says how long mail is kept.

It comes from `section9.toml` alone: a shorter period in somebody's environment would delete.
"""

from typing import TYPE_CHECKING

from pydantic import Field

from commands.rights import Section

if TYPE_CHECKING:
    from cases.retention import Policy


class Retention(Section):
    """Periods in months from when a message came; of safeguarding in years from birth."""

    ordinary_months: int = Field(12, ge=1)
    staff_months: int = Field(12, ge=1)
    student_months: int = Field(12, ge=1)
    web_log_months: int = Field(6, ge=1)
    safeguarding_years: int = Field(25, ge=1)
    safeguarding_clauses: tuple[str, ...] = ("6.2", "6.4", "7.2", "7.4", "8")


def policy(retention: Retention) -> "Policy":
    """The periods, as the rules take them."""
    from cases.retention import Policy

    return Policy(
        ordinary=retention.ordinary_months,
        staff=retention.staff_months,
        student=retention.student_months,
        web_log=retention.web_log_months,
        safeguarding=retention.safeguarding_years,
        safeguarding_clauses=frozenset(retention.safeguarding_clauses),
    )
