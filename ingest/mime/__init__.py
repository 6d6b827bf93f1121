"""Taking a message apart and decoding it: what `ingest.parse` is made of."""
