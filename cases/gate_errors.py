"""How the gate turns somebody away."""

import re
from typing import ClassVar

from archive.case_words import Extent
from cases.roles import NoAuthorityError
from search.tree import Query, StartsWith
from section9 import CaseId, MailId, Section9Error

HEXADECIMAL = re.compile("[0-9a-f]{1,64}")


class MailNotInScopeError(Section9Error):
    """The case opens no such message: it is out of scope, or there is none. Which is not said."""

    exit_code: ClassVar[int] = 10

    def __init__(self, case: CaseId, mail: str) -> None:
        super().__init__(
            f"no message {mail} in the scope of case {case}: "
            f"`section9 case show {case}` tells the scope, `section9 search` the messages"
        )


class MailNameError(Section9Error):
    """What should begin the id of a message cannot: ids are hexadecimal digits."""

    exit_code: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__(
            "an id of a message is up to 64 digits and letters a to f: copy it from a search result"
        )


def begun(mail: str) -> Query:
    """What finds messages by the beginning of their id. Raises `MailNameError`."""
    digits = mail.strip().lower()
    if not HEXADECIMAL.fullmatch(digits):
        raise MailNameError
    return StartsWith("id", digits)


class MailAmbiguousError(Section9Error):
    """The beginning of an id fits several messages."""

    exit_code: ClassVar[int] = 2

    def __init__(self, mail: str, fits: int) -> None:
        super().__init__(f"{mail} begins the ids of {fits} messages: give more of it")


class WithheldError(NoAuthorityError):
    """The content of a message in scope was asked for, and the case opens its metadata alone."""

    def __init__(self, case: CaseId, mail: MailId, extent: Extent) -> None:
        if extent is Extent.METADATA:
            step = "a case on content is another `section9 case open`"
        else:
            step = (
                "it is protected correspondence: "
                f"`section9 request open {mail[:12]} --case {case} --reason WHY` asks to open it"
            )
        super().__init__(f"case {case} opens only the metadata of {mail[:12]}: {step}")


class PrivilegedError(NoAuthorityError):
    """A message that a reviewer found privileged was asked for by somebody with no part in it."""

    def __init__(self, case: CaseId, mail: MailId) -> None:
        super().__init__(
            f"{mail[:12]} is marked as privileged in case {case}: "
            "its investigator can read it, and settle what it is"
        )


class ReasonMissingError(NoAuthorityError):
    """More than excerpts was asked for under the standing programme, without a reason."""

    def __init__(self, case: CaseId, mail: MailId) -> None:
        super().__init__(
            f"case {case} is the standing programme, which opens excerpts first: "
            f"to open all of {mail[:12]}, say why with --reason"
        )
