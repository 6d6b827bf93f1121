"""A real Dovecot on a free port of loopback, with mailboxes of invented people."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

PATIENCE = 30.0  # seconds; it starts in a tenth of one
PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody
MASTER_PASSWORD = "another horse"  # noqa: S105 - likewise
PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/certificate.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
{accounts}
auth_master_user_separator = *
auth_mechanisms = plain login
first_valid_uid = 1
mail_home = {base}/mail/%u
mail_location = maildir:~/Maildir
mail_uid = {uid}
mail_gid = {gid}
mail_plugins = {plugins}
passdb {{
  driver = passwd-file
  master = yes
  args = scheme=PLAIN {base}/masters
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "Deleted Items" {{
    special_use = \\Trash
    auto = subscribe
  }}
  mailbox Archive {{
    auto = create
  }}
}}
{more}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""

LAZY_EXPUNGE = """
namespace expunged {
  prefix = .EXPUNGED/
  separator = /
  hidden = yes
  list = no
  location = maildir:~/Maildir-expunged
}
plugin {
  lazy_expunge = .EXPUNGED/
  lazy_expunge_only_last_instance = yes
}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server."""

    base: Path
    port: int
    tls_port: int

    @property
    def certificate(self) -> Path:
        """What it proves itself with; it is its own authority."""
        return self.base / "certificate.pem"

    def client(self, user: str) -> imaplib.IMAP4:
        """Log in as its owner does."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        client.login(user, PASSWORD)
        return client

    def log(self) -> str:
        """What it has to say."""
        path = self.base / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else "(no log)"


@contextmanager
def dovecot(*users: str, lazy_expunge: bool = False) -> Iterator[Dovecot]:
    """Run a server for as long as the block lasts; skip the test where there is none."""
    if not Path(PROGRAM).exists():
        why = "Dovecot is not installed (Debian: dovecot-imapd)"
        pytest.fail(why) if os.environ.get("SECTION9_REQUIRE_SERVERS") else pytest.skip(why)
    with TemporaryDirectory(prefix="section9-dovecot-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        server = Dovecot(base, _free_port(), _free_port())
        _certify(base)
        (base / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        (base / "masters").write_text(f"collector:{{PLAIN}}{MASTER_PASSWORD}\n")
        _configure(server, lazy_expunge=lazy_expunge)
        process = subprocess.Popen([PROGRAM, "-F", "-c", base / "dovecot.conf"])
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _configure(server: Dovecot, *, lazy_expunge: bool) -> None:
    owner = _mail_account()
    (server.base / "mail").mkdir()
    os.chown(server.base / "mail", owner.pw_uid, owner.pw_gid)
    config = CONFIG.format(
        base=server.base,
        port=server.port,
        tls_port=server.tls_port,
        accounts="" if os.getuid() == 0 else _own_accounts(owner),
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        plugins="lazy_expunge" if lazy_expunge else "",
        more=LAZY_EXPUNGE if lazy_expunge else "",
    )
    (server.base / "dovecot.conf").write_text(config)


def _mail_account() -> pwd.struct_passwd:
    """Whose the mail is: ours, but Dovecot lets root have none."""
    return pwd.getpwnam("mail") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _own_accounts(owner: pwd.struct_passwd) -> str:
    """Run every part of it as ourselves, who may become nobody else."""
    return (
        f"default_internal_user = {owner.pw_name}\n"
        f"default_login_user = {owner.pw_name}\n"
        f"default_internal_group = {grp.getgrgid(owner.pw_gid).gr_name}\n"
    )


def _certify(base: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", base / "key.pem", "-out", base / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            imaplib.IMAP4("127.0.0.1", server.port, timeout=PATIENCE).shutdown()
        except (OSError, imaplib.IMAP4.error):
            if process.poll() is not None or time.monotonic() > give_up:
                pytest.fail(server.log())
            time.sleep(0.02)
        else:
            return
