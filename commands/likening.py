"""`section9 similar`: what is most like a message, by the people and the words."""

import click

from commands.app import App
from commands.investigation import NO_HITS, case_option, print_hits


@click.command()
@click.argument("mail")
@case_option
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def similar(app: App, mail: str, *, case_id: str, limit: int, as_json: bool) -> None:
    """Find what is most like a message: between the same people, with the same words. Recorded.

    MAIL is an id as `search` prints it, or any unique beginning of one. The likest come first.
    Exit code 4 says that nothing is like it.

    \b
    section9 similar 1f3a9c0b21de --case C-0001
    """
    from cases.similar import similar as find_similar
    from commands.searching import say_what_ran

    answer = find_similar(app.gate, case_id, mail, limit=limit)
    print_hits(answer, as_json=as_json)
    say_what_ran(answer, f"similar {mail}")
    if not answer.page.total:
        raise click.exceptions.Exit(NO_HITS)
