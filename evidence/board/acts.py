"""The Board's sections on what people did: breaches, cases, incidents, keeping, rules."""

from collections.abc import Iterable

from evidence.board.told import Told
from evidence.board.wording import length, two
from evidence.reports import Section, Table


def breaches(told: Told) -> Section:
    """What came to light, and what went to the Commissioner."""
    this, last = told.this.breaches, told.last.breaches
    longest = length(this.longest) if this.longest is not None else "none was notified"
    facts = {
        "came to light": (this.opened, last.opened),
        "notified to the Commissioner": (this.notified, last.notified),
        "decided not to notify, with reasons": (this.recorded, last.recorded),
        "not decided yet": (this.undecided, last.undecided),
        "notified later than 72 hours": (this.late, last.late),
        "people told (Article 34)": (this.told, last.told),
    }
    return Section(
        "Personal data breaches",
        words=(
            "By the day the Trust became aware. The register under Article 33(5) of the UK GDPR "
            "holds each with its reasons: `section9 breach register`.",
            f"Longest from awareness to the first report: {longest}.",
        ),
        tables=(two("Breaches", told, facts),),
    )


def cases(told: Told) -> Section:
    """Who may look, how often they did, and what was refused."""
    this, last = told.this.acts, told.last.acts
    done, before = dict(this.acts), dict(last.acts)
    facts = {
        "opened": (len(this.opened), len(last.opened)),
        "on one account's word alone": (this.unattested, last.unattested),
        "extended": (len(this.extended), len(last.extended)),
        "closed": (len(this.closed), len(last.closed)),
        "expired": (len(this.expired), len(last.expired)),
        "open at the year's end": (this.live, last.live),
        "searches": (done.get("searched", 0), before.get("searched", 0)),
        "looks at a message": (done.get("viewed", 0), before.get("viewed", 0)),
        "exports": (done.get("exported", 0), before.get("exported", 0)),
        "refused for want of authority": (_sum(this.refusals), _sum(last.refusals)),
        "protected messages opened by two people": (this.protected, last.protected),
        "messages sealed (clause 7.4)": (done.get("sealed", 0), before.get("sealed", 0)),
    }
    kinds = tuple((kind, f"{count:,}") for kind, count in sorted(told.this.kinds.items()))
    return Section(
        "Cases and their authority",
        words=(
            "Mail is read in a case alone: it names its purpose (clause 9.2), who authorised it, "
            "whose mail and until when. Every search, look and refusal is on the ledger.",
        ),
        tables=(
            two("Cases and looks", told, facts),
            *((Table("Cases opened, by kind", ("Kind", "Cases"), kinds),) if kinds else ()),
        ),
    )


def incidents(told: Told) -> Section:
    """What staff reported."""
    this, last = told.this.incidents, told.last.incidents
    facts = {
        "filed": (this.filed, last.filed),
        "closed": (this.closed, last.closed),
        "filed and still open": (this.open_, last.open_),
    }
    return Section(
        "Incident records",
        words=("What staff met and reported (clauses 5.7 and 6.6).",),
        tables=(two("Incidents", told, facts),),
    )


def keeping(told: Told) -> Section:
    """What was deleted, held and verified."""
    this, last = told.this.acts, told.last.acts
    done, before = dict(this.acts), dict(last.acts)
    rows = {
        "messages purged under retention, with certificates": (this.purged, last.purged),
        **{
            said: (done.get(kind, 0), before.get(kind, 0))
            for said, kind in (
                ("runs of retention", "retention-ran"),
                ("holds placed", "hold-placed"),
                ("holds released, by two people", "hold-released"),
                ("verifications of the archive", "verified"),
                ("signed anchors of the ledger", "anchored"),
            )
        },
        "problems that the worst verification found": (this.problems, last.problems),
    }
    return Section("Keeping, deleting, proving", tables=(two("Acts", told, rows),))


def rules(told: Told) -> Section:
    """Which rules were changed, and what users were told."""
    rows = tuple((one.rule, one.was, one.now, f"{one.day:%d %B %Y}") for one in told.this.rules)
    given = tuple((version, f"{day:%d %B %Y}") for version, day in told.this.notices)
    none = () if rows else ("No rule was changed in the year.",)
    warning = () if given else ("No notice of monitoring to users is on record for the year.",)
    changed = Table("Changes of rules", ("Rule", "Was", "Became", "On"), rows, prose=True)
    noticed = Table("Notices given to users", ("Notice", "Given"), given, prose=True)
    return Section(
        "Rules and notices",
        words=(
            "Detection rules are reviewed each year and tried on history before they are switched "
            "on (clause 12); users are told that mail may be monitored (clause 9.1).",
            *none,
            *warning,
        ),
        tables=(*((changed,) if rows else ()), *((noticed,) if given else ())),
    )


def _sum(counts: Iterable[tuple[str, int]]) -> int:
    return sum(count for _, count in counts)
