from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.refusals import Refusal
from marketplace.demo.load import load


class Command(BaseCommand):
    help = "Load the Quảng Nam demonstration; again without duplicates."

    def handle(self, **options: object) -> None:
        try:
            counts = load(now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        numbers = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The shop has {numbers}.")
