"""Load the demonstration; loading it again duplicates nothing."""

import datetime as dt
from concurrent.futures import Future, ProcessPoolExecutor

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.images.models import Image

from catalogue.models import (
    Area,
    Batch,
    Certificate,
    Producer,
    Product,
    ProgrammeTarget,
)
from catalogue.refusals import Refusal
from cms.models import FairPage, HomePage, StoryPage
from cms.operations.create_initial_pages import create_initial_pages
from marketplace.accounts.models import User
from marketplace.demo.areas import load_areas
from marketplace.demo.drawing import Drawn
from marketplace.demo.files import FOLDER, Files, read
from marketplace.demo.orders import load_orders
from marketplace.demo.pages import load_fairs, load_stories
from marketplace.demo.people import load_people
from marketplace.demo.pictures import missing_pictures, save_pictures, start_drawing
from marketplace.demo.points import load_lead_times, load_points, load_stock
from marketplace.demo.products import (
    load_batches,
    load_producers,
    load_products,
    load_targets,
)
from marketplace.orders.models import Order
from marketplace.rates.operations import load_rates
from search.index import index_everything
from stores.models import LeadTime, SalesPoint, StockLot

HOME_HERO = "hero-market"
HEROES = {
    Area.Terrain.COAST: "hero-coast",
    Area.Terrain.MOUNTAIN: "hero-mountains",
    Area.Terrain.PLAIN: "hero-village",
    Area.Terrain.MIDLAND: "hero-village",
}


def picture_names(files: Files) -> set[str]:
    """The names of the drawings that the files refer to."""
    products, stories = files.art["products"], files.art["stories"]
    return {*products.values(), *stories.values(), *HEROES.values(), HOME_HERO}


def load(
    *, now: dt.datetime, drawn: dict[str, Future[Drawn]] | None = None
) -> dict[str, int]:
    """Load all files, moved so that their `as_of` is today.

    What is there already is updated, except what editors wrote. All or nothing.
    `drawn` are the drawings that were started before, if any. Returns the number of
    rows of each kind.

    Raises Refusal unless DEBUG is set.
    """
    if not settings.DEBUG:
        raise Refusal(
            "The demonstration is loaded only with DEBUG=true: its prices and"
            " stock are invented."
        )
    files = read(today=timezone.localdate(now))
    with ProcessPoolExecutor() as drawers, transaction.atomic():
        if drawn is None:
            missing = missing_pictures(picture_names(files))
            drawn = start_drawing(FOLDER / "art", missing, drawers)
        pictures = save_pictures(drawn, picture_names(files))
        create_initial_pages(base_url=settings.BASE_URL)
        communes = load_areas(files)
        for terrain, hero in HEROES.items():
            Area.objects.filter(terrain=terrain, picture=None).update(
                picture=pictures[hero]
            )
        HomePage.objects.filter(picture=None).update(picture=pictures[HOME_HERO])
        producers = load_producers(files, communes)
        products = load_products(files, communes, producers, pictures)
        load_targets(files)
        points = load_points(files, producers)
        load_lead_times(points)
        load_batches(files, products)
        load_stock(files, points=points, products=products, now=now)
        load_stories(files, communes=communes, products=products, pictures=pictures)
        load_fairs(files, products)
        load_people(points)
        load_orders(points=points, products=products, now=now)
        load_rates(rows=files.rates, illustrative=True)
        index_everything()
    return {
        "areas": Area.objects.count(),
        "makers": Producer.objects.count(),
        "products": Product.objects.count(),
        "certificates": Certificate.objects.count(),
        "sales points": SalesPoint.objects.count(),
        "lots": Batch.objects.count(),
        "lots on shelves": StockLot.objects.count(),
        "stories in each language": StoryPage.objects.filter(
            locale__language_code="vi"
        ).count(),
        "fairs": FairPage.objects.filter(locale__language_code="vi").count(),
        "programme targets": ProgrammeTarget.objects.count(),
        "pictures": Image.objects.count(),
        "accounts": User.objects.count(),
        "orders": Order.objects.count(),
    }


def is_loaded(*, now: dt.datetime) -> bool:
    """Whether all of it is there, with its illustrative dates moved to this day."""
    files = read(today=timezone.localdate(now))
    certificates = [p.certification for p in files.products if p.certification]
    moved = next(one for one in certificates if one.illustrative)
    return (
        Product.objects.count() >= len(files.products)
        and LeadTime.objects.exists()
        and User.objects.filter(email__endswith=settings.DEMO_DOMAIN).exists()
        and Certificate.objects.filter(
            decision_no=moved.decision_no or "",
            decided_on=moved.decided_on,
        ).exists()
    )
