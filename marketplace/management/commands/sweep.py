from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.operations.look_after import look_after


class Command(BaseCommand):
    help = "Write down what time has ended, and give back what is owed. Every minute."

    def handle(self, **options: object) -> None:
        done = look_after(at=timezone.now())
        self.stdout.write(
            f"{done.orders_lapsed} orders lapsed, {done.put_back} pick-ups put back."
        )
        self.stdout.write(
            f"{done.corrected} payments put right, {done.attempts_lapsed} lapsed, "
            f"{done.refunded} refunds paid."
        )
