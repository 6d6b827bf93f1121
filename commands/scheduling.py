"""`section9 schedule`: systemd units and timers for all that has to run by itself."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.app import App

if TYPE_CHECKING:
    from commands.settings_collect import Collect

SYSTEMD = Path("/etc/systemd/system")
PLAIN = re.compile(r"[A-Za-z0-9@%+=:,./_{}-]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One file of systemd."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program and its data lie, and whose they are."""

    program: Path
    home: Path
    user: str
    port: int  # where mail is taken in


@dataclass(frozen=True, slots=True)
class Job:
    """A command that runs at its time; `when` is in systemd's words (systemd.time(7))."""

    name: str
    about: str
    command: tuple[str, ...]
    when: str
    spread: str  # so that many hosts do not start at once


@click.command()
@click.option("--user", default="section9", show_default=True, help="The account that runs it.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help=f"Write the files there, as into {SYSTEMD}, and print only their names.",
)
@click.pass_context
def schedule(context: click.Context, user: str, folder: Path | None) -> None:
    """Print systemd units and timers that run it all: serve, collect, verify, anchor and more.

    The service takes mail in, looks for patterns and sends alerts; timers collect each kind of
    mailbox server that the settings name, every hour; every night they run retention, anchor the
    ledger and draw the samples that are due; every week they verify, and mail the digest. They may
    write nothing but the data folder. Secrets may stand in /etc/section9/environment, for the
    account alone.

    \b
    section9 --home /srv/section9 schedule | less
    sudo section9 --home /srv/section9 schedule --to /etc/systemd/system
    """
    app: App = context.obj
    place = Place(
        Path(sys.executable).with_name("section9"), app.data, user, app.settings.journal.port
    )
    # A command of a later version is not run by this one.
    known = getattr(context.find_root().command, "commands", {})
    wanted = jobs(app.settings.collect, digest=bool(app.settings.audit.mail_to))
    planned = [job for job in wanted if job.command[0] in known]
    for unit in units(place, planned):
        if folder:
            (folder / unit.name).write_text(unit.text)
            click.echo(folder / unit.name)
        else:
            click.echo(f"# {SYSTEMD / unit.name}\n{unit.text}")
    starts = ["section9.service", *(f"section9-{job.name}.timer" for job in planned)]
    click.echo(f"to start them: systemctl enable --now {' '.join(starts)}", err=True)


def jobs(collect: "Collect", *, digest: bool) -> Iterator[Job]:
    """List what runs at its time; the `digest` where somebody gets it."""
    for name in configured(collect):
        yield Job(
            f"collect-{name}", f"collect mailboxes ({name})", ("collect", name), "hourly", "10min"
        )
    yield Job(
        *("retention", "delete what is past its time and under no hold", ("retention", "run")),
        *("*-*-* 03:30:00", "30min"),
    )
    yield Job(
        *("verify", "prove that the archive is whole", ("verify",)),
        *("Sun *-*-* 05:00:00", "30min"),
    )
    yield Job(
        *("anchor", "sign the heads of the ledger and send them away", ("audit", "anchor")),
        *("*-*-* 04:30:00", "10min"),
    )
    yield Job(
        *("sample", "draw last month's sample of unflagged mail", ("sample", "draw", "--due")),
        *("*-*-* 02:30:00", "30min"),
    )
    if digest:
        yield Job(
            *("digest", "tell of last week's acts", ("audit", "digest", "--mail")),
            *("Mon *-*-* 06:30:00", "10min"),
        )


def configured(collect: "Collect") -> Iterator[str]:
    """Name the kinds of mailbox servers that the settings name."""
    for name in type(collect).model_fields:
        kind = getattr(collect, name)
        if kind != type(kind)():
            yield name


def units(place: Place, planned: list[Job]) -> Iterator[Unit]:
    """Write the units: the service that takes mail in, then a service and a timer for each job."""
    yield Unit("section9.service", _service(place))
    for job in planned:
        yield Unit(f"section9-{job.name}.service", _task(place, job))
        yield Unit(f"section9-{job.name}.timer", _timer(job))


def _service(place: Place) -> str:
    low = "CAP_NET_BIND_SERVICE" if 0 < place.port < 1024 else ""  # noqa: PLR2004 - ports of root
    return f"""\
[Unit]
Description=Section 9: take in the mail server's journal, archive it and index it
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={_command(place, "serve")}
Restart=always
RestartSec=5
KillMode=mixed
TimeoutStopSec=120
LimitNOFILE=65536
AmbientCapabilities={low}
CapabilityBoundingSet={low}
{_limits(place)}
[Install]
WantedBy=multi-user.target
"""


def _task(place: Place, job: Job) -> str:
    return f"""\
[Unit]
Description=Section 9: {job.about}
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart={_command(place, *job.command)}
Nice=10
IOSchedulingClass=idle
CapabilityBoundingSet=
{_limits(place)}"""


def _timer(job: Job) -> str:
    return f"""\
[Unit]
Description=Section 9: {job.about}

[Timer]
OnCalendar={job.when}
RandomizedDelaySec={job.spread}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _limits(place: Place) -> str:
    """What every unit may do: read, write its data folder, speak to the network, and no more."""
    return f"""\
User={place.user}
Group={place.user}
UMask=0027
WorkingDirectory={_literal(place.home)}
EnvironmentFile=-/etc/section9/environment
ReadWritePaths={_quoted(place.home)}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=true
PrivateDevices=true
NoNewPrivileges=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
RemoveIPC=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""


def _command(place: Place, *arguments: str) -> str:
    words = (str(place.program), "--home", str(place.home), *arguments)
    return " ".join(_quoted(word).replace("$", "$$") for word in words)


def _quoted(word: object) -> str:
    """Write a word as systemd reads it (systemd.syntax(7)): quoted where it must be."""
    plain = _literal(word)
    if PLAIN.fullmatch(plain):
        return plain
    escaped = plain.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _literal(word: object) -> str:
    """Take its meaning from a percent sign (systemd.unit(5), specifiers)."""
    return str(word).replace("%", "%%")
