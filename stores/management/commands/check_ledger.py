from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stores.reconciliation import reconcile


class Command(BaseCommand):
    help = "Prove that every balance is the sum of its movements, or say which is not."

    def handle(self, **options: object) -> None:
        proof = reconcile(at=timezone.now())
        for fault in proof.faults:
            self.stdout.write(fault)
        rows = ", ".join(f"{count} {what}" for what, count in proof.checked.items())
        if proof.faults:
            raise CommandError(f"{len(proof.faults)} faults in {rows}.")
        self.stdout.write(f"The books agree: {rows}.")
