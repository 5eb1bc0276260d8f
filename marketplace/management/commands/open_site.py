from django.conf import settings
from django.core.management.base import BaseCommand

from cms.operations.open_site import open_site
from search.operations.entrust import entrust_synonyms


class Command(BaseCommand):
    help = "Make the first pages of a new site, in both languages; again without harm."

    def handle(self, **options: object) -> None:
        open_site(base_url=settings.BASE_URL)
        entrust_synonyms()
        self.stdout.write(f"The pages are there; the site is {settings.BASE_URL}.")
