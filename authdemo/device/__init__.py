"""The other device: a second HTTP client with a cookie jar of its own, run by the server for one browser.

With it one learner can be in two places: sign in there, hand it a copy of a credential, end the session here, and see
what the copy is still worth. It calls nothing but this demo (`transport.py`), does nothing but what `actions.py`
lists, and belongs to the browser that opened it (`store.py`).
"""
