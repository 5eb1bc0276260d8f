from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.demo.load import NotADemonstration, load


class Command(BaseCommand):
    help = "Load the Quảng Nam demonstration; again without duplicates."

    def handle(self, **options: object) -> None:
        try:
            counts = load(now=timezone.now())
        except NotADemonstration:
            raise CommandError(
                "The demonstration is loaded only with DEBUG=true: its prices and"
                " stock are invented."
            ) from None
        numbers = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The shop has {numbers}.")
