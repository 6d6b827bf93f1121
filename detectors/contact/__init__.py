"""Contact between staff and students that the policy forbids (clauses 6.2 and 6.4)."""
