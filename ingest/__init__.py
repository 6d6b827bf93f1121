"""Bytes in, records out: what arrives is spooled, archived, parsed and handed to the detectors."""
