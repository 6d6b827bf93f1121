"""What can be asked of web visits: a table of fields as that of mail, and read in the same way."""

from collections.abc import Mapping

from search.fields import DEFAULT, Field, Kind

WEB_FIELDS = (
    Field(
        DEFAULT,
        Kind.TEXT,
        "words of the page's address, its percent signs undone. A term without a field means this",
        "football",
    ),
    Field("page", Kind.TEXT, "the same", 'page:"cheap flights"'),
    Field(
        "site",
        Kind.VALUE,
        "the site, and all that lie below it: site:video.example finds www.video.example",
        "site:video.example",
    ),
    Field("user", Kind.VALUE, "the user name that the filter wrote", "user:j.doe"),
    Field(
        "person",
        Kind.DIRECTORY,
        "somebody of the directory, by their user names and addresses",
        'person:"Jane Doe"',
    ),
    Field("school", Kind.DIRECTORY, "anybody of a school of the directory", 'school:"Hill"'),
    Field("computer", Kind.VALUE, "the computer's name or IP address", "computer:lab3-07"),
    Field("date", Kind.DATE, "when it was (UTC)", "date:2026-03-09"),
    Field(
        "is",
        Kind.VALUE,
        "blocked by the filter, or allowed; held: a hold keeps it",
        "is:blocked",
        choices=("allowed", "blocked", "held"),
    ),
    Field("category", Kind.VALUE, "what the filter calls such a page", "category:gambling"),
    Field("method", Kind.VALUE, "the method of HTTP", "method:post"),
    Field("status", Kind.VALUE, "the status of HTTP", "status:403"),
    Field("size", Kind.SIZE, "how much came back: bytes, or K, M, G", "size:>100M", ("size",)),
    Field("id", Kind.VALUE, "a visit's own name; id:W-42.* is a whole batch", "id:W-42.317"),
)
BY_NAME: Mapping[str, Field] = {field.name: field for field in WEB_FIELDS}
FACETS = ("blocked", "category", "computer", "date", "method", "site", "status", "user")
"""Fields whose values can be counted; of the date, the months."""
