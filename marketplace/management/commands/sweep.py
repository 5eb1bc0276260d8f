from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.operations.maintenance import run_maintenance


class Command(BaseCommand):
    help = "End what has expired, and execute refunds that are due. Every minute."

    def handle(self, **options: object) -> None:
        done = run_maintenance(at=timezone.now())
        self.stdout.write(
            f"{done.orders_lapsed} orders lapsed, {done.uncollected} pick-ups put back."
        )
        self.stdout.write(
            f"{done.payments_corrected} payments corrected, "
            f"{done.payments_lapsed} lapsed, {done.refunds_done} refunds paid."
        )
