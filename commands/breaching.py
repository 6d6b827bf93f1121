"""`section9 breach`: from the moment of awareness to the register (UK GDPR, Articles 33 and 34)."""

from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.breach_events import Harm, Likelihood, Question, Verdict
from commands.app import App
from commands.breach_standing import show
from commands.investigation import case_option
from commands.moments import Moment

if TYPE_CHECKING:
    from cases.breach_desk import BreachDesk

MOMENT = Moment()
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def breach() -> None:
    """Keep a personal data breach inside its 72 hours, and on the register.

    \b
    section9 breach open 1f3a9c0b21de --case C-0003 --aware '2026-11-20 16:05' \\
        --who 'the school office' --how 'the recipient telephoned'
    section9 breach status                  the clock, and what to do next
    section9 breach note B-0001 overview 'A list of a class went to …'
    section9 breach draft B-0001 FOLDER     the report to the ICO, without names
    section9 breach decide B-0001 notify --likelihood likely --harm some --reason '…'
    section9 breach notify B-0001 --sent '2026-11-22 10:00' --reference IC-000000-X0X0
    section9 breach tell B-0001 --people 31 --how letter --sent '2026-11-22 12:00'
    section9 breach register                every breach, those not reported too
    """


@breach.command("open")
@click.argument("mails", nargs=-1, required=True, metavar="MAIL…")
@case_option
@click.option("--aware", type=MOMENT, required=True, help="When somebody was reasonably certain.")
@click.option("--who", required=True, help="Who became aware: a role, rather than a name.")
@click.option("--how", required=True, help="How they did.")
@click.option("--finding", "rule", default="", metavar="RULE", help="The finding that led to it.")
@json_option
@click.pass_obj
def open_breach(  # noqa: PLR0913 - a breach begins with all of these
    app: App,
    mails: tuple[str, ...],
    *,
    case_id: str,
    aware: datetime,
    who: str,
    how: str,
    rule: str,
    as_json: bool,
) -> None:
    """Open a breach of one or several messages of a case. The 72 hours run from --aware.

    A time without an offset is by the clock in the United Kingdom.

    \b
    section9 breach open 1f3a9c0b21de --case C-0003 --aware '2026-11-20 16:05' \\
        --who 'the school office' --how 'the recipient telephoned'
    """
    from cases.breach_desk import Awareness

    opened = desk(app).open(case_id, mails, Awareness(aware, who, how), rule=rule)
    show(app, opened, as_json=as_json)


@breach.command("status")
@click.argument("breach_id", metavar="BREACH", required=False)
@json_option
@click.pass_obj
def status(app: App, breach_id: str | None, *, as_json: bool) -> None:
    """Show the clock of each breach that is not closed, and what comes next; or all of one.

    \b
    section9 breach status
    section9 breach status B-0001
    """
    if breach_id:
        show(app, desk(app).seen(breach_id), as_json=as_json)
        return
    for found in desk(app).visible().values():
        if found.closed is None:
            show(app, found, as_json=as_json)


@breach.command("aware")
@click.argument("breach_id", metavar="BREACH")
@click.argument("aware", type=MOMENT, metavar="WHEN")
@click.option("--who", required=True, help="Who became aware: a role, rather than a name.")
@click.option("--how", required=True, help="How they did.")
@click.option("--reason", required=True, help="Why what was recorded is corrected.")
@json_option
@click.pass_obj
def correct(  # noqa: PLR0913 - each is an option of the command
    app: App,
    breach_id: str,
    aware: datetime,
    *,
    who: str,
    how: str,
    reason: str,
    as_json: bool,
) -> None:
    """Correct the moment of awareness. Both the old and the new one stay on record.

    \b
    section9 breach aware B-0001 '2026-11-20 15:10' --who 'a form tutor' \\
        --how 'saw the reply' --reason 'the tutor knew before the office did'
    """
    from cases.breach_desk import Awareness

    corrected = desk(app).correct(breach_id, Awareness(aware, who, how, reason))
    show(app, corrected, as_json=as_json)


@breach.command("note")
@click.argument("breach_id", metavar="BREACH")
@click.argument("question", type=click.Choice([one.value for one in Question]))
@click.argument("answer")
@json_option
@click.pass_obj
def note(app: App, breach_id: str, question: str, answer: str, *, as_json: bool) -> None:
    """Answer one of the form's questions, without anybody's name; again, to correct it.

    \b
    section9 breach note B-0001 overview 'A class list went to a parent of another class.'
    section9 breach note B-0001 training 'Yes, in the last two years.'
    """
    show(app, desk(app).answer(breach_id, Question(question), answer), as_json=as_json)


@breach.command("decide")
@click.argument("breach_id", metavar="BREACH")
@click.argument("verdict", type=click.Choice([one.value for one in Verdict]))
@click.option("--likelihood", type=click.Choice([one.value for one in Likelihood]), required=True)
@click.option(
    "--harm",
    type=click.Choice([one.value for one in Harm]),
    required=True,
    help="If it came to that.",
)
@click.option("--reason", required=True, help="Why; written to the register.")
@json_option
@click.pass_obj
def decide(  # noqa: PLR0913 - a decision is all of these
    app: App,
    breach_id: str,
    verdict: str,
    *,
    likelihood: str,
    harm: str,
    reason: str,
    as_json: bool,
) -> None:
    """Record how you weigh the risk to people, and whether the ICO is notified.

    Not to notify is for a breach that is unlikely to put anybody at risk; it stays on the register.

    \b
    section9 breach decide B-0001 notify --likelihood likely --harm some --reason '…'
    section9 breach decide B-0002 record-only --likelihood very-unlikely --harm minimal \\
        --reason 'the recipient is a colleague who deleted it unread'
    """
    from cases.breach_desk import Judgement

    judged = Judgement(Verdict(verdict), Likelihood(likelihood), Harm(harm), reason)
    show(app, desk(app).decide(breach_id, judged), as_json=as_json)


@breach.command("notify")
@click.argument("breach_id", metavar="BREACH")
@click.option("--sent", type=MOMENT, required=True, help="When the report was sent.")
@click.option("--reference", default="", help="The ICO's reference.")
@click.option("--delay", default="", help="Why it took more than 72 hours.")
@click.option(
    "--draft",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The draft that was sent: its SHA-256 is recorded.",
)
@json_option
@click.pass_obj
def notify(  # noqa: PLR0913 - each is an option of the command
    app: App,
    breach_id: str,
    *,
    sent: datetime,
    reference: str,
    delay: str,
    draft: Path | None,
    as_json: bool,
) -> None:
    """Record that you sent a report to the ICO: the first is the initial one, then further ones.

    Section 9 sends nothing itself.

    \b
    section9 breach notify B-0001 --sent '2026-11-22 10:00' --reference IC-000000-X0X0 \\
        --draft B-0001/B-0001-initial.pdf
    """
    from cases.breach_desk import Report

    report = Report(sent, reference, delay, sha256_of(draft) if draft else "")
    show(app, desk(app).notify(breach_id, report), as_json=as_json)


@breach.command("tell")
@click.argument("breach_id", metavar="BREACH")
@click.option("--people", type=click.IntRange(1), help="How many were told.")
@click.option("--how", default="", help="By letter, by telephone …")
@click.option("--sent", type=MOMENT, help="When.")
@click.option("--not-needed", "reason", metavar="WHY", help="Nobody need be told, and why.")
@json_option
@click.pass_obj
def tell(  # noqa: PLR0913 - each is an option of the command
    app: App,
    breach_id: str,
    *,
    people: int | None,
    how: str,
    sent: datetime | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Record that the people concerned were told (Article 34), or that they need not be.

    \b
    section9 breach tell B-0001 --people 31 --how letter --sent '2026-11-22 12:00'
    section9 breach tell B-0001 --not-needed 'the file was encrypted and no key went with it'
    """
    if reason:
        told = desk(app).tell_nobody(breach_id, reason=reason)
    elif people and how and sent:
        told = desk(app).tell(breach_id, sent=sent, people=people, how=how)
    else:
        raise click.UsageError("give --people, --how and --sent; or --not-needed and why")
    show(app, told, as_json=as_json)


@breach.command("close")
@click.argument("breach_id", metavar="BREACH")
@click.option("--reason", required=True, help="Why it is over; written to the register.")
@json_option
@click.pass_obj
def close(app: App, breach_id: str, *, reason: str, as_json: bool) -> None:
    """End a breach for which everything is done. It stays on the register.

    \b
    section9 breach close B-0001 --reason 'the ICO takes no further action'
    """
    show(app, desk(app).close(breach_id, reason=reason), as_json=as_json)


def desk(app: App) -> "BreachDesk":
    """Where breaches are kept, for the person who acts."""
    from cases.breach_desk import BreachDesk

    return BreachDesk(app.gate)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
