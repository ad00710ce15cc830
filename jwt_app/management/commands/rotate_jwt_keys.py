"""`manage.py rotate_jwt_keys`: a new key signs from now on."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework_simplejwt.settings import api_settings

from jwt_app import keys
from jwt_app.backend import key_ring
from jwt_app.keyring import KeyRing

SYMMETRIC = (
    "{} has one secret, which signs and verifies: an old one that still verifies still signs. So nothing is rotated; "
    "to change it ends all tokens. Choose RS256, ES256 or EdDSA to rotate keys."
)
ONE_KEY = (
    "One key is set (JWT_SIGNING_KEY, or SIGNING_KEY in SIMPLE_JWT), so this command has no place for another. "
    "Keys rotate where JWT_KEY_RING names a file."
)


class Command(BaseCommand):
    """Rotate, and say what each key is good for now."""

    help = "Make a new key that signs from now on. The old ones verify until the last token that they signed expires."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one option."""
        parser.add_argument(
            "--drop-old",
            action="store_true",
            help="For a key that was stolen: the old ones verify no longer, and everybody has to sign in again.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. Raises CommandError with one sentence."""
        ring = _ring()
        try:
            done = ring.rotate(api_settings.ALGORITHM, drop_old=options["drop_old"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{done.new.kid} ({done.new.alg}) signs from now on, at every instance of this site.")
        if done.old:
            until = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(done.old.until))
            self.stdout.write(f"{done.old.kid} ({done.old.alg}) verifies until {until} UTC. Its private half is gone.")
        if options["drop_old"]:
            self.stdout.write("All other keys are gone. What they signed is refused here at once; another service")
            self.stdout.write("believes it for as long as it keeps the keys that it has fetched.")
        elif done.dropped:
            self.stdout.write(f"{done.dropped} that no token can need any more: gone.")


def _ring() -> KeyRing:
    if keys.is_symmetric(api_settings.ALGORITHM):
        raise CommandError(SYMMETRIC.format(api_settings.ALGORITHM))
    ring = key_ring()
    if ring is None:
        raise CommandError(ONE_KEY)
    return ring
