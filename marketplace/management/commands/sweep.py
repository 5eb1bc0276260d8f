from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.payments.operations.look_after import look_after
from stores.operations.sweep import sweep


class Command(BaseCommand):
    help = "Write down what time has ended, and give back what is owed. Every minute."

    def handle(self, **options: object) -> None:
        now = timezone.now()
        lapsed = sweep(at=now)
        money = look_after(at=now)
        self.stdout.write(
            f"{lapsed} orders lapsed; {money.corrected} payments put right, "
            f"{money.lapsed} lapsed, {money.refunded} refunds paid."
        )
