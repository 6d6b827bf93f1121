"""`section9 schedule`: units that systemd accepts, for all that has to run by itself."""

import shutil
import subprocess
from pathlib import Path

import pytest
from running import made

from commands.scheduling import Place, jobs, units
from commands.settings_collect import Collect, CollectImap

IMAP = Collect(imap=CollectImap(host="imap.school.example"))


def test_systemd_accepts_what_is_printed(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing to say, though the folder's name is an odd one."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here to judge (Debian: systemd)")
    written = tmp_path / "units"
    written.mkdir()
    settings = {"COLLECT__IMAP__HOST": "imap.school.example"}
    with made(tmp_path / "St. %Mary's $chool", **settings) as house:
        house.must("schedule", "--to", written)
        printed = house.must("schedule").decode()

    files = sorted(written.iterdir())
    judged = subprocess.run(
        ["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False
    )

    ours = [line for line in judged.stderr.splitlines() if "section9" in line]
    assert (0, []) == (judged.returncode, ours)
    assert {"section9.service", "section9-verify.timer", "section9-collect-imap.timer"} <= {
        file.name for file in files
    }
    assert all(file.read_text() in printed for file in files)


def test_every_timer_has_its_service_and_every_service_its_limits() -> None:
    """A unit writes nothing but the data folder, and has no rights that it needs not."""
    place = Place(Path("/opt/section9/bin/section9"), Path("/srv/section9"), "archive", 2525)
    written = {unit.name: unit.text for unit in units(place, list(jobs(IMAP, digest=True)))}
    services = {name: text for name, text in written.items() if name.endswith(".service")}
    timers = {name for name in written if name.endswith(".timer")}

    assert {name.replace(".timer", ".service") for name in timers} < services.keys()
    for text in services.values():
        for line in ("User=archive", "ReadWritePaths=/srv/section9", "ProtectSystem=strict"):
            assert f"\n{line}\n" in text
        assert "NoNewPrivileges=true" in text
    run = [
        line
        for text in services.values()
        for line in text.splitlines()
        if line.startswith("ExecStart=")
    ]
    before = "ExecStart=/opt/section9/bin/section9 --home /srv/section9"
    assert [
        f"{before} serve",
        f"{before} collect imap",
        f"{before} retention run",
        f"{before} verify",
        f"{before} audit anchor",
        f"{before} sample draw --due",
        f"{before} audit digest --mail",
    ] == run


@pytest.mark.parametrize(("port", "expected"), [(25, "CAP_NET_BIND_SERVICE"), (2525, "")])
def test_a_low_port_is_all_that_needs_a_right(port: int, expected: str) -> None:
    """Only to listen on port 25 does the service keep one capability."""
    place = Place(Path("/bin/section9"), Path("/srv/section9"), "section9", port)

    [service] = units(place, [])

    assert f"\nAmbientCapabilities={expected}\nCapabilityBoundingSet={expected}\n" in service.text
