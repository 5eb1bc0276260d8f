from django.core.management.base import BaseCommand
from django.utils import timezone

from stores.operations.warn_keepers import warn_keepers


class Command(BaseCommand):
    help = "Write to keepers about what runs low at their points; once a day a point."

    def handle(self, **options: object) -> None:
        told = warn_keepers(at=timezone.now())
        self.stdout.write(f"The keepers of {told} points were told.")
