"""Every detector there is. A rule that is in neither tuple does not run."""

from detectors import bank_account, nhs_number, nino, payment_card, upn
from detectors.contract import Detector, MailDetector, Rule

DETECTORS: tuple[Detector, ...] = (
    bank_account.DETECTOR,
    nhs_number.DETECTOR,
    nino.DETECTOR,
    payment_card.DETECTOR,
    upn.DETECTOR,
)
"""They read each text."""

MAIL_DETECTORS: tuple[MailDetector, ...] = ()
"""They read the whole message, after the others."""

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *(detector.rule for detector in DETECTORS),
            *(rule for detector in MAIL_DETECTORS for rule in detector.rules),
        ),
        key=lambda rule: rule.id,
    )
)
"""Every rule that runs, by name."""
