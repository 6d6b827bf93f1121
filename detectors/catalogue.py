"""Every detector there is. A rule that is not in this tuple does not run."""

from detectors import bank_account, nhs_number, nino, payment_card, upn
from detectors.contract import Detector

DETECTORS: tuple[Detector, ...] = (
    bank_account.DETECTOR,
    nhs_number.DETECTOR,
    nino.DETECTOR,
    payment_card.DETECTOR,
    upn.DETECTOR,
)
