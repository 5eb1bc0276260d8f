"""What may be set from outside, and that the documentation says the same."""

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


def test_readme_and_env_example_list_every_setting_in_order():
    assert [row[0].strip("`") for row in read_readme_table("name")] == list(
        ENVIRONMENT.scheme
    )
    assert list(read_env_example()) == list(ENVIRONMENT.scheme)


def test_readme_defaults_match_schema():
    defaults = {row[0].strip("`"): row[1] for row in read_readme_table("name")}

    for name, (_kind, default) in ENVIRONMENT.scheme.items():
        exact = re.fullmatch(r"`([^`]+)`", defaults[name])
        if exact:
            assert exact[1] == default


def test_env_example_equals_defaults(clean_environment, monkeypatch):
    monkeypatch.chdir(ROOT)
    without = read_environment()

    for name, value in read_env_example().items():
        monkeypatch.setenv(name, value)
    with_it = read_environment()

    for values in (without, with_it):
        file = values["DATABASE_URL"]["NAME"]
        values["DATABASE_URL"]["NAME"] = Path(file).absolute()
    assert with_it == without


def test_settings_without_environment_stay_local(clean_environment):
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
        "VIETQR_ACCOUNT_NAME": ("A" * 71, "two\nlines"),
        "INVOICE_URL": ("misa://key@host", "/srv/invoices", "a-b://x", "file://"),
        "BANK_WEBHOOK_SECRET": ("too short", "with a blank in it"),
        "UNPAID_ORDERS_PER_BUYER": ("0", "-1", "many", "1.5"),
        "UNPAID_UNITS_PER_PRODUCT": ("0", "-1", "many", "1.5"),
    }
)


def test_every_setting_has_invalid_value_cases():
    assert set(ENVIRONMENT.scheme) - set(WRONG) == {"SECRET_KEY", "ALLOWED_HOSTS"}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]]
)
def test_invalid_setting_raises_improperly_configured_naming_it(
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
def test_incomplete_payment_provider_settings_are_refused(
    clean_environment, name, value, missing
):
    clean_environment.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is not set, and"):
        read_environment()


def test_csp_form_action_allows_stripe_only_when_configured():
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


def test_manage_py_with_invalid_setting_fails_with_message():
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
def test_allowed_hosts_are_split_by_commas(clean_environment, text, hosts):
    clean_environment.setenv("ALLOWED_HOSTS", text)

    assert read_environment()["ALLOWED_HOSTS"] == hosts


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("YES", True), ("off", False)]
)
def test_debug_accepts_common_boolean_words(clean_environment, text, expected):
    clean_environment.setenv("DEBUG", text)

    assert read_environment()["DEBUG"] is expected


def test_secret_key_is_generated_once_and_private(clean_environment, tmp_path):
    clean_environment.setattr(our_settings, "VAR", tmp_path / "var")

    first = read_environment()["SECRET_KEY"]

    assert read_environment()["SECRET_KEY"] == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_https_base_url_enables_secure_cookies_and_hsts():
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


def test_environment_is_read_in_one_module():
    """Nothing but the block asks the environment."""
    asks = re.compile(r"os\.environ(?!\.setdefault)|os\.getenv|\bEnv\(")
    asking = [
        file.relative_to(ROOT).as_posix()
        for package in ("catalogue", "cms", "marketplace", "search", "stores")
        for file in (ROOT / package).rglob("*.py")
        if asks.search(file.read_text())
    ]

    assert asking == ["marketplace/settings.py"]


def test_readme_commands_exist():
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))

    assert set(re.findall(r"(?:^ +|`)make ([a-z]+)", README, re.M)) <= verbs
    assert {"run", "test", "check", "bench"} <= verbs
    ours = set(re.findall(r"manage\.py\s+([a-z_]+)", README))
    assert ours
    assert ours <= set(get_commands())


def test_ci_runs_make_check():
    text = (ROOT / ".ci" / "run").read_text()

    assert text.rstrip().endswith("make check")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_targets_have_help():
    makefile = (ROOT / "Makefile").read_text()
    verbs = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M))

    assert verbs == set(re.findall(r"^([a-z]+):.*## \w", makefile, re.M))


def test_readme_demo_accounts_exist():
    accounts = {row[0].strip("`") for row in read_readme_table("account")}

    assert accounts == {f"{name}@demo.test" for name in ACCOUNTS}
    assert f"`{PASSWORD}`" in README


def test_readme_packages_exist():
    packages = {row[0].strip("`") for row in read_readme_table("package")}

    found = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == found


@pytest.mark.parametrize("path", re.findall(r"!\[.+?\]\((.+?)\)", README))
def test_readme_images_exist(path):
    assert (ROOT / path).exists()


def test_languages_start_with_vietnamese():
    assert [code for code, _name in django_settings.LANGUAGES] == ["vi", "en"]
    assert django_settings.LANGUAGE_CODE == "vi"
