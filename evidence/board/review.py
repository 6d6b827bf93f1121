"""The yearly review of filtering and monitoring: the facts for it, and what people must answer.

Source: Department for Education, *Filtering and monitoring standards for schools and colleges*
(review at least once every academic year, by the senior leadership team, the designated
safeguarding lead, the service provider and the responsible governor), and *Keeping children safe in
education*.
"""

from datetime import datetime

from cases.yearly import name
from evidence.board import acts, mail
from evidence.board.setup import Setup
from evidence.board.told import Told
from evidence.board.wording import many
from evidence.reports import Report, Section, Table

OPEN = "to be answered by the review"


def review(told: Told, setup: Setup, *, now: datetime) -> Report:
    """Write the review's facts down."""
    this = told.this.period
    return Report(
        title=f"Review of monitoring, {name(this)}",
        subtitle=f"{told.trust or 'The Trust'}: facts for the yearly review that the DfE's "
        "filtering and monitoring standards ask for, "
        f"{this.first:%d %B %Y} to {this.last:%d %B %Y}",
        sections=(
            _roles(setup),
            _covered(setup),
            _rules(setup),
            mail.triage(told),
            mail.missed(told.missed),
            acts.incidents(told),
            acts.rules(told),
            _questions(),
        ),
        made=f"Made by Section 9 on {now:%d %B %Y at %H:%M} UTC. It names nobody.",
    )


def _roles(setup: Setup) -> Section:
    """Standard 1: roles and responsibilities are identified and assigned."""
    rows = tuple((role, f"{count:,}") for role, count in setup.roles)
    none = () if rows else ("No account has a role: nobody is checked. Set [roles].",)
    return Section(
        "Who is responsible",
        words=(
            "The designated safeguarding lead takes the lead on what is found; IT enables and sees "
            "no content.",
            *none,
        ),
        tables=(Table("Accounts by role", ("Role", "Accounts"), rows),) if rows else (),
        points=(
            f"Member of the senior leadership team: {OPEN}.",
            f"Governor responsible: {OPEN}.",
        ),
    )


def _covered(setup: Setup) -> Section:
    """Standard 4: monitoring strategies meet the safeguarding needs."""
    blind = "are read" if setup.pictures_read else "are NOT read"
    alerts = "mailed to somebody" if setup.alerts else "mailed to NOBODY: set [alerts]"
    return Section(
        "What is monitored",
        words=(
            "All e-mail that the mail servers journal for "
            f"{', '.join(setup.domains) or 'no domain'}: sent, received and internal, also what "
            "was deleted later. Chat, calls and what is on screens are not covered.",
        ),
        points=(
            f"Words in pictures {blind}. What is encrypted or damaged is marked as unread.",
            f"Grave findings are {alerts}.",
            f"Devices, networks and sites that nothing covers: {OPEN}.",
        ),
    )


def _rules(setup: Setup) -> Section:
    states = (("On trial", setup.rules_trial), ("Off", setup.rules_off))
    return Section(
        "What is looked for",
        words=(
            f"{many(len(setup.rules_on), 'rule')} of detection read every message: "
            f"{', '.join(setup.rules_on)}.",
        ),
        points=tuple(f"{state}: {', '.join(rules) or 'none'}." for state, rules in states),
    )


def _questions() -> Section:
    return Section(
        "What the review has to answer",
        points=(
            "Is what is looked for still right for the pupils' ages, needs and risks?",
            "Did anything change that calls for a review out of turn: a new service, a new "
            "technology, a serious incident?",
            "Did anybody act on each alert in time, out of hours as well? Do alerts pile up?",
            "Do staff know how to report a concern, and are they trained for it?",
            "Were the checks of the systems themselves recorded: who, when, what, what was done?",
        ),
    )
