from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.operations.look_after import look_after
from marketplace.payments.operations.reconcile import reconcile
from stores.operations.sweep import sweep, sweep_uncollected


class Command(BaseCommand):
    help = "Write down what time has ended, and give back what is owed. Every minute."

    def handle(self, **options: object) -> None:
        now = timezone.now()
        learnt = reconcile(at=now)
        # Who may have paid is not told that time is over; her goods are free anyway.
        lapsed = 0 if learnt.silent else sweep(at=now)
        put_back = sweep_uncollected(at=now)
        self.stdout.write(f"{lapsed} orders lapsed, {put_back} pick-ups put back.")
        money = look_after(at=now)
        self.stdout.write(
            f"{learnt.changed} payments put right, {money.lapsed} lapsed, "
            f"{money.refunded} refunds paid."
        )
