"""What can go wrong in the spool."""

from section9 import Section9Error, SpoolId


class SpoolError(Section9Error):
    """The root of what can go wrong in the spool."""


class SpoolIdMalformedError(SpoolError):
    """Something that is no spool id would have become a path."""

    def __init__(self) -> None:
        super().__init__("not a spool id: copy one as `section9 status` prints it")


class SpoolEntryMissingError(SpoolError):
    """No message of this id waits in the spool."""

    def __init__(self, entry: SpoolId) -> None:
        super().__init__(f"{entry} does not wait in the spool: run `section9 verify` to find it")
        self.entry = entry


class SpoolEntryDamagedError(SpoolError):
    """A spool file does not begin with an envelope."""

    def __init__(self, entry: SpoolId) -> None:
        super().__init__(
            f"spool entry {entry} does not begin with an envelope: "
            "quarantine it, then check the disk"
        )
        self.entry = entry


class QuarantineMissingError(SpoolError):
    """No message of this id was set aside."""

    def __init__(self, entry: SpoolId) -> None:
        super().__init__(f"{entry} is not in quarantine: `section9 quarantine list` says what is")
        self.entry = entry


class SpoolUnwritableError(SpoolError):
    """The disk would not keep something; a message that was being put is still its sender's."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(
            f"the spool cannot be written ({cause.strerror}): "
            "check the disk and the folder's owner, then start again"
        )


class SpoolReadOnlyError(SpoolError):
    """A spool opened without a run takes no messages in."""

    def __init__(self) -> None:
        super().__init__("this spool is open for reading: open it with `run=new_run()` to put")


class SpoolConsumedError(SpoolError):
    """Another process is emptying the spool."""

    def __init__(self) -> None:
        super().__init__(
            "another process archives from this spool already: stop it, or leave the work to it"
        )
