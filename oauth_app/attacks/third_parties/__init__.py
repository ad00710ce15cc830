"""Attacks on the access that other people's apps have here, really sent: to this site, and to allauth as it comes.

Delete this folder, its line in `oauth_app/attacks/urls.py`, its two templates and its tests, and the other attacks
still work. What was predicted lies in their table.
"""
