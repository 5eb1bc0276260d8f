from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.demo.files import FOLDER, BadFile
from marketplace.demo.load import NotADemonstration, load


class Command(BaseCommand):
    help = "Load the Quảng Nam demonstration; again without doubling."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER)

    def handle(self, *, folder: Path, **options: object) -> None:
        try:
            counts = load(now=timezone.now(), folder=folder)
        except NotADemonstration:
            raise CommandError(
                "The demonstration is loaded only with DEBUG=true: its prices and"
                " stock are invented."
            ) from None
        except BadFile as wrong:
            raise CommandError(f"Nothing was loaded. {wrong}") from None
        said = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The shop has {said}.")
