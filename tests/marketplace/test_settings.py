"""What may be set from outside, and that the papers say the same of it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands

from marketplace import settings as our_settings
from marketplace.demo.people import ACCOUNTS, PASSWORD
from marketplace.settings import ENVIRONMENT, ROOT, read_environment

README = (ROOT / "README.md").read_text()
EXAMPLE = ROOT / ".env.example"


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ENVIRONMENT.scheme:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def read_readme_table(heading: str) -> list[list[str]]:
    """The cells of the table in the README that begins with a column of that name."""
    table = README.split(f"| {heading} |")[1].split("\n\n")[0]
    lines = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def read_env_example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def test_readme_and_example_name_every_setting_in_order():
    assert [row[0].strip("`") for row in read_readme_table("name")] == list(
        ENVIRONMENT.scheme
    )
    assert list(read_env_example()) == list(ENVIRONMENT.scheme)


def test_readme_gives_the_defaults_that_hold():
    defaults = {row[0].strip("`"): row[1] for row in read_readme_table("name")}

    for name, (_kind, default) in ENVIRONMENT.scheme.items():
        exact = re.fullmatch(r"`([^`]+)`", defaults[name])
        if exact:
            assert exact[1] == default


def test_the_example_changes_nothing(clean_environment, monkeypatch):
    monkeypatch.chdir(ROOT)
    without = read_environment()

    for name, value in read_env_example().items():
        monkeypatch.setenv(name, value)
    with_it = read_environment()

    for values in (without, with_it):
        file = values["DATABASE_URL"]["NAME"]
        values["DATABASE_URL"]["NAME"] = Path(file).absolute()
    assert with_it == without


def test_with_nothing_set_everything_is_on_this_machine(clean_environment):
    values = read_environment()

    assert values["DEBUG"] is False
    assert values["DATABASE_URL"]["ENGINE"].endswith("sqlite3")
    assert values["CACHE_URL"]["BACKEND"].endswith("LocMemCache")
    assert values["EMAIL_URL"]["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert len(values["SECRET_KEY"]) >= 50


WRONG = MappingProxyType(
    {
        "DEBUG": ("maybe", "2", "False!"),
        "BASE_URL": ("shop.example", "ftp://shop.example", "https://", "/"),
        "DATABASE_URL": ("mysql://host/name", "shop.sqlite3", "postgres"),
        "CACHE_URL": ("memory", "nothing://"),
        "EMAIL_URL": ("console", "pigeon://"),
        "MEDIA_URL": ("media", "/media", "media/"),
        "STORAGE_URL": ("/srv/media", "s3://bucket", "file://", "file://srv/media"),
        "ELASTICSEARCH_URL": ("localhost:9200", "ftp://search.example"),
        "TILE_URL": ("https://tile.example/", "https://tile.example/{z}/{x}.png"),
        "STRIPE_SECRET_KEY": ("pk_live_1", "secret", "sk_", "sk_live 1"),
        "STRIPE_WEBHOOK_SECRET": ("whsec_", "sk_live_1"),
        "STRIPE_API_BASE": ("api.stripe.com", "ftp://api.stripe.com"),
        "VIETQR_BANK_BIN": ("VCB", "97043", "9704360"),
        "VIETQR_ACCOUNT": ("12 34", "1" * 20, "1234-5"),
        "INVOICE_URL": ("misa://key@host", "/srv/invoices", "a-b://x", "file://"),
        "BANK_WEBHOOK_SECRET": ("too short", "with a blank in it"),
    }
)


def test_every_setting_that_can_be_wrong_is_tried():
    assert set(ENVIRONMENT.scheme) - set(WRONG) == {"SECRET_KEY", "ALLOWED_HOSTS"}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]]
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(
    clean_environment, name, value
):
    clean_environment.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{name} is set but wrong: ."):
        read_environment()


@pytest.mark.parametrize(
    ("name", "value", "missing"),
    [
        ("STRIPE_SECRET_KEY", "sk_test_1", "STRIPE_WEBHOOK_SECRET"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_1", "STRIPE_SECRET_KEY"),
        ("VIETQR_BANK_BIN", "970436", "VIETQR_ACCOUNT"),
        ("VIETQR_ACCOUNT", "0123456789", "VIETQR_BANK_BIN"),
    ],
)
def test_half_a_way_to_pay_is_refused(clean_environment, name, value, missing):
    clean_environment.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is not set, and"):
        read_environment()


def test_a_form_may_lead_to_stripe_only_where_stripe_is_set_up():
    code = "from marketplace import settings as s; print("
    code += "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"

    def answer(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    both = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
    assert answer(STRIPE_SECRET_KEY="", STRIPE_WEBHOOK_SECRET="") == """["'self'"]"""
    assert "'https://checkout.stripe.com'" in answer(**both)


def test_a_wrong_value_stops_the_start():
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "TILE_URL": "nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "TILE_URL is set but wrong: " in started.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("a.example", ["a.example"]),
        (" a.example , b.example,", ["a.example", "b.example"]),
    ],
)
def test_hosts_are_separated_by_commas(clean_environment, text, hosts):
    clean_environment.setenv("ALLOWED_HOSTS", text)

    assert read_environment()["ALLOWED_HOSTS"] == hosts


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("YES", True), ("off", False)]
)
def test_yes_and_no_are_understood(clean_environment, text, expected):
    clean_environment.setenv("DEBUG", text)

    assert read_environment()["DEBUG"] is expected


def test_the_key_is_made_once_and_read_by_its_owner_only(clean_environment, tmp_path):
    clean_environment.setattr(our_settings, "VAR", tmp_path / "var")

    first = read_environment()["SECRET_KEY"]

    assert read_environment()["SECRET_KEY"] == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_https_turns_on_what_belongs_to_it():
    code = "from marketplace import settings as s; print("
    code += "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"

    def answer(base_url: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "BASE_URL": base_url},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert answer("https://shop.example") == "True True True"
    assert answer("http://shop.example") == "False False False"


def test_settings_are_read_in_one_place():
    """Nothing but the block asks the environment."""
    asks = re.compile(r"os\.environ(?!\.setdefault)|os\.getenv|\bEnv\(")
    asking = [
        file.relative_to(ROOT).as_posix()
        for package in ("catalogue", "cms", "marketplace", "search", "stores")
        for file in (ROOT / package).rglob("*.py")
        if asks.search(file.read_text())
    ]

    assert asking == ["marketplace/settings.py"]


def test_every_command_in_the_readme_is_there():
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))

    assert set(re.findall(r"(?:^ +|`)make ([a-z]+)", README, re.M)) <= verbs
    assert {"run", "test", "check", "bench"} <= verbs
    ours = set(re.findall(r"manage\.py\s+([a-z_]+)", README))
    assert ours
    assert ours <= set(get_commands())


def test_ci_does_what_check_does():
    text = (ROOT / ".ci" / "run").read_text()

    assert text.rstrip().endswith("make check")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_verb_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text()
    verbs = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M))

    assert verbs == set(re.findall(r"^([a-z]+):.*## \w", makefile, re.M))


def test_the_accounts_in_the_readme_are_those_of_the_demonstration():
    accounts = {row[0].strip("`") for row in read_readme_table("account")}

    assert accounts == {f"{name}@demo.test" for name in ACCOUNTS}
    assert f"`{PASSWORD}`" in README


def test_the_packages_in_the_readme_are_the_ones_there_are():
    packages = {row[0].strip("`") for row in read_readme_table("package")}

    found = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == found


@pytest.mark.parametrize("path", re.findall(r"!\[.+?\]\((.+?)\)", README))
def test_the_pictures_of_the_readme_are_there(path):
    assert (ROOT / path).exists()


def test_the_languages_are_vietnamese_first():
    assert [code for code, _name in django_settings.LANGUAGES] == ["vi", "en"]
    assert django_settings.LANGUAGE_CODE == "vi"
