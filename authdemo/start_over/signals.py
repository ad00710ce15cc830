"""Somebody starts over: for whoever keeps something else about one browser."""

from django.dispatch import Signal

started_over = Signal()
"""Has `request`. Sent while the browser's cookies still say which one it is; sender is None."""
