"""The catalogue of the demo without its pictures, for a whole test module."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.core.files.images import ImageFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image as Drawing
from wagtail.images.models import Image

from cms.operations.create_initial_pages import create_initial_pages
from marketplace.demo.areas import load_areas
from marketplace.demo.files import read
from marketplace.demo.pages import load_stories
from marketplace.demo.points import load_points, load_stock
from marketplace.demo.products import load_batches, load_producers, load_products
from search.index import index_everything


def load_market() -> None:
    now = timezone.now()
    files = read(today=timezone.localdate(now))
    drawn = BytesIO()
    Drawing.new("RGB", (4, 4)).save(drawn, "PNG")
    square = Image(title="square", file=ImageFile(drawn, "square.png"))
    square.save()
    pictures = defaultdict(lambda: square)
    create_initial_pages(base_url="http://testserver")
    communes = load_areas(files)
    producers = load_producers(files, communes)
    products = load_products(files, communes, producers, pictures)
    points = load_points(files, producers)
    load_batches(files, products)
    load_stock(files, points=points, products=products, now=now)
    load_stories(files, communes=communes, products=products, pictures=pictures)
    index_everything()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does later


@contextmanager
def temporary_market() -> Iterator[None]:
    """The market, rolled back afterwards."""
    with transaction.atomic():
        load_market()
        yield
        transaction.set_rollback(True)
