"""The section of the settings about yearly reports."""

from pydantic import Field

from commands.rights import Section


class Reports(Section):
    """When the year of a report begins."""

    year_begins: str = Field("01-01", pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")

    @property
    def begins(self) -> tuple[int, int]:
        """The month and the day."""
        month, _, day = self.year_begins.partition("-")
        return int(month), int(day)
