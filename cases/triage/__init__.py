"""Triage: what waits for a decision, who decides it, and what was decided."""
