from django.conf import settings
from django.core.management.base import BaseCommand

from cms.operations.create_initial_pages import create_initial_pages
from marketplace.office.permissions import grant_manager_permissions
from search.wagtail_hooks import grant_synonym_permissions


class Command(BaseCommand):
    help = "Create the first pages and groups of a new site; safe to run again."

    def handle(self, **options: object) -> None:
        create_initial_pages(base_url=settings.BASE_URL)
        grant_synonym_permissions()
        grant_manager_permissions()
        self.stdout.write(f"Pages and groups are there, at {settings.BASE_URL}.")
