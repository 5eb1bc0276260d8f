"""What may be set from outside: one typed block, checked at the start."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from marketplace.accounting import providers

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


def yes_or_no(text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "on": True}
    answers |= {"0": False, "false": False, "no": False, "off": False, "": False}
    if text.lower() not in answers:
        raise ValueError(f"“{text}” is neither true nor false")
    return answers[text.lower()]


def web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"“{text}” is not an http(s) address")
    return text.rstrip("/")


def folder(text: str) -> Path:
    parts = urlsplit(text)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ValueError(f"“{text}” is not of the form file:///folder")
    return Path(parts.path)


def path_or_address(text: str) -> str:
    if text.startswith("/") and text.endswith("/"):
        return text
    return web_address(text) + "/"


def database(text: str) -> dict[str, object]:
    if urlsplit(text).scheme not in ("sqlite", "postgres", "postgresql"):
        raise ValueError(f"“{text}” is neither sqlite:///file nor postgres://…")
    return environ.Env.db_url_config(text)


def cluster(text: str) -> str:
    return web_address(text) if text else ""


def tiles(text: str) -> str:
    if not all(part in text for part in ("{z}", "{x}", "{y}")):
        raise ValueError(f"“{text}” lacks {{z}}, {{x}} or {{y}}")
    return web_address(text)


def spelt(pattern: str, shape: str) -> Callable[[str], str]:
    """A text that has to look like something, said in `shape`."""

    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"it does not look like {shape}")
        return text

    return checked


SCHEMA: dict[str, tuple[Callable[[str], Any], Any]] = {
    "SECRET_KEY": (str, ""),
    "DEBUG": (yes_or_no, False),
    "ALLOWED_HOSTS": (list, ["localhost", "127.0.0.1", "[::1]"]),
    "BASE_URL": (web_address, "http://127.0.0.1:8000"),
    "DATABASE_URL": (database, f"sqlite:///{VAR}/shop.sqlite3"),
    "CACHE_URL": (environ.Env.cache_url_config, "locmemcache://"),
    "ELASTICSEARCH_URL": (cluster, ""),
    "EMAIL_URL": (environ.Env.email_url_config, "consolemail://"),
    "MEDIA_URL": (path_or_address, "/media/"),
    "STORAGE_URL": (folder, f"file://{VAR}/media"),
    "TILE_URL": (tiles, "https://tile.openstreetmap.org/{z}/{x}/{y}.png"),
    "STRIPE_SECRET_KEY": (spelt(r"[sr]k_\w+", "sk_… or rk_…"), None),
    "STRIPE_WEBHOOK_SECRET": (spelt(r"whsec_\S+", "whsec_…"), None),
    "STRIPE_API_BASE": (web_address, "https://api.stripe.com"),
    "VIETQR_BANK_BIN": (spelt(r"\d{6}", "six digits"), None),
    "VIETQR_ACCOUNT": (spelt(r"[0-9A-Za-z]{1,19}", "1 to 19 digits or letters"), None),
    "INVOICE_URL": (providers.known, f"file://{VAR}/invoices"),
    "BANK_WEBHOOK_SECRET": (spelt(r"\S{16,}", "16 signs or more, no blanks"), None),
}
"""Name to (type, what holds when it is not set). README and .env.example follow it."""

TOGETHER = [
    ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"),
    ("VIETQR_BANK_BIN", "VIETQR_ACCOUNT"),
]
"""One of these without the other would be a way to pay that does not work."""


def read() -> dict[str, Any]:
    """Every setting of SCHEMA, typed.

    Raises ImproperlyConfigured with a sentence that names the first one that is wrong.
    """
    env = environ.Env()
    values: dict[str, Any] = {}
    for name, (kind, default) in SCHEMA.items():
        text = env.str(name, default="").strip()
        try:
            if kind is list:
                values[name] = [
                    part.strip() for part in text.split(",") if part.strip()
                ]
                values[name] = values[name] or default
            elif text:
                values[name] = kind(text)
            else:
                values[name] = kind(default) if isinstance(default, str) else default
        except Exception as wrong:
            raise ImproperlyConfigured(f"{name} is set but wrong: {wrong}") from wrong
    for pair in TOGETHER:
        given = [name for name in pair if values[name]]
        if len(given) == 1:
            (missing,) = set(pair) - set(given)
            raise ImproperlyConfigured(f"{missing} is not set, and {given[0]} is")
    values["SECRET_KEY"] = values["SECRET_KEY"] or kept_secret_key()
    return values


def kept_secret_key() -> str:
    """A key made once and kept in `var/`, readable by its owner only."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text()
