"""Evidence: what leaves the archive, so that somebody else can verify it without us."""
