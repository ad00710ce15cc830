"""Experiments with sessions. Delete this folder, and the app still works."""
