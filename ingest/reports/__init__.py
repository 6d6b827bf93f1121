"""Journal reports: their parts, their grammar, and whether to believe them."""
