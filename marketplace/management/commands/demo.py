from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from threading import Thread

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from marketplace.demo.files import FOLDER, read
from marketplace.demo.load import is_loaded, load, picture_names
from marketplace.demo.people import ACCOUNTS, PASSWORD
from marketplace.demo.pictures import start_drawing
from marketplace.tasks.worker import Worker, work


class Command(BaseCommand):
    help = "Serve the demonstration: migrate and load what is missing first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options: object) -> None:
        if not settings.DEBUG:
            raise CommandError("The demonstration is served only with DEBUG=true.")
        if is_of_another_version():
            file = Path(connection.settings_dict["NAME"])
            place = settings.VAR if settings.VAR in file.parents else file
            raise CommandError(
                f"{file} holds the data of another version of the shop: to begin anew,"
                f" remove {place} and run this again."
            )
        self.prepare()
        self.stdout.write(f"\nThe market: http://127.0.0.1:{port}/\n")
        self.stdout.write(f"Password of every account: {PASSWORD}\n")
        for name, description in ACCOUNTS.items():
            self.stdout.write(f"  {name}@demo.test  {description}\n")
        Thread(target=work, args=[Worker()], daemon=True, name="work").start()
        settings.MIDDLEWARE.append("marketplace.middleware.ErrorPages")
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)

    def prepare(self) -> None:
        """Bring the database and the sample data to today, if they are not there.

        On a new machine the art is drawn by another process while the tables are made.
        """
        is_new = "catalogue_product" not in connection.introspection.table_names()
        if not is_new:
            call_command("migrate", verbosity=0)
            if not is_loaded(now=timezone.now()):
                call_command("load_demo", stdout=self.stdout)
            return
        self.stdout.write("Making the shop; this takes a minute or two.\n")
        connection.close()
        with ProcessPoolExecutor(max_workers=1) as drawers:
            names = picture_names(read(today=timezone.localdate()))
            drawn = start_drawing(FOLDER / "art", names, drawers)
            call_command("migrate", verbosity=0)
            counts = load(now=timezone.now(), drawn=drawn)
        numbers = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"The shop has {numbers}.\n")


def is_of_another_version() -> bool:
    """Whether the database has migrations of our apps that this checkout has not."""
    ours = {
        config.label
        for config in apps.get_app_configs()
        if settings.ROOT in Path(config.path).parents
        and "site-packages" not in config.path
    }
    applied = MigrationRecorder(connection).applied_migrations().keys()
    known = MigrationLoader(None).disk_migrations.keys()
    return any(label in ours for label, _name in applied - known)
