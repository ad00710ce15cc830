"""Attacks on "sign in with …", really sent: predict, send, see the answer and the line that decided.

Delete this folder and its lines in INSTALLED_APPS and urls.py, and the app still works.
"""
