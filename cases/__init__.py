"""Cases: who may read whose mail, why, and until when (policy clause 9.2 and 9.3)."""
