from django.conf import settings
from django.core.management.base import BaseCommand

from cms.operations.open_site import open_site
from marketplace.accounts.operations.entrust_managers import entrust_managers
from search.operations.entrust import entrust_synonyms


class Command(BaseCommand):
    help = "Make the first pages and groups of a new site; again without harm."

    def handle(self, **options: object) -> None:
        open_site(base_url=settings.BASE_URL)
        entrust_synonyms()
        entrust_managers()
        self.stdout.write(f"Pages and groups are there, at {settings.BASE_URL}.")
