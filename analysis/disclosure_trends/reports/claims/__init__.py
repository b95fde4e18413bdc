"""Claims that somebody made, and verdicts computed from findings."""
