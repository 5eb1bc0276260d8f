"""Buyers and products."""

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Product
from cms.operations.create_initial_pages import create_initial_pages
from marketplace.accounts.models import User
from stores.partner.models import StockRecord
from tests.factories import make_product, make_user, put_on_shelf


@pytest.fixture
def today(db: None):
    return timezone.localdate()


@pytest.fixture
def site(db: None) -> None:
    """The pages that a new site begins with."""
    create_initial_pages(base_url="http://testserver")


@pytest.fixture
def visitor() -> Client:
    """Somebody without an account, with a browser of their own."""
    return Client()


@pytest.fixture
def buyer(db: None) -> User:
    """Has an account and buys."""
    return make_user("buyer", first_name="Hoa", last_name="Lê")


@pytest.fixture
def wine(db: None) -> Product:
    """Rice wine: sold from 18 years."""
    return make_product(
        "ruou-can",
        title="Rượu cần",
        title_en="Jar rice wine",
        group="beverage",
        subgroup="other_alcohol",
        abv="29.5",
        price_vnd=120_000,
        weight_g=900,
        carry=["alcohol"],
        flies="checked",
        advertising_forbidden=True,
    )


@pytest.fixture
def sausage(db: None) -> Product:
    """Needs cooling: handed over, never posted."""
    return make_product(
        "cha-bo", title="Chả bò", title_en="Beef sausage", storage="chilled"
    )


@pytest.fixture
def tour(db: None) -> Product:
    """A service: a day in a village."""
    return make_product(
        "lang-triem-tay",
        title="Một ngày ở Triêm Tây",
        title_en="A day in Triêm Tây",
        group="tourism",
        subgroup="community",
        carry=["none"],
        flies="",
        storage="none",
        weight_g=0,
    )


@pytest.fixture
def wine_at_centre(centre, wine) -> StockRecord:
    """Four jars at the centre."""
    return put_on_shelf(centre, wine, 4)


@pytest.fixture
def sausage_at_centre(centre, sausage) -> StockRecord:
    """Five at the centre."""
    return put_on_shelf(centre, sausage, 5)


@pytest.fixture
def tea_at_booth(booth, tea) -> StockRecord:
    """Two boxes of tea at the booth."""
    return put_on_shelf(booth, tea, 2)
