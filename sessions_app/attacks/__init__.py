"""Attacks on sessions, really sent: predict, send, see the answer and the line of Django that decided.

Delete this folder and its line in INSTALLED_APPS, and the app still works.
"""
