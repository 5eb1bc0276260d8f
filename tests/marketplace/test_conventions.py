"""What the house promises of its own walls."""

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest
from django.apps import AppConfig, apps
from django.core.management import call_command
from oscar.core.application import OscarConfig

from marketplace.settings import ROOT

FORKS = (
    "catalogue",
    "search",
    "stores.partner",
    "marketplace.checkout.basket",
    "marketplace.office.dashboard",
    "marketplace.orders",
)


def test_project_never_imports_haystack():
    code = (
        "import sys, django; django.setup(); import marketplace.urls;"
        "from django.urls import get_resolver; get_resolver().reverse_dict;"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] == 'haystack'))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == "[]"


def test_installed_apps_exclude_haystack(settings):
    assert not [app for app in settings.INSTALLED_APPS if "haystack" in app]


@pytest.mark.parametrize("fork", FORKS)
def test_oscar_fork_docstring_lists_overrides(fork):
    docstring = import_module(fork).__doc__ or ""

    assert "Oscar" in docstring
    assert len(docstring.split()) > 10


def test_oscar_forks_are_all_listed(settings):
    ours = {
        app.split(".apps.")[0]
        for app in [*settings.OSCAR_APPS, *settings.OUR_APPS]
        if not app.startswith("oscar")
        and issubclass(type(get_app_config(app)), OscarConfig)
    }

    assert ours == set(FORKS)


def get_app_config(app: str) -> AppConfig:
    return next(
        config
        for config in apps.get_app_configs()
        if config.name == app.split(".apps.")[0]
    )


def test_makemigrations_finds_no_changes(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_only_tokens_css_contains_colours():
    """One file of the style sheets says what a colour is."""
    css = ROOT / "marketplace" / "static" / "marketplace" / "css"
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(")
    comment = re.compile(r"/\*.*?\*/", re.DOTALL)
    found = {
        file.name: colour.findall(comment.sub("", file.read_text()))
        for file in css.glob("*.css")
        if file.name != "tokens.css"
    }

    assert {name: colours for name, colours in found.items() if colours} == {}


def test_modules_have_no_vague_names():
    vague = {"utils.py", "helpers.py", "managers.py", "services.py", "signals.py"}
    found = {
        file.relative_to(ROOT).as_posix()
        for package in ("catalogue", "cms", "marketplace", "search", "stores")
        for file in (ROOT / package).rglob("*.py")
        if file.name in vague
    }

    assert found == set()
