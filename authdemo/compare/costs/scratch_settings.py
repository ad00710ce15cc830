"""The settings of the scratch site: the site's own, with a clock in the hasher, and a page that does nothing."""

from __future__ import annotations

import os

from authdemo.settings import *  # noqa: F403
from authdemo.settings import LOGGING, PASSWORD_HASHERS
from authdemo.settings.env import VAR_DIR

# In the place of Django's own, which has the same name: of two, the last would check.
STOCK, TIMED = "django.contrib.auth.hashers.PBKDF2PasswordHasher", "authdemo.compare.costs.hashing.TimedHasher"
PASSWORD_HASHERS = [TIMED if name == STOCK else name for name in PASSWORD_HASHERS]
ROOT_URLCONF = "authdemo.compare.costs.scratch_urls"
# Each request writes its line of the access log, to nowhere: what a terminal costs is nobody's mechanism.
LOGGING = LOGGING | {
    "handlers": {"console": {"class": "logging.FileHandler", "filename": os.devnull, "formatter": "line"}}
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# For SESSION_STORE=file, which is one of the variants.
SESSION_FILE_PATH = str(VAR_DIR / "sessions")
(VAR_DIR / "sessions").mkdir(mode=0o700, exist_ok=True)
