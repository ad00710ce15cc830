"""What each mechanism costs, measured on this machine: per request, per sign-in, per revocation, and as it grows.

Reading order: `calls.py` (one request, sent in process), `variants.py` (what is measured; `signing.py` has its
tokens), `growth.py` (the same among many rows), `measuring.py` (in turns, medians), `scratch.py` (the process in which
all of that happens). Then what the site has of it: `supervising.py` (`manage.py measure`), `results.py` (the file that
it writes), `views.py` (the page).
"""
