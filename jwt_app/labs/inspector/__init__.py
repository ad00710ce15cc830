"""Paste a token, see what it says, and whether it is what it claims to be. Nothing that is pasted is kept."""
