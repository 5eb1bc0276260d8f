from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.refusals import Refusal
from search.outbox import deliver_changes, rebuild_index, run_delivery_loop


class Command(BaseCommand):
    help = "Deliver changes to Elasticsearch; with --keep-on again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-on", action="store_true")
        parser.add_argument("--every", type=float, default=1, help="seconds")

    def handle(self, *, keep_on: bool, every: float, **options: object) -> None:
        if not settings.ELASTICSEARCH_URL:
            raise CommandError("ELASTICSEARCH_URL is not set: the database answers.")
        if keep_on:
            run_delivery_loop(every_s=every, rebuild=rebuild_index)
        try:
            number = deliver_changes()
        except Refusal as refusal:
            raise CommandError(f"Nothing is lost. {refusal}") from None
        self.stdout.write(f"{number} changes were delivered.")
