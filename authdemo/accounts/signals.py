"""What happens to accounts as such, for whoever wants to know."""

from __future__ import annotations

from django.dispatch import Signal

sign_ins_voided = Signal()
"""Whatever began before opens nothing any more, listed anywhere or not. Has `user` and `reason`: "everything" was
ended by one press, "password", "inactive" and "deleted" say what an administrator has done to the account.
"""
