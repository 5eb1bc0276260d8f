from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.refusals import Refusal
from marketplace.rates.operations import load_rates, parse_rates


class Command(BaseCommand):
    help = "Load exchange rates from a CSV: currency, vnd, as_of."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
            rows = parse_rates(lines, today=timezone.localdate())
        except (OSError, UnicodeDecodeError) as wrong:
            raise CommandError(f"{file} cannot be read: {wrong}") from None
        except Refusal as wrong:
            raise CommandError(f"Nothing was loaded. {wrong}") from None
        self.stdout.write(f"{load_rates(rows=rows)} rates loaded.")
