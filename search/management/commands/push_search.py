from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.engines.elasticsearch import DoesNotAnswer
from search.operations.push import AlreadyDelivering, NoIndex, keep_pushing, push
from search.operations.rebuild import rebuild


class Command(BaseCommand):
    help = "Tell Elasticsearch what has changed; with --keep-on again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-on", action="store_true")
        parser.add_argument("--every", type=float, default=1, help="seconds")

    def handle(self, *, keep_on: bool, every: float, **options: object) -> None:
        if not settings.ELASTICSEARCH_URL:
            raise CommandError("ELASTICSEARCH_URL is not set: the database answers.")
        if keep_on:
            keep_pushing(every_s=every, rebuild=rebuild)
        try:
            number = push()
        except AlreadyDelivering:
            raise CommandError("Another process is delivering just now.") from None
        except NoIndex:
            raise CommandError(
                "There is no index yet: run manage.py reindex."
            ) from None
        except DoesNotAnswer as failure:
            raise CommandError(
                f"Elasticsearch does not answer; nothing is lost. {failure}"
            ) from None
        self.stdout.write(f"{number} changes were delivered.")
