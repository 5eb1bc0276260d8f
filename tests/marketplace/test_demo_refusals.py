"""What is not loaded or served: half of it, another version, or with DEBUG off."""

import os
import sqlite3
import subprocess
import sys

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from catalogue.models import Area
from catalogue.refusals import Refusal
from cms.models import HomePage
from marketplace.accounts.models import User
from marketplace.demo.load import load
from marketplace.demo.people import ACCOUNTS, PASSWORD
from marketplace.management.commands.demo import is_of_another_version
from marketplace.settings import ROOT


def test_load_demo_failure_rolls_everything_back(db, settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr("marketplace.demo.load.start_drawing", lambda *_: {})
    monkeypatch.setattr("marketplace.demo.load.save_pictures", lambda *_: {})

    with pytest.raises(KeyError):  # no pictures, after the areas are written
        load(now=timezone.now())

    assert not Area.objects.exists()
    assert not HomePage.objects.exists()


def test_load_demo_without_debug_is_refused(db, settings):
    settings.DEBUG = False

    with pytest.raises(Refusal, match="only with DEBUG=true"):
        load(now=timezone.now())
    with pytest.raises(CommandError, match="only with DEBUG=true"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="only with DEBUG=true"):
        call_command("demo")

    assert not Area.objects.exists()


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_demo_account_without_debug_cannot_sign_in(db, settings, client, rf, name):
    person = User.objects.create_user(f"{name}@demo.test", PASSWORD)

    request = rf.post("/account/sign-in/", {"username": person.email})
    settings.DEBUG = True
    assert authenticate(request, username=person.email, password=PASSWORD) == person
    client.force_login(person)

    settings.DEBUG = False
    for written in (person.email, person.email.upper()):
        assert authenticate(request, username=written, password=PASSWORD) is None
    assert client.get("/account/").status_code == 302


def test_current_database_version_is_accepted(db):
    assert not is_of_another_version()


@pytest.mark.parametrize("label", ["stores", "catalogue", "cms"])
def test_unknown_own_migration_means_another_version(db, label):
    MigrationRecorder(connection).record_applied(label, "0099_of_another_house")

    assert is_of_another_version()


def test_unknown_foreign_migration_is_ignored(db):
    MigrationRecorder(connection).record_applied("wagtailcore", "0999_newer")

    assert not is_of_another_version()


def test_make_run_with_data_of_another_version_explains_and_stops(tmp_path):
    file = tmp_path / "shop.sqlite3"
    with sqlite3.connect(file) as database:
        database.executescript(
            "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text,"
            " name text, applied datetime);"
            "CREATE TABLE catalogue_product (id integer PRIMARY KEY);"
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('stores', '0099_of_another_house', '2026-01-01');"
        )
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "true", "DATABASE_URL": f"sqlite:///{file}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"CommandError: {file} holds the data of another version of the shop: to begin"
        f" anew, remove {file} and run this again."
    )
    with sqlite3.connect(file) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
    assert sorted(tables) == [("catalogue_product",), ("django_migrations",)]
