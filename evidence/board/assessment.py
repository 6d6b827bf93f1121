"""Facts for a data protection impact assessment, and the notice to users, from the live settings.

Sources: ICO, *Sample DPIA template* (its seven steps) and *Monitoring workers*; the Investigatory
Powers (Interception by Businesses etc. for Monitoring and Record-keeping Purposes) Regulations
2018, which want all reasonable efforts to inform every user.
"""

from collections.abc import Iterator
from datetime import datetime

from evidence.board.setup import Setup
from evidence.reports import Report, Section, Table

OPEN = "To be completed by the Data Protection Officer"


def assessment(setup: Setup, *, now: datetime) -> Report:
    """What an impact assessment can take from the system, step by step, and what it cannot."""
    return Report(
        title="Data protection impact assessment: monitoring of e-mail",
        subtitle=f"{setup.trust or 'The Trust'}: facts from the settings in force. What only "
        "people can judge is marked.",
        sections=(*_need(), *_processing(setup), *_necessity(setup), *_risks(setup), *_end()),
        made=f"Made by Section 9 on {now:%d %B %Y at %H:%M} UTC from the settings in force.",
    )


def _need() -> Iterator[Section]:
    yield Section(
        "Step 1: why an assessment is needed",
        words=(
            "Systematic monitoring of staff and children, with special categories of data among "
            "what is found: likely to be a high risk (UK GDPR, Article 35).",
            "Purposes are those of clause 9.2 alone: to investigate alleged wrongful acts, and to "
            "meet legal obligations, among them to keep children safe and personal data secure.",
        ),
    )


def _processing(setup: Setup) -> Iterator[Section]:
    periods = tuple(setup.periods)
    yield Section(
        "Step 2: the processing",
        words=(
            "Mail servers hand a copy of every message to an archive on the Trust's own machine. "
            "Detectors mark what may be a leak, an offence or a danger. No content is opened "
            "outside a case, or the yearly programme, which sees only what was marked.",
            f"Domains: {', '.join(setup.domains) or 'none set'}. Index: {setup.engine}. "
            "Nothing is given away but what an investigator exports; alerts hold no content.",
            "People concerned: staff, pupils, parents, governors, and everybody who writes to "
            "them. Children are among them.",
        ),
        tables=(Table("How long things are kept", ("What", "For"), periods, prose=True),),
    )
    yield Section(
        "Step 3: consultation",
        words=(f"{OPEN}: staff and their unions, parents, pupils, the safeguarding lead, IT.",),
    )


def _necessity(setup: Setup) -> Iterator[Section]:
    latest = setup.notice
    told = f"{latest[0]}, given by {latest[1]:%d %B %Y}" if latest else "NONE is on record"
    yield Section(
        "Step 4: necessity and proportion",
        points=(
            f"Lawful basis under Articles 6 and 9, and the condition of Schedule 1: {OPEN}.",
            "Less intrusive means that were considered, and why they do not do: " + OPEN + ".",
            f"Notice to users, which the law asks for: {told}.",
            "Findings hold places and reasons, and never the text itself.",
            "A finding is a reason to look. No decision about anybody is made by a machine.",
            f"Rules in force: {len(setup.rules_on):,}; on trial: {len(setup.rules_trial):,}; "
            f"off: {len(setup.rules_off):,}.",
        ),
    )


def _risks(setup: Setup) -> Iterator[Section]:
    protected = ", ".join(setup.protected) or "NONE is set"
    roles = "checked for every act" if setup.roles else "NOT SET, so nobody is checked"
    anchors = "sent away, so that a change shows" if setup.anchors else "NOT sent to anybody"
    rows = (
        (
            "Somebody reads without need",
            "cases by two people, limited in people and days; every "
            f"search and look recorded; roles {roles}",
        ),
        ("Confidential counsel is read", f"opened by two people only: {protected}"),
        (
            "A false accusation",
            "findings say why and how sure; precision of each rule is measured; a person decides",
        ),
        (
            "A danger is missed",
            "each month a sample of unflagged mail is read and what was missed is estimated",
        ),
        (
            "Mail is altered or lost",
            f"exact bytes, write-once, under a chain of hashes; heads {anchors}",
        ),
        ("Kept too long", "retention deletes and certifies; holds are by case"),
        ("The archive is broken into", f"{OPEN}: disk encryption, network, accounts"),
    )
    yield Section(
        "Steps 5 and 6: risks and what is done about them",
        words=("How likely and how grave each remains is for people to judge.",),
        tables=(Table("Risks and measures", ("Risk", "What the system does"), rows, prose=True),),
    )


def _end() -> Iterator[Section]:
    yield Section(
        "Step 7: outcome",
        words=(f"{OPEN}: measures approved by, residual risks approved by, advice of the DPO.",),
    )


def notice(setup: Setup) -> str:
    """What users are to be told, in plain words; a draft for people to agree on."""
    trust = setup.trust or "The Trust"
    protected = ", ".join(setup.protected) or "nothing is set"
    allowed = "a second person allowed" if setup.roles else "names who allowed it"
    kept = "; ".join(f"{what}: {length}" for what, length in setup.periods)
    return (
        "\n\n".join(
            (
                f"{trust}: your e-mail may be monitored",
                f"{trust} keeps a copy of every e-mail sent to or from its addresses "
                f"({', '.join(setup.domains) or 'its domains'}), including messages that are "
                "deleted later. This is section 9 of the acceptable-use policy.",
                "Why: to investigate alleged wrongful acts, and to meet legal obligations: to keep "
                "children safe and to protect personal data. For nothing else.",
                "How: a computer looks in every message for personal data leaking, offensive "
                "matter, bullying, and contact between staff and students that the policy forbids. "
                "It marks messages; it decides nothing about anybody.",
                f"Who may look: only people named for it, only in a case that {allowed}, only at "
                "the people and days of that case. Every look is recorded.",
                f"Opened only if two people agree: {protected}.",
                f"How long it is kept: {kept}. What a case or the law needs is kept until that "
                "ends.",
                "Your rights: you may ask for the data about you, object, and complain to the "
                "Information Commissioner. Ask the Trust's Data Protection Officer.",
            )
        )
        + "\n"
    )
