"""Session engines: Django's own, made certain where a cache takes part, so that what has ended stays ended.

`SESSION_STORE` chooses in `authdemo/settings/sessions.py`. Each module is named as Django's engine that it stands for.
"""

from __future__ import annotations


class StoreUnavailable(Exception):
    """The store that alone holds the sessions cannot be asked or told. `SessionMiddleware` answers 503."""
