"""The yearly report to the Trust Board."""
