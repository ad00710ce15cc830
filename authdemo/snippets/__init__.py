"""The same by curl and by Python: a call as data, and what a terminal and a program make of it.

`calls.py` has the calls. The other device sends the very same ones (`authdemo/device/actions.py`), so what a page
shows is what runs.
"""
