"""A stored token at work: inside its scope, outside, refreshed, revoked; and what remains where after an end."""
