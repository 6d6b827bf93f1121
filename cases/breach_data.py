"""The kinds of personal data and of people that the ICO's breach report asks for.

The kinds are those that its form offers; which rule of ours finds which stands here once.
"""

from collections.abc import Mapping
from enum import StrEnum

from section9 import Category, Finding, PersonRole


class Data(StrEnum):
    """Kinds of personal data, in the order of the form."""

    ETHNIC = "racial or ethnic origin"
    RELIGION = "religious or philosophical beliefs"
    SEXUALITY = "sex life, sexual orientation or gender identity"
    HEALTH = "health, and special educational needs"
    OFFENCES = "criminal convictions and offences"
    SAFEGUARDING = "safeguarding and child protection"
    OTHER_SPECIAL = "other special category data"
    BASIC = "basic personal identifiers: names, contact details, dates of birth"
    NUMBERS = "identification numbers: NHS, National Insurance, pupil and learner numbers"
    CREDENTIALS = "identification data: user names, passwords, keys"
    FINANCIAL = "economic and financial data"
    DOCUMENTS = "official documents: passports, driving licences"
    LOCATION = "location data"
    SCHOOL = "school records: marks, exclusions, free school meals"
    EMPLOYMENT = "employment records: pay, discipline, grievances"
    PHOTOGRAPHS = "photographs of people"


SPECIAL = frozenset(
    {
        Data.ETHNIC,
        Data.RELIGION,
        Data.SEXUALITY,
        Data.HEALTH,
        Data.SAFEGUARDING,
        Data.OTHER_SPECIAL,
    }
)
"""Special category data (Article 9), safeguarding records among it: they tell of health, sex life
and worse."""

_BY_RULE: Mapping[str, Data] = {
    "ethnicity": Data.ETHNIC,
    "religion": Data.RELIGION,
    "sexuality": Data.SEXUALITY,
    "health": Data.HEALTH,
    "sen": Data.HEALTH,
    "criminal-record": Data.OFFENCES,
    "safeguarding-file": Data.SAFEGUARDING,
    "nhs-number": Data.NUMBERS,
    "nino": Data.NUMBERS,
    "upn": Data.NUMBERS,
    "uln": Data.NUMBERS,
    "utr": Data.FINANCIAL,
    "passport": Data.DOCUMENTS,
    "driving-licence": Data.DOCUMENTS,
    "ip-address": Data.LOCATION,
    "vehicle-registration": Data.LOCATION,
    "marks": Data.SCHOOL,
    "exclusion": Data.SCHOOL,
    "free-school-meals": Data.SCHOOL,
    "pay": Data.EMPLOYMENT,
    "staff-discipline": Data.EMPLOYMENT,
    "pupil-photograph": Data.PHOTOGRAPHS,
}
_BY_CATEGORY: Mapping[Category, Data] = {
    Category.PERSONAL_DATA: Data.BASIC,
    Category.FINANCIAL: Data.FINANCIAL,
    Category.CREDENTIALS: Data.CREDENTIALS,
    Category.SPECIAL_CATEGORY: Data.OTHER_SPECIAL,
}
ONE_EACH = frozenset({"nhs-number", "nino", "upn", "uln", "utr", "passport", "driving-licence"})
"""Rules whose values a person has one of: as many people at least as values."""

PEOPLE: Mapping[PersonRole, str] = {
    PersonRole.STUDENT: "pupils",
    PersonRole.PARENT: "parents and carers",
    PersonRole.STAFF: "staff",
    PersonRole.GOVERNOR: "governors and trustees",
    PersonRole.VOLUNTEER: "volunteers",
}


def data_of(finding: Finding) -> Data | None:
    """The kind of personal data that a finding is of; None where it is of none."""
    return _BY_RULE.get(finding.rule) or _BY_CATEGORY.get(finding.category)
