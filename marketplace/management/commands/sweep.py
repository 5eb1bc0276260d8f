from django.core.management.base import BaseCommand
from django.utils import timezone

from stores.operations.sweep import sweep, sweep_uncollected


class Command(BaseCommand):
    help = "Write down what time has ended: unpaid holds and pick-ups nobody came for."

    def handle(self, **options: object) -> None:
        now = timezone.now()
        lapsed, put_back = sweep(at=now), sweep_uncollected(at=now)
        self.stdout.write(f"{lapsed} orders lapsed, {put_back} pick-ups put back.")
