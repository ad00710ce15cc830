"""The family of a refresh token as a tree, and the race of two tabs, for real."""
