"""The demonstration: a mail server journals an invented trust's term, and a case is worked.

Everything goes through the command line and real SMTP; nothing is prepared beforehand. What it
makes lies in `demo-data/` and may be looked at, searched and deleted.
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from commands.acting import acting_account
from demo.mailbox import messages
from demo.send import send_all
from demo.trust import ARCHIVE, DOMAIN, HOME

DATA = Path("demo-data")
SECTION9 = str(Path(sys.executable).with_name("section9"))
PATIENCE = 240  # seconds that archiving may take before the demonstration says that it failed
NURSE = f"g.starkey@{DOMAIN}"
YOU = acting_account(os.environ, uid=os.getuid(), owner=os.getuid())
OFFICER, HEAD, SAFEGUARDING = "a.deshmukh", "r.achterberg", "d.osei"
ROLES = f"""\
[roles]
"{YOU}" = {{ roles = ["investigator"], addresses = ["{YOU}@demo.example"] }}
"{OFFICER}" = {{ roles = ["authoriser", "dpo"], addresses = ["{OFFICER}@{DOMAIN}"] }}
"{HEAD}" = {{ roles = ["authoriser", "head-teacher"], addresses = ["{HEAD}@{DOMAIN}"] }}
"{SAFEGUARDING}" = {{ roles = ["dsl"], addresses = ["{SAFEGUARDING}@{DOMAIN}"] }}
"t.wilk" = {{ roles = ["technician"] }}
"""
NOTICE = (
    "Larkmere Learning Trust monitors and keeps all e-mail sent or received by staff, volunteers "
    "and students, deleted messages included, under section 9 of its Acceptable Use Policy."
)
EXPIRES = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"  # whenever this is run


TRY_NEXT = (
    "search 'finding:nhs-number' --case C-0001 --json",
    "case open --purpose a --reason 'a parent has complained' \\\n"
    f"        --person o.wrenfield@{DOMAIN} --since 2026-09-01 --until 2026-10-31"
    f" --expires {EXPIRES}",
    "approve R-0002",
    "search 'to:22flindqvist' --case C-0003",
    "triage",
    "index rebuild",
    "--help",
)
ACTORS = {"approve": HEAD, "triage": SAFEGUARDING}


def main() -> None:
    """Show the main job from an empty folder to a verified archive."""
    began = time.monotonic()
    prepare()
    with serving() as port:
        journal(port)
    work_a_case()
    say(f"That was all, in {time.monotonic() - began:.0f} seconds. Try next:")
    for command in TRY_NEXT:
        name = command.split()[0]
        actor = f"SUDO_USER={ACTORS[name]} " if name in ACTORS else ""
        print(f"    {actor}{os.path.relpath(SECTION9)} --home {DATA} {command}")
    print("demo/README.md tells who is who, and what else there is to find.")


def prepare() -> None:
    """Make a fresh data folder and import the directory of people."""
    say("A data folder, and the trust's directory of people.")
    if (DATA / "section9.toml").exists():
        shutil.rmtree(DATA)
    run("init", str(DATA), show_home=False)
    settings = DATA / "section9.toml"
    text = settings.read_text()
    text = text.replace('name = ""', 'name = "Larkmere Learning Trust"', 1)
    text = text.replace("domains = []", f'domains = ["{DOMAIN}", "pupils.{DOMAIN}"]')
    text = text.replace("[roles]\n", ROLES, 1)
    settings.write_text(text.replace("addresses = []", f'addresses = ["{ARCHIVE}"]', 1))
    run("notice", "add", "--text", NOTICE, "--version", "2026", "--given", "2026-08-28", by=OFFICER)
    run("people", "import", str(HOME / "people.csv"))


@contextmanager
def serving() -> Iterator[int]:
    """Run `section9 serve` on a free port; gives the port."""
    port = free_port()
    say(f"The journal listener, on port {port}.")
    command = [SECTION9, "--home", str(DATA), "serve"]
    environment = os.environ | {"SECTION9_JOURNAL__PORT": str(port)}
    with (DATA / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)  # noqa: S603 - ours
    try:
        wait_for(lambda: answers(port), "the listener does not answer: see demo-data/serve.log")
        yield port
    finally:
        process.terminate()
        process.wait()


def journal(port: int) -> None:
    """Send a term's mail as a mail server journals it, and wait until it is archived."""
    say("A term of the trust's mail, through SMTP. 250 is said when a message is on disk.")
    sent = send_all("127.0.0.1", port, messages())
    print(f"{sent} messages were accepted")
    wait_for(lambda: archived() == sent, "not all mail was archived: see demo-data/serve.log")
    run("status")


def work_a_case() -> None:
    """Open a case, search, look at what was found, and prove that the archive is whole."""
    say("No case, no mail: the policy's section 9.2.")
    run("search", "finding:nhs-number", "--case", "C-0001", succeeds=False)
    say(f"A case: {YOU} applies, with a reason, a scope and an end; another account authorises.")
    print("You own the data here, so you may say who acts, as sudo does: docs/authority.md.")
    case = ("--purpose", "b", "--reason", "a list went astray")
    scope = ("--person", NURSE, "--since", "2026-09-01", "--until", "2026-10-31")
    run("case", "open", *case, *scope, "--expires", EXPIRES)
    run("approve", "R-0001", by=OFFICER)
    say("What did the detectors find in it? Every search is recorded.")
    run("search", "finding:nhs-number", "--case", "C-0001")
    found = ask("search", "finding:nhs-number to:nadia", "--case", "C-0001", "--json")
    say("One message, with the findings marked and whoever really received it.")
    run("show", msgspec.json.decode(found.splitlines()[0])["mail"][:12], "--case", "C-0001")
    say("Evidence for somebody else: originals, pages to read, ledger, sums. No Section 9 needed.")
    run("export", "--case", "C-0001", str(DATA / "evidence"))
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    print("$", shlex.join(check), flush=True)
    subprocess.run(check, cwd=DATA / "evidence", check=True)  # noqa: S603 - coreutils
    print(f"whole; open {DATA / 'evidence' / 'index.html'} in a browser")
    triage()
    report_breach(msgspec.json.decode(found.splitlines()[0])["mail"][:12])
    say("What is the Board told at the year's end? Counts and trends, and nobody's name.")
    run("report", "board", "--year", "2026", str(DATA / "board"), by=OFFICER)
    say("Is everything still there, unaltered? Every message is hashed, every chain walked.")
    run("verify")


def triage() -> None:
    """Let the safeguarding lead decide what was flagged of the pupils, in a programme of theirs."""
    say("What was flagged waits for whoever it belongs to: here, for the safeguarding lead.")
    purpose = ("--purpose", "b", "--reason", "the yearly programme", "--dpia", "DPIA-2026-1")
    days = ("--since", "2026-08-28", "--until", "2027-07-31", "--expires", EXPIRES)
    yearly = ("--programme", "--investigator", SAFEGUARDING)
    run("case", "open", *yearly, *purpose, *days, by=HEAD)
    run("triage", "list", "--severity", "4", by=SAFEGUARDING)
    gravest = ask("triage", "list", "--limit", "1", "--json", by=SAFEGUARDING)
    item = msgspec.json.decode(gravest)["item"][:12]
    say("Masked first: often that is enough to decide. To open the rest takes a reason.")
    run("triage", "show", item, by=SAFEGUARDING)
    run("triage", "confirm", item, "--reason", "spoken to both, parents told", by=SAFEGUARDING)


def report_breach(mail: str) -> None:
    """Keep the list that went astray inside its 72 hours, as far as a draft for the ICO."""
    say("A personal data breach: the 72 hours run, and the report to the ICO drafts itself.")
    aware = f"{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%dT%H:%MZ}"
    how = ("--who", "the school office", "--how", "the parent telephoned")
    finding = ("--finding", "nhs-number")
    run("breach", "open", mail, "--case", "C-0001", "--aware", aware, *how, *finding)
    run("breach", "draft", "B-0001", str(DATA / "breach"))


def say(text: str) -> None:
    """Head the next step."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def run(*arguments: str, succeeds: bool = True, show_home: bool = True, by: str = YOU) -> None:
    """Run a command as a user would, its own words before it."""
    home = ("--home", str(DATA)) if show_home else ()
    actor = () if by == YOU else (f"SUDO_USER={by}",)
    print("$", *actor, shlex.join(("section9", *home, *arguments)), flush=True)
    environment = os.environ | {"SUDO_USER": by}
    command = [SECTION9, *home, *arguments]
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - ours
    if succeeds != (done.returncode == 0):
        sys.exit(f"demo: the command above ended with {done.returncode}")


def ask(*arguments: str, by: str = YOU) -> bytes:
    """Run a command for what it prints on standard output."""
    command = [SECTION9, "--home", str(DATA), *arguments]
    environment = os.environ | {"SUDO_USER": by}
    return subprocess.check_output(  # noqa: S603 - ours
        command, env=environment, stderr=subprocess.DEVNULL
    )


def archived() -> int:
    """How many of the accepted messages are archived and indexed."""
    if not (DATA / "index" / "section9.sqlite").exists():
        return 0
    return int(msgspec.json.decode(ask("status", "--json"))["indexed"])


def answers(port: int) -> bool:
    """Whether somebody listens on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(ready: Callable[[], bool], otherwise: str) -> None:
    """Wait until something holds, or end the demonstration with the reason."""
    give_up = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > give_up:
            sys.exit(f"demo: {otherwise}")
        time.sleep(0.3)


if __name__ == "__main__":
    main()
