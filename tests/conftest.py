"""The people and goods that the tests speak of."""

from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import settings

from catalogue.models import Product
from marketplace.accounts.models import User
from stores.models import SalesPoint
from stores.partner.models import StockRecord
from tests.elasticsearch.node import Node, NodeUnavailable
from tests.factories import make_point, make_product, make_user, put_on_shelf
from tests.tasks import run_tasks

settings.register_profile("many")  # tests that can do more ask for its name


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """The real hash takes half a second a person, on purpose."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=quick):
        yield


@pytest.fixture(autouse=True)
def _empty_caches() -> None:
    """No test finds what another left in a cache."""
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    """Every test begins in Vietnamese; a request leaves its language behind."""
    with translation.override("vi"):
        yield


@pytest.fixture(scope="session")
def elasticsearch_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A real Elasticsearch node, started once; skipped where it cannot be had."""
    node = Node(tmp_path_factory.mktemp("elasticsearch"))
    try:
        node.start()
    except NodeUnavailable as reason:
        pytest.skip(f"no Elasticsearch: {reason}")
    yield node
    node.kill()


class SentLetters(Sequence[EmailMessage]):
    """What was sent, once every task that is ready has been run."""

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        run_tasks()
        return mail.outbox[index]

    def __len__(self) -> int:
        run_tasks()
        return len(mail.outbox)

    def __eq__(self, other: object) -> bool:
        return list(self) == other

    __hash__ = None

    def clear(self) -> None:
        run_tasks()
        mail.outbox.clear()


@pytest.fixture
def mailoutbox(mailoutbox: list[EmailMessage]) -> SentLetters:
    """The letters that were sent; to read it runs the tasks that send them."""
    return SentLetters()


@pytest.fixture
def centre(db: None) -> SalesPoint:
    """The Hội An regional centre."""
    return make_point(
        "centre",
        kind=SalesPoint.Kind.REGIONAL_CENTRE,
        offers_room_delivery=True,
        short_name_vi="Trung tâm Hội An",
        short_name_en="Hội An Centre",
    )


@pytest.fixture
def booth(db: None) -> SalesPoint:
    """A booth in a hotel's lobby."""
    return make_point("booth", kind=SalesPoint.Kind.HOTEL_BOOTH)


@pytest.fixture
def tea(db: None) -> Product:
    return make_product("tra-rung", title="Trà rừng Cù Lao Chàm", title_en="Forest tea")


@pytest.fixture
def honey(db: None) -> Product:
    return make_product("mat-ong", title="Mật ong Phước Lộc", title_en="Forest honey")


@pytest.fixture
def tea_at_centre(centre: SalesPoint, tea: Product) -> StockRecord:
    """Ten boxes of tea at the centre."""
    return put_on_shelf(centre, tea, 10)


@pytest.fixture
def honey_at_centre(centre: SalesPoint, honey: Product) -> StockRecord:
    """Three jars of honey at the centre."""
    return put_on_shelf(centre, honey, 3)


@pytest.fixture
def keeper(centre: SalesPoint) -> User:
    """Stands at the desk of the centre."""
    person = make_user("keeper")
    centre.keepers.add(person)
    return person


@pytest.fixture
def other_keeper(booth: SalesPoint) -> User:
    """Stands at the desk of the booth."""
    person = make_user("other-keeper")
    booth.keepers.add(person)
    return person


@pytest.fixture
def stranger(db: None) -> User:
    """Has an account and works nowhere."""
    return make_user("stranger")


@pytest.fixture
def manager(db: None) -> User:
    """May stand at every desk, says who works where, and gives money back."""
    person = make_user("manager")
    person.user_permissions.add(
        *Permission.objects.filter(
            codename__in=["work_at_every_point", "change_salespoint", "manage_money"]
        )
    )
    return person


@pytest.fixture
def signed_in() -> object:
    """Signs a person in on a browser of their own."""

    def browser(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return browser
