"""`section9 init` and `section9 status`."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands import monitoring, web_upkeep
from commands.app import SETTINGS_FILE, App, index_file
from commands.durations import LengthOption
from commands.engines import Embedded

if TYPE_CHECKING:
    from ingest.account import Account
    from ingest.health import Check

SILENT = 42  # exit code

TEMPLATE = """\
# Section 9. Every setting may also be given as SECTION9_<SECTION>__<NAME> in the environment.

[trust]
name = ""
# zone = "Europe/London"       # of the clocks on its walls: timelines, and logs that name none
domains = []                  # the trust's own: ["school.example", "pupils.school.example"]
# terms = [{name = "autumn 2026", first = 2026-09-01, last = 2026-12-18}]   # date:"last term"

[journal]
host = "127.0.0.1"            # the address to listen on
port = 2525
peers = ["127.0.0.0/8", "::1/128"]   # the mail servers that may journal to us
addresses = []                # where they send it: ["archive@archive.school.example"]
max_message_size = "150MiB"   # no less than the mail server's own limit
# tls_certificate = "/etc/section9/cert.pem"
# tls_key = "/etc/section9/key.pem"
require_tls = false
# client_ca = "/etc/section9/mail-servers-ca.pem"   # mail needs a client certificate of this CA
# client_certificates = ["mail.school.example"]     # of those, only these: names or SHA-256 prints
# accounts = "/etc/section9/accounts"   # a line each, by `section9 account NAME`
require_auth = false
min_free_disk = "1GiB"        # below it the answer is 452: the mail server keeps the mail
max_spool_messages = 1000000
max_spool_size = "50GiB"
# silent_after = "3d"           # no message for so long is an alarm, in `doctor` and `status`

[reading]
workers = 0                   # 0: one for each core
seconds_per_message = 60      # a message that takes longer is archived unread, and says so
memory = "1536MiB"            # address space of a worker
ocr = true                    # read the writing in pictures, where tesseract is installed

# Who may do what (docs/authority.md), by operating-system account. While nobody stands here no
# role is checked, and every case says that its authoriser was only named. Roles: investigator,
# authoriser, dsl, dpo, head-teacher, technician, auditor. Nobody decides about their own mail, so
# give every address a person has.
[roles]
# "i.nspector" = { roles = ["investigator"], addresses = ["i.nspector@school.example"] }
# "h.ead" = { roles = ["authoriser", "head-teacher"], addresses = ["h.ead@school.example"] }
# "o.fficer" = { roles = ["dpo"], addresses = ["dpo@school.example"] }
# "t.ech" = { roles = ["technician"] }

[routing]                     # the accounts that alone authorise a case about a head or the DSL
head_teacher = []             # ["c.hair"]
dsl = []

[routing.alerts]              # who is alerted of what, by mail (docs/alerts.md); deputies follow
dsl = []                      # student contact, bullying, welfare: ["dsl@school.example"]
dpo = []                      # personal data
head_teacher = []             # what is offensive, criminal, sealed
chair = []                    # what concerns all of these

# [routing.out_of_hours]      # told first of what is urgent when nobody is at work
# dsl = ["duty@school.example"]

# [[routing.school]]          # before those of the trust, for what concerns this school
# name = "North Primary"      # as in the directory of people
# dsl = ["dsl@north.example"]
# head_teacher = ["head@north.example"]

[protected]                   # addresses or domains: metadata only, until a second person agrees
union = []                    # ["rep@school.example", "union.example"]
occupational_health = []
counselling = []
legal = []
whistleblowing = []
dpo = []

[approvals]                   # what takes two people: how long it cools off, how long it lasts
release_hold = { cooling_off_days = 7, valid_days = 14 }
purge_early = { cooling_off_days = 0, valid_days = 14 }
break_seal = { cooling_off_days = 0, valid_days = 2 }
open_protected = { cooling_off_days = 0, valid_days = 30 }

[retention]                   # how long mail is kept (docs/retention.md)
ordinary_months = 12
staff_months = 12
student_months = 12
safeguarding_years = 25       # from the birth of the child
safeguarding_clauses = ["6.2", "6.4", "7.2", "7.4", "8"]

[alerts]                      # the mail server for alerts, anchors and digests (docs/alerts.md)
# sender = "section9@school.example"
# smtp_host = "mail.school.example"
# smtp_port = 587             # 25
# tls = "starttls"            # or "tls", or "none"; "auto": starttls, but on this machine
# ca_file = "/etc/section9/mail-ca.pem"
# username = "section9"
# password_file = "/etc/section9/smtp.password"
# mail_from = 2               # severity: what is less grave waits in `triage`
# urgent_from = 4             # from here on within a minute; the rest in digests
# digest_every = "4h"         # in working hours
# escalate_after = "30m"      # without an answer the next in line is told
# [alerts.hours]
# timezone = "Europe/London"
# days = ["mon", "tue", "wed", "thu", "fri"]
# first = 08:00:00
# last = 17:00:00
# holidays = [{first = 2026-12-19, last = 2027-01-03}]

[reports]
year_begins = "01-01"         # of the reports to the Board: "09-01" where years begin in September

[audit]                       # heads of the ledger, signed and sent away (docs/audit.md)
mail_to = []                  # who keeps them, and gets the weekly digest: ["dpo@school.example"]
# key = "/etc/section9/audit.key"         # by `section9 audit keygen`; else in this folder
# public_keys = []            # of earlier keys, whose anchors still count
# tsa_url = "http://tsa.example/tsr"      # a time-stamping authority (RFC 3161)
# tsa_ca = "/etc/section9/tsa-ca.pem"     # the roots that its certificate leads to

# [collect.imap]              # mailboxes; docs/collecting/imap.md has them all
# host = "imap.school.example"
# mailboxes = ["j.doe@school.example"]
# login = "{mailbox}*collector"           # as a master user; without it as the mailbox itself
# password_file = "/etc/section9/imap.password"

# [collect.exchange]          # Exchange Server; docs/collecting/exchange.md
# url = "https://mail.school.example/EWS/Exchange.asmx"
# username = 'SCHOOL\\archive'
# password_file = "/etc/section9/exchange.password"
# mailboxes = ["j.doe@school.example"]

# [collect.graph]             # Microsoft 365; docs/collecting/graph.md
# tenant = "00000000-0000-0000-0000-000000000000"
# client_id = "11111111-1111-1111-1111-111111111111"
# certificate_file = "/etc/section9/graph.pem"
# certificate_key_file = "/etc/section9/graph.key"
# mailboxes = ["j.doe@school.example"]

# [metrics]                   # numbers for Prometheus, beside `serve`
# listen = "127.0.0.1:9109"

# [search]                    # on Elasticsearch; without it the index is a file in this folder
# url = "https://es.school.example:9200"
# api_key_file = "/etc/section9/elasticsearch.key"
# ca_file = "/etc/section9/elasticsearch-ca.pem"
"""


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def init(context: click.Context, folder: Path | None) -> None:
    """Make a data folder with its settings, ready to run.

    \b
    section9 init /srv/section9
    """
    from commands.anchoring import KEY_FILE
    from commands.keys import make_key

    named = context.find_root().params["home"]  # by --home
    home = (folder or named or Path.cwd()).absolute()
    settings = home / SETTINGS_FILE
    if settings.exists():
        raise click.UsageError(f"{settings} exists already; nothing was changed")
    home.mkdir(mode=0o750, parents=True, exist_ok=True)
    settings.write_text(TEMPLATE)
    if not (home / KEY_FILE).exists():
        make_key(home / KEY_FILE)  # signs the anchors; its public half lies beside it
    Embedded(index_file(home)).write().close()  # empty, so that a first search finds nothing
    click.echo(f"{settings} is written.")
    click.echo(f"Next: section9 --home {home} serve, or section9 --home {home} ingest PATH")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--silent-after",
    type=LengthOption(),
    help="Fail when no message came for so long: 90m, 2h, 3d.  [default: as the settings say]",
)
@click.pass_obj
def status(app: App, *, as_json: bool, silent_after: timedelta | None) -> None:
    """Say whether every message that was accepted is archived, indexed and scanned.

    Exit code 42 says that the mail servers have been silent for too long.

    \b
    section9 status
    section9 status --silent-after 2h
    """
    from commands.alerting import examine
    from commands.lines import echo_json
    from commands.upkeep_lines import account_line
    from ingest.account import take
    from ingest.health import is_silent, spoken

    with app.custody() as custody:
        account = take(app.ledger, app.spool, app.index, custody)
    web, watched = web_upkeep.state(app), monitoring.state(app)
    if as_json:
        echo_json(account_line(account, web, watched))
    else:
        for check in (examine(app), monitoring.check_routing(app)):
            _warn(check)
        _print(account)
        web_upkeep.print_state(web)
        monitoring.print_state(watched)
    limit = silent_after or app.settings.journal.silent_after
    if limit and is_silent(account.last, app.clock(), limit):
        if not as_json:
            click.secho(f"silent   for more than {spoken(limit)}", fg="red")
        raise click.exceptions.Exit(SILENT)


def _warn(check: "Check") -> None:
    if check.level != "OK":
        click.secho(f"warning  {check.name}: {check.said}: {check.advice}", fg="yellow")


def _print(now: "Account") -> None:
    click.echo(
        f"accepted {now.accepted:,} = spooled {now.spooled:,} + archived {now.archived:,}"
        f" + quarantined {now.quarantined:,}"
    )
    click.echo(
        f"copies   {now.copies:,} archived = {now.scanned:,} scanned"
        f" = {now.indexed:,} indexed + {now.purged:,} purged"
    )
    click.echo(f"messages {now.messages:,}, of which {now.opaque:,} could not be fully read")
    last = f"{now.last:%Y-%m-%d %H:%M:%S} UTC" if now.last else "never"
    click.echo(f"last     message from a mail server: {last}")
    for problem in now.problems:
        click.secho(f"problem  {problem}", fg="red")
    if not now.problems:
        click.secho("all accounted for", fg="green")
