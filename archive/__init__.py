"""The archive: write-once blobs, the hash-chained ledger, and the proof that both are whole."""
