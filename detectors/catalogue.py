"""Every detector there is. A rule that is in none of the tuples does not run."""

from detectors import (
    acts,
    bank_account,
    belittling,
    birth_date,
    concern,
    driving_licence,
    home_address,
    iban,
    ip_address,
    nhs_number,
    nino,
    offensive,
    passport,
    password,
    payment_card,
    personal_email,
    photograph,
    pupil_list,
    pupil_on_roll,
    school_records,
    secret_key,
    share_link,
    telephone,
    uln,
    upn,
    utr,
    vehicle_registration,
)
from detectors.contact import detector as student_contact
from detectors.contract import Detector, MailDetector, Rule, TextDetector
from detectors.patterns import decide

DETECTORS: tuple[Detector, ...] = (
    bank_account.DETECTOR,
    birth_date.DETECTOR,
    driving_licence.DETECTOR,
    home_address.DETECTOR,
    iban.DETECTOR,
    ip_address.DETECTOR,
    nhs_number.DETECTOR,
    nino.DETECTOR,
    passport.DETECTOR,
    password.DETECTOR,
    payment_card.DETECTOR,
    personal_email.DETECTOR,
    pupil_list.DETECTOR,
    pupil_on_roll.DETECTOR,
    secret_key.DETECTOR,
    share_link.DETECTOR,
    telephone.DETECTOR,
    uln.DETECTOR,
    upn.DETECTOR,
    utr.DETECTOR,
    vehicle_registration.DETECTOR,
    *school_records.DETECTORS,
)
"""They read each text."""

TEXT_DETECTORS: tuple[TextDetector, ...] = (
    offensive.DETECTOR,
    concern.DETECTOR,
    belittling.DETECTOR,
)
"""They read each text, passage by passage."""

MAIL_DETECTORS: tuple[MailDetector, ...] = (
    photograph.DETECTOR,
    student_contact.DETECTOR,
    acts.DETECTOR,
)
"""They read the whole message, after the others."""

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *(detector.rule for detector in DETECTORS),
            *(rule for detector in TEXT_DETECTORS for rule in detector.rules),
            *(rule for detector in MAIL_DETECTORS for rule in detector.rules),
        ),
        key=lambda rule: rule.id,
    )
)
"""Every rule that reads a message, by name."""

EVERY_RULE: tuple[Rule, ...] = tuple(sorted((*RULES, *decide.RULES), key=lambda rule: rule.id))
"""Those of patterns over many messages too."""
