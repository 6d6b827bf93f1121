"""Completion in a shell: of fields, their values, people, cases, commands and options.

Nothing of any mail is offered, and nothing is written: fields come from their table, people from
the directory, cases from the ledger, by their names alone.
"""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ZshComplete,
    add_completion_class,
    get_completion_class,
)

from section9 import Section9Error

if TYPE_CHECKING:
    from commands.app import App
    from search.fields import Field

MOST = 200  # offers
OPENERS = "(-+"
"""What may stand before a term of a query."""
BASH = r"""
_section9_completion() {
    local IFS=$'\n' value cut=0
    COMPREPLY=()
    # bash takes a word apart at each colon that is not quoted: what stands before it stays.
    local word="${COMP_WORDS[COMP_CWORD]}"
    while IFS= read -r value; do
        COMPREPLY+=("$value")
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$word" \
        %(complete_var)s=bash_complete "$1")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]]; then compopt -o nospace; fi
}
complete -o default -o nosort -F _section9_completion %(prog_name)s
"""

ZSH_ADD = "compadd -U -V unsorted -a completions"
ZSH_FIELDS = r"""local -a fields=(${(M)completions:#*:})
        completions=(${completions:#*:})
        (( $#fields )) && compadd -U -S '' -V unsorted -a fields
        """
"""What stands before that in our script: what ends with a colon is not followed by a space."""
SPECIAL = re.compile(r"""[\s"'\\()<>*?\[\]$&|;!`~#]""")
"""What bash takes for more than a letter outside quotes."""

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[Any]]]


class Bash(BashComplete):
    """Completion in bash that knows what quotes are, and that a colon does not end a field."""

    source_template = BASH

    @staticmethod
    def _check_version() -> None:
        """Any bash that is still kept will do."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read the line up to the cursor as bash would, a quotation that is still open included."""
        words = _split(os.environ["COMP_LINE"])
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Give an offer without what bash holds for earlier words, quoted as what it goes on."""
        typed, word = _split(os.environ["COMP_LINE"])[-1], os.environ["COMP_WORD"]
        kept = word.lstrip("'\"").removeprefix(":") if word != typed else typed
        value = str(item.value)
        rest = value[len(typed) - len(kept) :] if typed.endswith(kept) else value
        return _quoted(rest, word[:1])


class Zsh(ZshComplete):
    """Completion in zsh that puts no space after the colon of a field."""

    source_template = ZshComplete.source_template.replace(ZSH_ADD, ZSH_FIELDS + ZSH_ADD)


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print what makes a shell complete fields, values, people, cases and commands.

    For good: put the line into ~/.bashrc; into ~/.zshrc with zsh in the place of bash, after
    compinit; for fish, keep the output in a file.

    \b
    eval "$(section9 completion bash)"
    section9 completion fish > ~/.config/fish/completions/section9.fish
    """
    found = get_completion_class(shell)
    if found is None:  # pragma: no cover - click knows all three
        raise click.BadParameter(shell)
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "section9", "_SECTION9_COMPLETE").source())


def install() -> None:
    """Let click complete in our bash and zsh rather than in its own."""
    add_completion_class(Bash)
    add_completion_class(Zsh)


# --- what is offered --------------------------------------------------------------------------


def cases(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Offer the cases that are open."""
    found: list[str] = []
    with suppress(Section9Error, OSError):
        found = [case for case in _open_cases(_app(context)) if case.startswith(begun.upper())]
    return [CompletionItem(case) for case in found]


def queries(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Offer how the last term of a query may go on."""
    before, term = _last_term(begun)
    name, colon, value = term.partition(":")
    table = _table(web=bool(context.params.get("web")))
    with suppress(Section9Error, OSError):
        offers = _values(_app(context), table, name, value) if colon else _fields(table, name)
        return [CompletionItem(before + offer) for offer in islice(offers, MOST)]
    return []


def people(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Offer the names and addresses of the directory."""
    from people import Directory

    found: list[str] = []
    with suppress(Section9Error, OSError):
        everybody = list(Directory(_app(context).people_path).everybody())
        known = {one.name for one in everybody} | {one.address for one in everybody}
        found = sorted(one for one in known if one.lower().startswith(begun.lower()))
    return [CompletionItem(one) for one in found[:MOST]]


def facets(context: click.Context, _parameter: click.Parameter, begun: str) -> list[Any]:
    """Offer the fields whose values can be counted, each behind those that stand there already."""
    from commands.faceting import NAMES, WEB_NAMES

    before, comma, last = begun.rpartition(",")
    names = WEB_NAMES if context.params.get("web") else NAMES
    return [CompletionItem(before + comma + name) for name in names if name.startswith(last)]


def _last_term(begun: str) -> tuple[str, str]:
    """Cut a query before the term that is being written, and the signs before it."""
    start = len(begun)
    if begun.count('"') % 2:
        start = begun.rindex('"')
    start = max(begun.rfind(" ", 0, start), begun.rfind("(", 0, start)) + 1
    while begun[start : start + 1] and begun[start] in OPENERS:
        start += 1
    return begun[:start], begun[start:]


def _table(*, web: bool) -> "Mapping[str, Field]":
    if web:
        from search.web_fields import BY_NAME as VISITS

        return VISITS
    from search.fields import BY_NAME

    return BY_NAME


def _fields(table: "Mapping[str, Field]", begun: str) -> Iterator[str]:
    return (f"{name}:" for name in table if name.startswith(begun.lower()))


def _values(app: "App", table: "Mapping[str, Field]", name: str, begun: str) -> Iterator[str]:
    field = table.get(name.lower())
    if field is None:
        return
    wanted = begun.lstrip('"').lower()
    for value in _known(app, field):
        if value.lower().startswith(wanted):
            quoted = f'"{value}"' if " " in value or begun.startswith('"') else value
            yield f"{name}:{quoted}"


def _known(app: "App", field: "Field") -> Iterable[str]:
    """The values of a field that can be known without any mail."""
    from search.fields import Kind
    from search.glossary import WORDS

    if field.choices:
        return field.choices
    if field.kind is Kind.DATE:
        return (*WORDS, *(term.name for term in app.settings.trust.terms))
    if field.kind is Kind.PEOPLE or field.name in {"person", "school"}:
        return _people(app, field)
    if field.name in {"finding", "formerly", "clause"}:
        return _rules(field.name)
    return ()


def _people(app: "App", field: "Field") -> list[str]:
    from people import Directory
    from search.fields import Kind

    directory = Directory(app.people_path)
    if field.kind is Kind.PEOPLE:
        return sorted(person.address for person in directory.everybody())
    if field.name == "school":
        return sorted(directory.schools())
    return sorted({person.name for person in directory.everybody()})


def _rules(what: str) -> list[str]:
    from detectors.catalogue import RULES

    return sorted({rule.clause if what == "clause" else str(rule.id) for rule in RULES})


def _open_cases(app: "App") -> list[str]:
    from archive.books import Book
    from cases.casebook import fold

    now = app.clock()
    known = fold(app.ledger.events(Book.CASES)).values()
    return [case.id for case in known if case.state(now) == "open"]


def _app(context: click.Context) -> "App":
    """The data folder that the line names, or the usual one: nothing else of the line has run."""
    from commands.app import App

    named = context.find_root().params.get("home") or os.environ.get("SECTION9_HOME")
    return App(home=Path(named or default_home()).absolute())


def default_home() -> Path:
    """The data folder where none is named: this one, if it is one, or the service's."""
    from commands.app import SETTINGS_FILE

    here = Path.cwd()
    return here if (here / SETTINGS_FILE).is_file() else Path("/var/lib/section9")


def _quoted(offer: str, quote: str) -> str:
    """Write an offer so that bash takes each letter for itself, in a quotation or outside one."""
    if quote == "'":
        return offer
    if quote != '"':
        return SPECIAL.sub(r"\\\g<0>", offer)
    within = re.sub(r'["$`\\]', r"\\\g<0>", offer)
    return f'{within}"' if within.endswith('"') else within  # which bash takes for the closing one


def _split(line: str) -> list[str]:
    """Cut a line into its words, the last one perhaps empty or inside a quotation."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # the quotation is still open: its words stand in the lexer
        return [*words, lexer.token]
    return words if line[-1:].strip() else [*words, ""]


QUERIES: Offer = queries
CASES: Offer = cases
PEOPLE: Offer = people
FACETS: Offer = facets
