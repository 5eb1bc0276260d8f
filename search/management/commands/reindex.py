from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.engines.elasticsearch import DoesNotAnswer
from search.operations.index import index_everything
from search.operations.rebuild import AlreadyRebuilding, rebuild


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
            number = rebuild()
        except AlreadyRebuilding:
            raise CommandError("Another process is building an index.") from None
        except DoesNotAnswer as failure:
            raise CommandError(
                f"Elasticsearch does not answer; the old index goes on. {failure}"
            ) from None
        self.stdout.write(f"The new index answers, with {number} documents.")
