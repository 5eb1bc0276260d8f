from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.operations.look_after import look_after
from stores.operations.sweep import sweep, sweep_uncollected


class Command(BaseCommand):
    help = "Write down what time has ended, and give back what is owed. Every minute."

    def handle(self, **options: object) -> None:
        now = timezone.now()
        lapsed, put_back = sweep(at=now), sweep_uncollected(at=now)
        self.stdout.write(f"{lapsed} orders lapsed, {put_back} pick-ups put back.")
        money = look_after(at=now)
        self.stdout.write(
            f"{money.corrected} payments put right, {money.lapsed} lapsed, "
            f"{money.refunded} refunds paid."
        )
