from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.orders.reconciliation import reconcile


class Command(BaseCommand):
    help = "Check that the books agree with each other, and list the faults."

    def handle(self, **options: object) -> None:
        report = reconcile(at=timezone.now())
        for fault in report.faults:
            self.stdout.write(fault)
        rows = ", ".join(f"{count} {rows}" for rows, count in report.checked.items())
        if report.faults:
            raise CommandError(f"{len(report.faults)} faults in {rows}.")
        self.stdout.write(f"The books agree: {rows}.")
