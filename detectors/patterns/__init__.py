"""What only many messages show: bullying (clause 8), and contact over weeks (6.2 to 6.4)."""
