from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.refusals import Refusal
from search.index import index_everything
from search.outbox import rebuild_index


class Command(BaseCommand):
    help = "Write every search entry anew, and a new index where there is a cluster."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only-index",
            action="store_true",
            help="keep the entries, build Elasticsearch's index from them",
        )

    def handle(self, *, only_index: bool, **options: object) -> None:
        if not only_index:
            self.stdout.write(f"{index_everything()} entries were written.")
        if not settings.ELASTICSEARCH_URL:
            return
        try:
            number = rebuild_index()
        except Refusal as refusal:
            raise CommandError(f"The old index stays. {refusal}") from None
        self.stdout.write(f"The new index answers, with {number} documents.")
