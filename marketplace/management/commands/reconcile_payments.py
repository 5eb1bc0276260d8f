from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.payments.operations.reconcile import reconcile


class Command(BaseCommand):
    help = "Ask Stripe about payments of which it should have told us by now."

    def handle(self, **options: object) -> None:
        done = reconcile(at=timezone.now())
        if done.silent:
            raise CommandError(
                f"Stripe does not answer; {done.asked} payments were asked about."
            )
        self.stdout.write(
            f"{done.asked} payments asked about, {done.changed} put right."
        )
