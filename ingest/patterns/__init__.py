"""Following the mail for patterns: a memory of what passed, and the look that decides on it."""
