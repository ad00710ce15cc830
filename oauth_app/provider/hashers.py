"""How a client's secret is stored. It stands in PASSWORD_HASHERS, never first: users' passwords keep the slow one."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ClientSecretHasher(PBKDF2PasswordHasher):
    """Django's own, with one round.

    Hundreds of thousands of rounds make it slow to try the passwords that people choose. A secret of 256 random bits
    cannot be tried out at any speed, and it is checked at each exchange. `check_password` finds the hasher by its
    name in the stored value, and changes the stored value only where a setter is given, which `check_secret` does not.
    """

    algorithm = "client_secret"
    iterations = 1
