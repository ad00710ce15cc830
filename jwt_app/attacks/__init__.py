"""Attacks on tokens, forged from a real one and really sent: predict, send, see the answer and the line that decided.

Delete this folder and its line in INSTALLED_APPS, and the app still works.
"""
