"""`manage.py rotate_jwt_keys`: a new key signs from now on."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jwt_app.backend import rotate
from jwt_app.keyring import KeyRingError


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
        try:
            done = rotate(options["drop_old"])
        except KeyRingError as error:
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
