"""The words that tell what a number is, by topic. Ours alone, so a finding may quote them.

Written bare and in lower case: any of a space, a hyphen, a slash, a dot or nothing may stand
between two words, the last word may take an `s`, and `#` stands for `number` and its short forms.
A longer phrase hides a shorter one inside it: `order #` is no `#` of something else.
"""

from collections.abc import Iterator
from enum import StrEnum

JOINTS = (" ", "-", "/", ".", ". ", "")
NUMBER_WORDS = ("number", "no", "num", "nr", "id", "code")


class Topic(StrEnum):
    """What a phrase speaks of."""

    NHS = "nhs"
    NINO = "nino"
    UPN = "upn"
    CARD = "card"
    SORT_CODE = "sort-code"
    ACCOUNT = "account"
    ULN = "uln"
    UTR = "utr"
    PASSPORT = "passport"
    LICENCE = "driving-licence"
    VEHICLE = "vehicle"
    BIRTH = "birth"
    WHEN = "when"  # some other day
    PHONE = "phone"
    OWN_PHONE = "own-phone"  # somebody's private one
    EMAIL = "email"
    OWN_EMAIL = "own-email"  # likewise
    ADDRESS = "address"
    IP = "ip"
    OTHER = "other"  # names some other kind of number
    HEALTH = "health"
    PERSON = "person"
    WORK = "work"
    SCHOOL = "school"
    MONEY = "money"
    CAR = "car"
    PICTURE = "picture"
    OCCASION = "occasion"  # on which pupils are photographed
    NOTHING = "nothing"  # hides a shorter phrase that would mislead


NAMES = frozenset(
    {
        Topic.NHS,
        Topic.NINO,
        Topic.UPN,
        Topic.CARD,
        Topic.SORT_CODE,
        Topic.ACCOUNT,
        Topic.ULN,
        Topic.UTR,
        Topic.PASSPORT,
        Topic.LICENCE,
        Topic.VEHICLE,
        Topic.BIRTH,
        Topic.PHONE,
        Topic.OWN_PHONE,
        Topic.EMAIL,
        Topic.OWN_EMAIL,
        Topic.ADDRESS,
        Topic.IP,
        Topic.OTHER,
    }
)
"""The topics that say what a number is; the rest only say what a text is about."""

PHRASES: dict[Topic, tuple[str, ...]] = {
    Topic.NHS: (
        "nhs", "nhs #", "nhs ref", "national health", "national health service",
        "national health #", "patient #", "patient ref", "patient reference", "health #",
        "health service #", "health and care #", "chi #", "h c #",
    ),
    Topic.NINO: (
        "nino", "ni", "n i", "ni #", "n i #", "national insurance", "national insurance #",
        "nat ins", "nat ins #", "nat insurance", "insurance #", "nino #",
    ),
    Topic.UPN: (
        "upn", "upn #", "u p n", "unique pupil", "unique pupil #", "unique pupil reference",
        "pupil #", "pupil unique #", "former upn", "temporary upn",
    ),
    Topic.CARD: (
        "card", "card #", "card details", "credit card", "debit card", "credit card #",
        "debit card #", "bank card", "payment card", "visa", "visa debit", "mastercard",
        "master card", "amex", "american express", "maestro", "diners club", "barclaycard",
        "long #", "16 digit #", "procurement card", "purchasing card", "purchase card", "pan",
    ),
    Topic.SORT_CODE: ("sort code", "sort", "sortcode #", "branch sort code", "s c"),
    Topic.ACCOUNT: (
        "account", "account #", "acc", "acc #", "acct", "acct #", "a c", "a c #", "bank account",
        "bank account #", "current account", "savings account", "ac #",
    ),
    Topic.ULN: (
        "uln", "uln #", "unique learner", "unique learner #", "unique learner reference",
        "learner #", "learner reference #",
    ),
    Topic.UTR: (
        "utr", "utr #", "unique taxpayer", "unique taxpayer reference", "unique tax reference",
        "unique taxpayer reference #", "taxpayer reference", "taxpayer reference #",
        "tax reference", "tax reference #", "self assessment #", "self assessment reference",
        "tax ref",
    ),
    Topic.PASSPORT: (
        "passport", "passport #", "uk passport", "british passport", "passport details",
        "travel document", "travel document #",
    ),
    Topic.LICENCE: (
        "driving licence", "driving licence #", "driving license", "driving license #",
        "driver #", "drivers licence", "drivers license", "drivers licence #",
        "driver's licence", "driver's license", "driver licence #", "dvla licence", "licence #",
        "license #", "dl #",
    ),
    Topic.VEHICLE: (
        "registration #", "registration plate", "registration mark", "vehicle registration",
        "vehicle registration #", "vehicle reg", "car registration", "car registration #",
        "car reg", "car reg #", "van reg", "vehicle #", "reg #", "reg", "reg plate",
        "number plate", "numberplate", "licence plate", "license plate", "vrm", "vrn", "vehicle",
        "minibus registration", "my registration", "her registration",
        "his registration", "the registration is", "registration is",
    ),
    Topic.BIRTH: (
        "dob", "d o b", "date of birth", "dates of birth", "birth date", "birthdate", "birthday",
        "born", "born on", "birth", "pupil dob", "student dob", "child dob",
    ),
    Topic.WHEN: (
        "start date", "starting", "started", "expiry", "expiry date", "expires", "expire",
        "issued", "date of issue", "issue date", "due", "due date", "deadline", "leaving date",
        "left", "admission date", "date of admission", "joined", "admitted", "valid from",
        "valid until", "meeting", "visit", "trip", "interview", "appointment", "date", "dated",
        "sent", "received", "review date", "returned", "enrolled", "date of entry", "today",
        "married", "died", "date of death", "signed", "on or before", "hearing", "exam",
        "last day", "first day", "from", "until", "before", "after", "since",
    ),
    Topic.PHONE: (
        "phone", "phone #", "telephone", "telephone #", "tel", "tel #", "mobile", "mobile #",
        "mob", "cell", "cell phone", "fax", "fax #", "call us", "call me", "call on",
        "please call", "dial",
        "landline", "switchboard", "extension", "ext", "helpline", "hotline", "whatsapp", "sms",
        "contact #", "contact tel", "work #", "daytime #",
    ),
    Topic.OWN_PHONE: (
        "home #", "home phone", "home phone #", "home tel", "home telephone", "home telephone #",
        "home mobile", "my mobile", "my mobile #", "my #", "my phone", "my phone #", "my cell",
        "personal mobile", "personal mobile #", "personal #", "personal phone", "private #",
        "private mobile", "emergency contact", "emergency contact #", "emergency #",
        "parent mobile", "parent phone", "parent contact", "parent contact #", "parent tel",
        "parent's mobile", "parent's number", "parental contact", "contact # for parent",
        "mother's mobile", "mother's number", "mother's phone", "father's mobile",
        "father's number", "father's phone", "mum's mobile", "mum's number", "mum's phone",
        "dad's mobile", "dad's number", "dad's phone", "carer's number", "carer's mobile",
        "carer's phone", "guardian's number", "guardian phone", "guardian mobile", "next of kin #",
        "next of kin", "her mobile", "his mobile", "their mobile", "her number", "his number",
        "student mobile", "pupil mobile", "nan's number", "her phone #", "his phone #",
        "priority 1 contact", "contact 1 phone", "contact 1 mobile",
    ),
    Topic.EMAIL: (
        "email", "e mail", "email address", "e mail address", "email #", "mail", "from", "cc",
        "reply to", "subject",
    ),
    Topic.OWN_EMAIL: (
        "personal email", "personal e mail", "personal email address", "private email",
        "private email address", "home email", "home email address", "my email", "my email is",
        "my email address", "parent email", "parent email address", "parent's email",
        "parental email", "carer's email", "guardian email", "mum's email", "dad's email",
        "her personal email", "his personal email", "student email", "pupil email",
        "contact email", "home e mail", "her email", "his email", "their email",
    ),
    Topic.ADDRESS: (
        "home address", "home addresses", "lives at", "living at", "live at", "lived at",
        "lives in", "moved to", "moving to", "resides at", "residing at", "resident of",
        "residential address", "permanent address", "private address", "personal address",
        "current address", "new address", "my address", "her address", "his address",
        "their address", "parent address", "parent's address", "pupil address",
        "student address", "correspondence address", "address line", "address line 1",
        "address", "postcode", "post code", "home postcode", "home visit", "staying at",
        "parental address", "contact address", "family home", "deliver to",
    ),
    Topic.IP: (
        "ip", "ip address", "ip addresses", "ipv4", "ipv6", "ip addr", "client ip", "source ip",
        "remote ip", "logged in from", "login from", "sign in from",
    ),
    Topic.CAR: (
        "car", "car park", "parking", "parked", "parking permit", "vehicle", "van", "minibus",
        "driver", "dvla", "mot", "road tax", "number plates", "insurance", "motorbike", "taxi",
        "drives a", "driving a", "ford", "vauxhall", "volkswagen", "vw", "toyota", "nissan",
        "renault", "peugeot", "bmw", "audi", "honda", "hyundai", "kia", "fiat", "skoda", "volvo",
        "mercedes", "citroen", "corsa", "fiesta", "astra", "golf", "polo",
    ),
    Topic.PICTURE: (
        "photo", "photograph", "picture", "pic", "snap", "image", "album", "photo album",
        "school photo", "class photo", "photoshoot", "gallery", "video", "footage",
    ),
    Topic.OCCASION: (
        "sports day", "school trip", "residential", "nativity", "school play", "prom",
        "leavers", "class photo", "school photo", "year 1", "year 2", "year 3", "year 4",
        "year 5", "year 6", "year 7", "year 8", "year 9", "year 10", "year 11", "year 12",
        "year 13", "reception class", "nursery class", "swimming gala", "world book day",
        "the children", "the kids", "class assembly", "harvest assembly", "school council",
        "tutor group", "form group", "house captains", "prefects", "choir", "football team",
        "netball team", "rugby team",
    ),
    Topic.OTHER: (
        "room", "room #", "classroom", "lab",
        # buying and sending
        "order", "order #", "order ref", "purchase order", "purchase order #", "po", "po #",
        "invoice", "invoice #", "receipt #", "quote #", "quotation #", "tracking", "tracking #",
        "consignment", "consignment #", "parcel", "shipment", "waybill", "dispatch", "despatch",
        "delivery #", "booking", "booking #", "booking ref", "ticket", "ticket #", "transaction",
        "transaction #", "transaction ref", "basket", "item #", "sku", "barcode", "ean", "upc",
        "gtin", "isbn", "isbn 10", "isbn 13", "issn", "doi", "product #", "part #", "serial",
        "serial #", "model", "model #", "product key", "licence key", "license key", "batch",
        "batch #", "lot #", "stock #", "asset", "asset #",
        "asset tag", "imei", "iccid", "sim", "sim #", "meter", "meter #", "mpan", "mprn",
        "voucher", "voucher #", "gift card", "gift card #", "library card", "library card #",
        "id card", "loyalty card", "loyalty card #", "clubcard", "membership card", "key card",
        "smart card", "sim card",
        # references
        "ref", "ref #", "reference", "reference #", "our ref", "your ref", "case #", "case ref",
        "job #", "job ref", "claim #", "policy", "policy #", "customer #", "customer ref",
        "client #",
        "supplier #", "vendor #", "member #", "membership #", "user #", "login", "username",
        "passcode", "password", "meeting #", "conference #", "document #", "file #",
        "record #", "request #", "incident #", "enquiry #", "application #", "vacancy #",
        "certificate #", "visa application", "visa application #", "payroll #", "employee #",
        "staff #", "personnel #", "vat", "vat #", "vat reg", "company #", "company registration #",
        "charity registration #", "business registration #", "domain registration #",
        "charity #", "trn", "teacher ref", "teacher reference #", "dbs #", "swift", "bic",
        "customer account", "customer account #", "gas account", "electricity account",
        # education
        "student #", "admission #", "candidate #", "uci", "uci #", "centre #", "exam #", "urn",
        "urn #", "laestab", "dfe #", "school #", "establishment #", "ukprn", "ucas", "ucas #",
        "qualification #", "qan", "qn",
        # machines and places
        "timestamp", "time stamp", "epoch", "unix time", "version", "build", "release",
        "revision", "commit", "message id", "session", "session #", "latitude", "longitude",
        "easting", "northing", "grid ref", "grid reference", "coordinates",
        "checksum", "hash", "md5", "sha", "error #", "hex", "population", "hits", "bytes",
        "isin", "cusip", "sedol",
    ),
    Topic.HEALTH: (
        "patient", "gp", "g p", "surgery", "doctor", "hospital", "clinic", "medical", "medicine",
        "medication", "health", "prescription", "prescribed", "vaccination", "vaccine",
        "immunisation", "immunization", "allergy", "allergies", "asthma", "epilepsy", "camhs",
        "consultant", "referral", "appointment", "nurse", "diagnosis", "diagnosed", "ehcp",
        "health visitor", "care plan", "paramedic", "ambulance", "paediatrician", "therapist",
    ),
    Topic.PERSON: (
        "surname", "forename", "first name",
        "last name", "full name", "gender", "maiden name", "marital status", "nationality",
    ),
    Topic.WORK: (
        "payroll", "hmrc", "tax", "tax code", "paye", "salary", "p45", "p46", "p60", "payslip",
        "pension", "employee", "starter", "new starter", "staff", "right to work", "contract",
        "benefit", "universal credit", "free school meal", "fsm", "wages", "starter checklist",
    ),
    Topic.SCHOOL: (
        "pupil", "student", "ctf", "common transfer file", "sims", "arbor", "bromcom", "census",
        "school census", "year group", "admission", "leaver", "on roll", "cohort", "ks1", "ks2",
        "ks3", "ks4", "key stage", "gias", "wonde", "pupil premium", "sen", "send", "attainment",
        "tutor group", "reg group", "learner",
    ),
    Topic.MONEY: (
        "bank", "banking", "bacs", "chaps", "payment", "pay", "paid", "payee", "payable",
        "transfer", "refund", "refunded", "reimburse", "reimbursement", "direct debit",
        "standing order", "building society", "iban", "cvv", "cvc", "cv2", "security code",
        "expiry", "expiry date", "expires", "exp", "exp date", "valid thru", "valid from",
        "valid to", "valid until", "cardholder", "card holder", "name on card", "charge",
        "charged", "billing", "checkout", "deposit", "donation", "barclays", "hsbc", "lloyds",
        "natwest", "santander", "halifax", "nationwide", "monzo", "starling", "tsb",
        "remittance", "beneficiary", "faster payment", "bank details", "credit", "debit",
    ),
    Topic.NOTHING: (
        "bank holiday", "report card", "business card", "birthday card", "christmas card",
        "greeting card", "thank you card", "post card", "flash card", "red card", "yellow card",
        "sd card", "memory card", "graphics card", "pay scale", "sort out", "on account of",
    ),
}  # fmt: skip


def spelled(topics: frozenset[Topic]) -> frozenset[str]:
    """Return every way to write every phrase of some topics."""
    return frozenset(text for topic in topics for one in PHRASES[topic] for text in spellings(one))


def spellings(phrase: str) -> Iterator[str]:
    """Yield every way to write a phrase that counts as the phrase."""
    variants = [phrase]
    if "#" in phrase:
        variants = [phrase.replace("#", word) for word in NUMBER_WORDS]
    for variant in variants:
        words = variant.split()
        for ending in ("", "s") if len(words[-1]) > 1 else ("",):
            yield from {joint.join(words) + ending for joint in JOINTS}
