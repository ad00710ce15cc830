"""The API in OpenAPI (drf-spectacular) and a page to try it on. The apps know nothing of it.

`operations.py` says what each endpoint takes and answers, by the name of its URL.
"""
