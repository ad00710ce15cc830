"""Attacks on "sign in with …", really sent: predict, send, see the answer and the line that decided.

Delete this folder and its lines in INSTALLED_APPS and urls.py, and the site still works: links to it go by themselves.
`manage.py migrate oauth_attacks zero`, while it is there, drops its table. Delete with it its tests, its lists in
`authdemo/sourcecode/pages/` and their names in `registry.py`, and its name in `pyproject.toml`, which `lint-imports`
reads.
What `demo/outside` has for it (the clients `naive-…` and `quiz-…`, the quiz, the tampering switch) does no harm.
"""
