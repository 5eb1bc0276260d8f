import logging

from django.core.management.base import BaseCommand

from marketplace.tasks.worker import Worker, work


class Command(BaseCommand):
    help = "Run the schedule and every task: letters, invoices, refunds, search."

    def handle(self, **options: object) -> None:
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = Worker()
        worker.configure_signals()
        self.stdout.write("Working; press Ctrl+C to stop.")
        work(worker)
