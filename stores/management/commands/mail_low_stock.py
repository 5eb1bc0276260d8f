from django.core.management.base import BaseCommand
from django.utils import timezone

from stores.operations.low_stock import notify_low_stock


class Command(BaseCommand):
    help = "Write to keepers about what runs low at their points; once a day a point."

    def handle(self, **options: object) -> None:
        notified = notify_low_stock(at=timezone.now())
        self.stdout.write(f"Points whose keepers were told: {notified}.")
