"""What is not loaded: files that are wrong, and anything where DEBUG is off."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalogue.models import Area
from cms.models import HomePage
from marketplace.accounts.models import User
from marketplace.demo.files import FOLDER, BadFile, read
from marketplace.demo.load import NotADemonstration, load
from marketplace.demo.people import ACCOUNTS, PASSWORD

REMOVED = object()


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the files in which one record is not as it should be."""

    def copied(name: str, rows: str = "", **changes: object) -> Path:
        folder = tmp_path / "files"
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("art"))
        (folder / "art").symlink_to(FOLDER / "art")
        file = folder / f"{name}.json"
        content = json.loads(file.read_text())
        record = content[rows or name][1]
        for field, value in changes.items():
            if value is REMOVED:
                del record[field]
            else:
                record[field] = value
        file.write_text(json.dumps(content))
        return folder

    return copied


def sentence_of(folder: Path) -> str:
    with pytest.raises(BadFile) as refusal:
        read(folder=folder, today=timezone.localdate())
    return str(refusal.value)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("products", "price_vnd"),
        ("products", "name_en"),
        ("producers", "name_vi"),
        ("districts", "tile"),
        ("communes", "successor"),
        ("sales_points", "opening_hours"),
        ("stock", "on_hand"),
        ("stories", "body_en"),
        ("fairs", "starts_on"),
    ],
)
def test_a_missing_field_is_named_with_its_file_and_record(broken, name, field):
    said = sentence_of(broken(name, **{field: REMOVED}))

    assert said.startswith(f"{name}.json, record 2 (")
    assert f"{field}: Field required" in said


def test_a_missing_field_in_the_targets_is_named(broken):
    said = sentence_of(broken("programme_targets", rows="targets", unit=REMOVED))

    assert said.startswith("programme_targets.json, record 2 (")


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("products", "price_vnd", 0),
        ("products", "price_vnd", "a lot"),
        ("products", "allergens", "fish"),
        ("products", "group", "jewellery"),
        ("products", "subgroup", "gold"),
        ("products", "storage", "cellar"),
        ("products", "carry", ["by-donkey"]),
        ("producers", "kind", "guild"),
        ("districts", "terrain", "moon"),
        ("sales_points", "kind", "kiosk"),
        ("sales_points", "services", ["haircut"]),
        ("stock", "on_hand", -1),
        ("stock", "best_before", "soon"),
        ("stories", "kind", "gossip"),
    ],
)
def test_a_value_that_cannot_be_is_named(broken, name, field, value):
    said = sentence_of(broken(name, **{field: value}))

    assert said.startswith(f"{name}.json, record 2 (")
    assert f"{field}" in said


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("products", "producer", "nobody"),
        ("products", "commune", "Nowhere"),
        ("producers", "district", "ha-noi"),
        ("communes", "district", "ha-noi"),
        ("sales_points", "operator", "nobody"),
        ("stock", "product", "gold"),
        ("stock", "sales_point", "nowhere"),
        ("stories", "products", ["gold"]),
        ("fairs", "products", ["gold"]),
        ("fairs", "district", "ha-noi"),
    ],
)
def test_a_name_that_nothing_has_is_told(broken, name, field, value):
    said = sentence_of(broken(name, **{field: value}))

    assert f"{name}.json" in said
    assert (value[0] if isinstance(value, list) else value) in said


@pytest.mark.parametrize("name", ["products", "art", "stock"])
def test_a_file_that_is_not_there_is_named(broken, name):
    folder = broken("products")
    (folder / f"{name}.json").unlink()

    assert sentence_of(folder) == f"{name}.json is missing"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"products": {}}', "null"])
def test_a_file_that_is_something_else_is_named(broken, text):
    folder = broken("products")
    (folder / "products.json").write_text(text)

    assert sentence_of(folder).startswith("products.json")


@pytest.mark.parametrize("key", ["products", "stories"])
def test_a_thing_without_a_picture_is_named(broken, key):
    folder = broken("products")
    art = json.loads((folder / "art.json").read_text())
    slug, _picture = art[key].popitem()
    (folder / "art.json").write_text(json.dumps(art))

    assert slug in sentence_of(folder)


def test_a_picture_that_is_not_drawn_is_named(broken):
    folder = broken("products")
    art = json.loads((folder / "art.json").read_text())
    art["products"]["nuoc-mam-cua-khe-hai-hien"] = "no-such-drawing"
    (folder / "art.json").write_text(json.dumps(art))

    assert "no-such-drawing" in sentence_of(folder)


def test_of_a_bad_folder_nothing_is_written(db, settings, broken):
    settings.DEBUG = True
    folder = broken("stock", on_hand=REMOVED)

    with pytest.raises(CommandError, match=r"Nothing was loaded\. stock\.json"):
        call_command("load_demo", folder=folder)

    assert not Area.objects.exists()


def test_what_fails_half_way_leaves_nothing_behind(db, settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr("marketplace.demo.load.start_drawing", lambda *_: {})
    monkeypatch.setattr("marketplace.demo.load.keep_pictures", lambda *_: {})

    with pytest.raises(KeyError):  # no pictures, after the areas are written
        load(now=timezone.now())

    assert not Area.objects.exists()
    assert not HomePage.objects.exists()


def test_where_debug_is_off_it_is_refused(db, settings):
    settings.DEBUG = False

    with pytest.raises(NotADemonstration):
        load(now=timezone.now())
    with pytest.raises(CommandError, match="only with DEBUG=true"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="only with DEBUG=true"):
        call_command("demo")

    assert not Area.objects.exists()


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_where_debug_is_off_its_accounts_do_not_exist(db, settings, client, rf, name):
    person = User.objects.create_user(f"{name}@demo.test", PASSWORD)

    request = rf.post("/account/sign-in/", {"username": person.email})
    settings.DEBUG = True
    assert authenticate(request, username=person.email, password=PASSWORD) == person
    client.force_login(person)

    settings.DEBUG = False
    for written in (person.email, person.email.upper()):
        assert authenticate(request, username=written, password=PASSWORD) is None
    assert client.get("/account/").status_code == 302
