from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.accounting.operations.issue_invoices import issue_invoices


class Command(BaseCommand):
    help = "Issue electronic invoices of what the journal of sales has. Each minute."

    def handle(self, **options: object) -> None:
        done = issue_invoices(at=timezone.now())
        if done.failed:
            raise CommandError(
                f"{done.issued} invoices issued, {done.failed} not: see the office."
            )
        self.stdout.write(f"{done.issued} invoices issued.")
