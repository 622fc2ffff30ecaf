"""What a person can do to a message after the decision: one verb, one file."""
