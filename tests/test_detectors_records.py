"""Special categories and school records: what is said of one person, and what is said in general.

Marks (« ») stand round each phrase to find; the rule and the confidence stand before the text.
"""

import pytest

from detectors.evaluate import unmarked
from detectors.names import Naming, naming
from detectors.scan import Scanner
from detectors.school_records import DETECTORS

RULES = {detector.rule.id for detector in DETECTORS}
SAID = [
    ("health", "H", "Ann Example was told of her «diagnosis of» epilepsy."),
    ("health", "M", "Ann Example has «epilepsy», so please sit with her."),
    ("health", "M", "Mr Wrenfield is off. He was «signed off with» stress."),
    ("health", "M", "She «is pregnant» and would like to tell the team herself."),
    ("sen", "H", "Devan P is «on the SEN register» from today."),
    ("sen", "M", "Name,Need\nAnn Example,«ADHD»\n"),
    ("free-school-meals", "H", "Ann Example is «eligible for free school meals»."),
    ("safeguarding-file", "H", "«MASH referral» made for Ann Example this morning."),
    ("safeguarding-file", "M", "The boy «made a disclosure» to his tutor, and he is frightened."),
    ("ethnicity", "H", "Ann Example, «ethnic origin:» White British"),
    ("religion", "H", "Ann Example was «withdrawn from religious education»."),
    ("sexuality", "H", "Ann Example «came out to» me after the lesson."),
    ("criminal-record", "H", "Mr Vosper «was convicted» in 2019."),
    ("exclusion", "H", "Ann Example is «permanently excluded»."),
    ("marks", "H", "Ann Example's «predicted grades» are attached."),
    ("staff-discipline", "H", "Mrs Starkey received a «final written warning»."),
    ("pay", "H", "Mrs Starkey has a «salary of» 41,000."),
]
GENERAL = [
    "The policy on exclusions was reviewed. All staff must read it.",
    "Epilepsy awareness week starts on Monday. Assemblies at 9.",
    "All pupils on the SEND register will be reviewed in March.",
    "The governors discussed free school meals and pupil premium spending.",
    "Safeguarding training for all staff is on INSET day.",
    "Year 11 lesson plan: depression in the 1930s and its causes.",
    "Salary scales for September are on the website.",
    "Religion and ethics club meets in the library.",
    "https://news.example/mld/epilepsy/story",
]


@pytest.mark.parametrize(("rule", "level", "marked"), SAID)
def test_what_is_said_of_one_person_is_found(rule: str, level: str, marked: str) -> None:
    """The phrase is found with its confidence: a name makes it surer than a pronoun."""
    text, [span] = unmarked(marked)

    found = [each for each in Scanner().scan_text(text) if each.rule == rule]

    assert [(span.start, span.end, level)] == [
        (each.start, each.end, each.confidence[0].upper()) for each in found
    ]


@pytest.mark.parametrize("text", GENERAL)
def test_what_is_said_in_general_alerts_nobody(text: str) -> None:
    """A policy, a lesson and a training day are nobody's record."""
    found = [each for each in Scanner().scan_text(text) if each.rule in RULES]

    assert [] == [each.rule for each in found if each.confidence != "low"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Example was late", Naming.NAMED),
        ("Mrs Starkey was late", Naming.NAMED),
        ("Devan P was late", Naming.NAMED),
        ("he was late", Naming.SOMEBODY),
        ("my daughter was late", Naming.SOMEBODY),
        ("Dear Parents, the School Office is open on Monday", Naming.NOBODY),
        ("Year Six and Year Seven", Naming.NOBODY),
        ("nobody", Naming.NOBODY),
    ],
)
def test_how_plainly_somebody_is_named(text: str, expected: Naming) -> None:
    """Names by their shape, then pronouns; titles and the words of schools are no names."""
    assert expected is naming(text)
