"""Whose mailboxes are collected, and where the secrets lie that open them."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from section9 import Section9Error

Address = Annotated[str, Field(min_length=1), AfterValidator(str.lower)]


class CollectSettingsError(Section9Error):
    """A collector's settings, its list of mailboxes or a secret's file cannot be used."""

    exit_code: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """A mailbox to collect; what is empty is as for all."""

    mailbox: str
    login: str = ""
    password_file: str = ""


def mailboxes(named: Iterable[str], file: Path | None) -> dict[str, Listed]:
    """List the mailboxes, of the settings and of the CSV file. Raises `CollectSettingsError`."""
    listed = [Listed(mailbox) for mailbox in named]
    if file:
        listed += _read_list(file)
    return {one.mailbox: one for one in listed}


def secret(path: Path) -> str:
    """Read a password or token from its file. Raises `CollectSettingsError`."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CollectSettingsError(f"{path} cannot be read: check its path and owner") from error


def _read_list(path: Path) -> list[Listed]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                {str(k).strip().lower(): (v or "").strip() for k, v in row.items() if k}
                for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CollectSettingsError(f"{path} is no CSV that can be read: check it") from error
    if any(not row.get("mailbox") for row in rows):
        raise CollectSettingsError(f"{path}: each line needs a mailbox, under a heading of that")
    return [
        Listed(row["mailbox"].lower(), row.get("login", ""), row.get("password_file", ""))
        for row in rows
    ]
