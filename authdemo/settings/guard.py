"""One guard for every password (django-axes): who guesses is stopped, whichever way in was chosen."""

from __future__ import annotations

# Where wrong passwords are counted: by account and address, and with a higher limit by account. See authdemo/guard.
AXES_HANDLER = "authdemo.guard.handler.GuardHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
# A name, its e-mail address and either in capitals are one account.
AXES_USERNAME_CALLABLE = "authdemo.guard.keys.account_key"
# The address that events show, too. Behind a proxy, BEHIND_PROXY says which.
AXES_CLIENT_IP_CALLABLE = "authdemo.guard.keys.address_key"
# 15 minutes; in the demo one.
AXES_COOLOFF_TIME = "authdemo.guard.limits.cool_off"
# Tries during a lock make it no longer: with that, a stranger could keep somebody out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# 429 with Retry-After, as a page or as JSON. axes' own page has no Retry-After.
AXES_LOCKOUT_CALLABLE = "authdemo.guard.answers.locked"
# `authdemo.events` is the record of sign-ins.
AXES_DISABLE_ACCESS_LOG = True
# Our admin page shows no form data and lets go of locks.
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# allauth's own limits count by address alone: a class behind one router would lock itself out.
ACCOUNT_RATE_LIMITS = {"login": False, "login_failed": False}
