"""Special category data and school records about one person (UK GDPR Art. 9 and 10; clause 6.3).

Health, special needs, safeguarding, ethnicity, religion, sexuality, offences; free school meals,
exclusions, marks; staff discipline and pay. The phrases are ours; `personal_record` judges them.
"""

from detectors.contract import Detector
from detectors.personal_record import detector, phrases, record_rule
from section9 import Category

SPECIAL = Category.SPECIAL_CATEGORY
PLAIN = Category.PERSONAL_DATA

HEALTH = detector(
    record_rule(
        "health",
        title="Somebody's health",
        help_="Health is special category data (UK GDPR Art. 9): for those who care for them only.",
        severity=4,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "diagnosed with", "was diagnosed", "been diagnosed", "diagnosis of", "suffers from",
            "is on medication", "takes medication", "prescribed", "sectioned", "was sectioned",
            "in remission", "had a seizure", "has a seizure", "had a miscarriage", "is pregnant",
            "hiv positive", "tested positive for", "signed off sick", "signed off with",
            "off sick with", "sick note", "fit note", "medical condition", "care plan for",
            "epipen", "insulin", "inhaler", "chemotherapy", "took an overdose", "overdosed",
            "suicide attempt", "attempted suicide", "suicidal", "suicidal thoughts",
            "self harming", "self-harming", "self harmed", "self-harmed", "eating disorder",
            "panic attacks", "under camhs", "seen by camhs", "camhs referral", "referred to camhs",
            "camhs appointment", "occupational health report", "occupational health referral",
            "medical history", "mental health crisis", "postnatal depression",
        ),
        weak=(
            "epilepsy", "epileptic", "diabetes", "diabetic", "asthma", "asthmatic", "anorexia",
            "anorexic", "bulimia", "depression", "anxiety", "bipolar", "schizophrenia", "cancer",
            "leukaemia", "tumour", "crohn's", "colitis", "cystic fibrosis", "sickle cell",
            "multiple sclerosis", "arthritis", "hepatitis", "pregnancy", "miscarriage",
            "allergic to", "anaphylaxis", "anaphylactic", "ocd", "ptsd", "tourette's",
            "tourettes", "mental health", "medication", "seizure", "seizures", "hospitalised",
            "surgery on", "operation on", "counselling sessions", "psychiatrist", "therapist",
        ),
    ),
)  # fmt: skip

SEN = detector(
    record_rule(
        "sen",
        title="Somebody's special educational needs",
        help_="Needs and plans tell of a child's health: special category data.",
        severity=4,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "has an ehcp", "has an ehc plan", "ehcp for", "ehc plan for", "ehcp review",
            "on the sen register", "on the send register", "sen register", "send register",
            "sen support", "send support", "statement of sen", "is autistic", "has autism",
            "has adhd", "has dyslexia", "is dyslexic", "is dyspraxic", "on the spectrum",
            "ehc needs assessment", "educational psychologist report",
            "educational psychologist's report", "one page profile", "needs a scribe",
            "1:1 support", "one to one support", "individual education plan", "provision map for",
        ),
        weak=(
            "ehcp", "ehc plan", "autism", "autistic", "asd", "adhd", "dyslexia", "dyslexic",
            "dyspraxia", "dyscalculia", "speech and language therapy", "salt report",
            "hearing impaired", "visually impaired", "semh", "pmld", "slcn", "senco",
            "extra time", "access arrangements",
        ),
    ),
)  # fmt: skip

MEALS = detector(
    record_rule(
        "free-school-meals",
        title="Somebody's free school meals",
        help_="Tells a family's income.",
        severity=3,
        category=PLAIN,
    ),
    phrases(
        strong=(
            "is fsm", "gets free school meals", "receives free school meals",
            "eligible for free school meals", "entitled to free school meals", "ever 6",
            "claims free school meals", "is pupil premium", "is pp",
        ),
        weak=("free school meals", "free school meal", "fsm", "pupil premium", "ppg"),
    ),
)  # fmt: skip

SAFEGUARDING = detector(
    record_rule(
        "safeguarding-file",
        title="A safeguarding or child-protection file",
        help_="May put a child in danger; for the Designated Safeguarding Lead and partners only.",
        severity=5,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "child protection plan", "child protection conference", "child protection file",
            "child protection register", "on a child protection", "cp plan", "cp file",
            "child in need plan", "cin plan", "cin meeting", "section 47", "section 17",
            "s47 enquiry", "mash referral", "referred to mash", "referral to children's services",
            "referred to social services", "referred to social care", "social worker visited",
            "looked after child", "is a lac", "lac review", "pep meeting", "in foster care",
            "in care of the local authority", "taken into care", "disclosed abuse",
            "made a disclosure", "disclosed that", "disclosure about", "at risk of harm",
            "at risk of significant harm", "risk of fgm", "at risk of exploitation",
            "criminal exploitation", "sexual exploitation", "county lines", "was abused",
            "being abused", "sexually abused", "physically abused", "hit by his", "hit by her",
            "domestic abuse at home", "domestic violence at home", "marac", "operation encompass",
            "cpoms entry", "cpoms log", "on cpoms", "prevent referral", "channel panel",
            "lado referral", "early help assessment", "multi agency meeting", "strategy meeting",
        ),
        weak=(
            "safeguarding concern", "safeguarding concerns", "child protection", "social worker",
            "social services", "neglect", "domestic abuse", "domestic violence", "cpoms",
            "bruises", "bruising", "grooming", "fgm", "foster carer", "foster carers", "early help",
        ),
    ),
)  # fmt: skip

ETHNICITY = detector(
    record_rule(
        "ethnicity",
        title="Somebody's ethnic origin",
        help_="Special category data (UK GDPR Art. 9).",
        severity=3,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "ethnicity:", "ethnic origin:", "ethnic origin is", "ethnicity is", "of roma descent",
            "traveller family", "is a traveller", "gypsy roma", "asylum seeker", "is a refugee",
            "immigration status", "leave to remain", "refugee status",
        ),
        weak=(
            "ethnicity", "ethnic origin", "ethnic background", "white british", "black african",
            "black caribbean", "mixed heritage", "pakistani", "bangladeshi", "roma", "traveller",
        ),
    ),
)  # fmt: skip

RELIGION = detector(
    record_rule(
        "religion",
        title="Somebody's religion or belief",
        help_="Special category data (UK GDPR Art. 9).",
        severity=3,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "religion:", "is a practising", "is a muslim", "is muslim", "is a jehovah's witness",
            "is jewish", "is hindu", "is a sikh", "is a catholic", "converted to islam",
            "converted to christianity", "family are jehovah's witnesses", "religion is",
            "withdrawn from religious education", "withdrawn from re",
        ),
        weak=("jehovah's witness", "practising muslim", "practising christian", "baptised"),
    ),
)  # fmt: skip

SEXUALITY = detector(
    record_rule(
        "sexuality",
        title="Somebody's sexuality or gender identity",
        help_="Special category data (UK GDPR Art. 9); may put a young person at risk at home.",
        severity=4,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "is gay", "is a lesbian", "is bisexual", "is transgender", "is trans", "is non binary",
            "is non-binary", "came out as", "has come out", "came out to", "sexual orientation is",
            "sexuality is", "is transitioning", "gender identity clinic", "gender dysphoria",
            "identifies as", "in a same sex relationship", "uses they them pronouns",
        ),
        weak=("sexual orientation", "gender identity", "transgender", "lesbian", "bisexual"),
    ),
)  # fmt: skip

CRIMINAL = detector(
    record_rule(
        "criminal-record",
        title="Somebody's offences",
        help_="Criminal offence data (UK GDPR Art. 10).",
        severity=4,
        category=SPECIAL,
    ),
    phrases(
        strong=(
            "was convicted", "been convicted", "convicted of", "previous convictions",
            "spent conviction", "spent convictions", "unspent", "criminal record", "was arrested",
            "been arrested", "arrested for", "charged with", "cautioned for", "police caution",
            "on bail", "released on licence", "youth offending", "yot worker", "in prison",
            "served time", "sex offender", "dbs disclosed", "dbs disclosure", "positive dbs",
            "on probation for", "community order", "court order against",
        ),
        weak=("conviction", "convictions", "caution", "bail", "probation officer", "offences"),
    ),
)  # fmt: skip

EXCLUSION = detector(
    record_rule(
        "exclusion",
        title="Somebody's exclusion or behaviour record",
        help_="A pupil's discipline is for the school and the family.",
        severity=3,
        category=PLAIN,
    ),
    phrases(
        strong=(
            "permanently excluded", "permanent exclusion", "fixed term exclusion",
            "fixed-term exclusion", "was excluded", "been excluded", "was suspended",
            "been suspended", "suspended for", "excluded for", "suspension letter",
            "exclusion letter", "managed move", "behaviour log", "behaviour record",
            "governors disciplinary", "pupil referral unit", "placed on report", "on report for",
        ),
        weak=("exclusion", "exclusions", "suspension", "detention", "isolation room"),
    ),
)  # fmt: skip

MARKS = detector(
    record_rule(
        "marks",
        title="Somebody's marks or report",
        help_="Results are for the pupil, the family and the school.",
        severity=2,
        category=PLAIN,
        clause="7.3",
    ),
    phrases(
        strong=(
            "predicted grade", "predicted grades", "mock result", "mock results", "school report",
            "end of year report", "reading age", "working below", "working towards",
            "working at greater depth", "cats score", "sats results", "sats result",
            "target grade", "attainment 8", "progress 8 score", "effort grade",
        ),
        weak=("grade", "grades", "marks", "test score", "attainment", "attendance"),
    ),
)  # fmt: skip

DISCIPLINE = detector(
    record_rule(
        "staff-discipline",
        title="A colleague's discipline or grievance",
        help_="For the parties and those who decide; it may end in a tribunal.",
        severity=4,
        category=PLAIN,
    ),
    phrases(
        strong=(
            "disciplinary hearing", "disciplinary investigation", "disciplinary meeting",
            "final written warning", "written warning", "gross misconduct", "capability procedure",
            "capability process", "informal capability", "formal capability", "support plan for",
            "was dismissed", "been dismissed", "suspended on full pay", "settlement agreement",
            "raised a grievance", "grievance against", "grievance hearing", "allegation against",
            "complaint against", "performance management concerns", "redundancy selection",
            "failed probation", "probation extended", "low level concern", "absence management",
        ),
        weak=("disciplinary", "grievance", "misconduct", "capability", "dismissal", "allegation"),
    ),
)  # fmt: skip

PAY = detector(
    record_rule(
        "pay",
        title="A colleague's pay",
        help_="What somebody earns is between them and the employer.",
        severity=3,
        category=PLAIN,
    ),
    phrases(
        strong=(
            "salary of", "salary is", "earns £", "is paid £", "paid £", "on a salary", "her salary",
            "his salary", "pay rise for", "payslip for", "pay point", "moves to m6", "moves to ups",
            "upper pay", "tlr payment", "tlr of", "threshold application", "pay progression for",
            "gross pay", "net pay", "attachment of earnings",
        ),
        weak=("salary", "payslip", "pay scale", "pay award", "overpayment"),
    ),
)  # fmt: skip

DETECTORS: tuple[Detector, ...] = (
    HEALTH, SEN, MEALS, SAFEGUARDING, ETHNICITY, RELIGION, SEXUALITY, CRIMINAL, EXCLUSION, MARKS,
    DISCIPLINE, PAY,
)  # fmt: skip
"""In the order of the policy's interest."""
