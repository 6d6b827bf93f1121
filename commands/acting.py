"""Who acts: the operating-system account, also behind `sudo`."""

import os
import pwd


def acting_account(
    environment: "os._Environ[str] | dict[str, str]", *, uid: int, owner: int
) -> str:
    """The operating-system account that acts.

    `SUDO_USER` counts only for a process that runs as root or as the data's owner: anybody can
    set a variable, but only sudo makes them that account.
    """
    behind = environment.get("SUDO_USER")
    if behind and uid in {0, owner}:
        return behind
    return pwd.getpwuid(uid).pw_name
