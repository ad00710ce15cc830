"""The same by curl, in Python and in JavaScript: a call as data, and what a terminal, a program and a page make of it.

`calls.py` has the calls. The other device sends the very same ones (`authdemo/device/actions.py`), so what a page
shows is what runs.
"""
