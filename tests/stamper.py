"""A real time-stamping authority: `openssl ts -reply` behind HTTP on a free port of loopback."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from loopback import Reply, serving

CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = Stamps of Example
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = ours
[ours]
serial = {folder}/serial
signer_cert = {folder}/stamper.pem
signer_key = {folder}/stamper.key
certs = {folder}/middle.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Stamper:
    """Where it answers, and the root that its certificate leads to."""

    url: str
    root: Path


def openssl(*words: str | Path, cwd: Path) -> bytes:
    """Run the real openssl; it has to succeed."""
    done = subprocess.run(["openssl", *words], cwd=cwd, capture_output=True, check=False)
    assert 0 == done.returncode, done.stderr.decode()
    return done.stdout + done.stderr


def certify(folder: Path) -> None:
    """Make a root, an authority between, and a certificate for stamping that lasts a day."""
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name, issuer in (("root", "root"), ("middle", "root"), ("stamper", "middle")):
        key = ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        openssl(*key, "-out", f"{name}.key", cwd=folder)
        asked = ("req", "-new", "-config", "tsa.cnf", "-subj", f"/CN={name}", "-key", f"{name}.key")
        openssl(*asked, "-out", f"{name}.csr", cwd=folder)
        own = ("-signkey", "root.key") if name == issuer else ()
        by = own or ("-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial")
        signed = ("x509", "-req", "-in", f"{name}.csr", "-days", "1", "-out", f"{name}.pem", *by)
        openssl(
            *signed,
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "stamper" if name == "stamper" else "root",
            cwd=folder,
        )


@contextmanager
def stamping(folder: Path) -> Iterator[Stamper]:
    """Stamp what is asked, for as long as the block lasts."""
    certify(folder)

    def answer(request: BaseHTTPRequestHandler) -> Reply:
        query = request.rfile.read(int(request.headers["Content-Length"]))
        assert "application/timestamp-query" == request.headers["Content-Type"]
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            (Path(scratch) / "query").write_bytes(query)
            files = ("-queryfile", f"{scratch}/query", "-out", f"{scratch}/reply")
            openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "ours", *files, cwd=folder)
            reply = (Path(scratch) / "reply").read_bytes()
        return Reply(200, reply, {"Content-Type": "application/timestamp-reply"})

    with serving(answer, tls=None) as url:
        yield Stamper(f"{url}/tsr", folder / "root.pem")
