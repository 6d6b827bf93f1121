"""`section9 thread`: the conversation that a message belongs to."""

from typing import TYPE_CHECKING

import click

from cases.telling import safe
from commands.app import App
from commands.investigation import SHORT, badges, case_option, people_of

if TYPE_CHECKING:
    from cases.answers import Conversation
    from search.index import Hit
    from search.threads import Reply

STEP = "  "
DEEPEST_SHOWN = 12  # steps to the right; what is deeper is shown below them


@click.command()
@click.argument("mail")
@case_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def thread(app: App, mail: str, *, case_id: str, as_json: bool) -> None:
    """Show the conversation of a message inside a case's scope, oldest first. It is recorded.

    MAIL is an id as `search` prints it, or any unique beginning of one. What answers what is
    read from References and In-Reply-To; only a reply without either goes by its subject.

    \b
    section9 thread 1f3a9c0b21de --case C-0001
    """
    from commands.lines import echo_json
    from commands.search_lines import thread_lines

    conversation = app.gate.thread(case_id, mail)
    if as_json:
        for line in thread_lines(conversation):
            echo_json(line)
    else:
        _print(conversation)
    _say_what_is_not_shown(conversation)


def _print(conversation: "Conversation") -> None:
    answer, said = conversation.answer, ""
    for reply, hit in zip(conversation.thread.replies, answer.page.hits, strict=True):
        _print_message(reply, hit, answer.sizes.get(hit.mail), said)
        said = hit.subject.text or said


def _print_message(reply: "Reply", hit: "Hit", withheld: int | None, said: str) -> None:
    """Print one message; its subject only where it is not that of the one before."""
    indent = STEP * min(reply.depth, DEEPEST_SHOWN)
    if reply.missing:
        gone = _messages(reply.missing)
        click.secho(f"{indent}… {gone} not in scope or not archived", dim=True)
    when = f"{hit.date:%Y-%m-%d %H:%M}" if hit.date else "without a date  "
    mail = click.style(hit.mail[:SHORT], fg="yellow")
    click.echo(f"{indent}{mail}  {when}  {people_of(hit)}{''.join(badges(hit))}")
    if withheld is not None:
        click.echo(f"{indent}    (metadata only: {withheld:,} bytes)")
        return
    if not _alike(hit.subject.text, said):
        click.secho(f"{indent}    {safe(hit.subject.text) or '(no subject)'}", bold=True)
    if hit.excerpt.text:
        click.echo(f"{indent}    {safe(hit.excerpt.text)}")


def _alike(subject: str, said: str) -> bool:
    from search.threads import base_subject

    return bool(said) and base_subject(subject)[0] == base_subject(said)[0]


def _say_what_is_not_shown(conversation: "Conversation") -> None:
    """Say how much there is and what is missing: on standard error, where it disturbs no pipe."""
    answer, missing = conversation.answer, conversation.thread.missing
    click.echo(
        f"{_messages(len(conversation.thread.replies))} of this conversation, in case "
        f"{answer.authority.case}, as of entry {answer.as_of.number:,}",
        err=True,
    )
    if missing:
        are = "is" if missing == 1 else "are"
        click.echo(
            f"{_messages(missing)} of this conversation {are} not in scope or not archived",
            err=True,
        )
    if answer.withheld:
        click.echo(f"{answer.withheld:,} of them are shown by their metadata alone", err=True)
    if not conversation.whole:
        click.echo("it is longer than is followed: `section9 search` finds the rest", err=True)
    if answer.behind:
        click.echo(f"the index is {answer.behind:,} entries behind the archive", err=True)


def _messages(number: int) -> str:
    return f"{number:,} message{'' if number == 1 else 's'}"
