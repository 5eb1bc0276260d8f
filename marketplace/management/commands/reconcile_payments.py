from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.payments.operations.maintenance import reconcile_payments


class Command(BaseCommand):
    help = "Fetch from Stripe what its webhook should have reported by now."

    def handle(self, **options: object) -> None:
        result = reconcile_payments(at=timezone.now())
        if not result.is_complete:
            raise CommandError(
                f"Stripe does not answer; {result.checked} payments were checked."
            )
        self.stdout.write(
            f"{result.checked} payments checked, {result.corrected} corrected."
        )
