"""Who may stand at which desk: every address of it, as everyone."""

from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from marketplace.accounting.models import TillClose
from marketplace.accounting.operations.close_till import close_till
from marketplace.accounting.queries.till import expected_till
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.hand_over import hand_over
from stores.models import CountLine, StockCount, Transfer
from stores.operations.count import abandon_count, count_lot, start_count
from stores.operations.sell import sell_at_desk
from stores.partner.models import StockRecord
from tests.factories import (
    make_order,
    make_point,
    make_product,
    make_user,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot
from tests.stores.test_transfers import request_units, send_units


def names_below(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_below(entry)
        elif isinstance(entry, URLPattern) and str(entry.name).startswith("desk"):
            yield entry.name


DESK = tuple(sorted(set(names_below(get_resolver("marketplace.urls")))))
POINT_SCREENS = tuple(name for name in DESK if name != "desk")
ACTIONS = frozenset(
    {
        "desk-ready",
        "desk-hand-over",
        "desk-correct",
        "desk-receive",
        "desk-start",
        "desk-short",
        "desk-damage",
        "desk-returns",
        "desk-sell",
        "desk-threshold",
        "desk-till",
        "desk-restock",
        "desk-count-start",
        "desk-count-lot",
        "desk-count-book",
        "desk-count-abandon",
        "desk-transfer-request",
        "desk-transfer-send",
        "desk-transfer-receive",
        "desk-transfer-cancel",
    }
)
ALSO_READ = frozenset(
    {
        "desk-receive",
        "desk-short",
        "desk-returns",
        "desk-sell",
        "desk-till",
        "desk-count-lot",
        "desk-count-book",
        "desk-transfer-request",
    }
)
FULFILMENT_SCREENS = (
    "desk-ready",
    "desk-hand-over",
    "desk-start",
    "desk-short",
    "desk-delivered",
    "desk-tracking",
)
RECORD_SCREENS = (
    "desk-correct",
    "desk-damage",
    "desk-threshold",
    "desk-restock",
    "desk-everywhere",
)
TRANSFER_SCREENS = (
    "desk-transfer",
    "desk-transfer-slip",
    "desk-transfer-send",
    "desk-transfer-cancel",
)
COUNT_SCREENS = (
    "desk-count",
    "desk-count-lot",
    "desk-count-book",
    "desk-count-abandon",
)
UNREADY_ACTIONS = frozenset(
    {"desk-delivered", "desk-tracking", "desk-expire", "desk-stock-file-book"}
)
"""Writes that the centre's job and goods are not ready for; they have own tests."""


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[SimpleNamespace]:
    """A centre with something on every screen of its desk; each test gets it anew."""
    with (
        django_db_blocker.unblock(),
        translation.override("vi"),
        transaction.atomic(),
    ):
        yield make_world()
        transaction.set_rollback(True)


def make_world() -> SimpleNamespace:
    now = timezone.now()
    centre, shop = make_point("centre"), make_point("shop")
    tea = make_product("tra-rung", title="Trà rừng Cù Lao Chàm", title_en="Forest tea")
    honey = make_product("mat-ong")
    keeper = make_user("keeper")
    centre.keepers.add(keeper)
    tea_at_centre = put_on_shelf(centre, tea, 10)
    batch = tea_at_centre.lots.get().batch
    fulfilment = make_order({tea: 2}, point=centre).fulfilments.get()

    count = start_count(point=centre, actor=keeper, at=now)
    count_lot(count=count, batch=batch, counted=9, seen=0, actor=keeper, at=now)

    collected = make_order({tea: 1}, point=centre).fulfilments.get()
    hand_over(fulfilment=collected, code=collected.code, actor=None, at=now)
    sale = sell_at_desk(
        point=centre,
        units={tea_at_centre.pk: 1},
        paid_by="cash",
        client_id="phone-0001",
        actor=keeper,
        at=now,
    )
    till = expected_till(centre)
    closed = close_till(
        point=centre,
        number=till.number,
        expected=till.expected,
        cash_vnd=till.cash_vnd,
        card_vnd=till.card_vnd,
        transfer_vnd=till.transfer_vnd,
        left_in_drawer_vnd=0,
        reason="",
        actor=keeper,
        at=now,
    )

    leaving = request_units(centre, make_point("elsewhere"), tea, 1)
    put_on_shelf(shop, honey, 1)
    put_on_shelf(shop, tea, 1)
    coming = request_units(shop, centre, honey, 1)
    send_units(coming)
    return SimpleNamespace(
        centre=centre,
        tea=tea,
        keeper=keeper,
        tea_at_centre=tea_at_centre,
        fulfilment=fulfilment,
        collected_line=collected.lines.get(),
        sale=sale,
        closed=closed,
        count=count,
        leaving=leaving,
        coming=coming,
    )


def make_world_fixture(name: str) -> object:
    """A fixture for what the centre has."""

    @pytest.fixture
    def fixture_from_world(world: SimpleNamespace) -> object:
        return getattr(world, name)

    return fixture_from_world


centre, keeper = make_world_fixture("centre"), make_world_fixture("keeper")
tea, tea_at_centre = make_world_fixture("tea"), make_world_fixture("tea_at_centre")
fulfilment, collected_line, sale = (
    make_world_fixture("fulfilment"),
    make_world_fixture("collected_line"),
    make_world_fixture("sale"),
)
closed, leaving, coming = map(make_world_fixture, ["closed", "leaving", "coming"])


@pytest.fixture
def count(db, world, keeper, request):
    """A count of the centre with one lot done; over where one is to be begun."""
    if "desk-count-start" in request.node.name and "actions_work" in request.node.name:
        abandon_count(count=world.count, actor=keeper, at=timezone.now())
    return world.count


@pytest.fixture
def address(
    fulfilment, count, tea_at_centre, collected_line, sale, closed, leaving, coming
):
    """The path of a screen of the centre."""

    def path(name: str) -> str:
        own = {
            "desk": [],
            "desk-fulfilment": ["centre", fulfilment.pk],
            "desk-order": ["centre", fulfilment.order.number],
            "desk-buyer-link": ["centre", fulfilment.pk],
            "desk-record": ["centre", tea_at_centre.pk],
            "desk-sale": ["centre", sale.pk],
            "desk-till-close": ["centre", closed.number],
            "desk-expire": ["centre", tea_at_centre.lots.get().pk],
        }
        own |= {screen: ["centre", fulfilment.pk] for screen in FULFILMENT_SCREENS}
        own |= {screen: ["centre", leaving.pk] for screen in TRANSFER_SCREENS}
        own["desk-transfer-receive"] = ["centre", coming.pk]
        own |= {screen: ["centre", count.pk] for screen in COUNT_SCREENS}
        if name == "desk-count-lot":
            own[name].append(tea_at_centre.lots.get().batch_id)
        own |= {screen: ["centre", tea_at_centre.pk] for screen in RECORD_SCREENS}
        found = reverse(name, args=own.get(name, ["centre"]))
        if name == "desk-returns":
            found += f"?q={collected_line.fulfilment.order.number}"
        return found

    return path


@pytest.fixture
def form_data(fulfilment, tea, tea_at_centre, collected_line, leaving, coming, request):
    """What makes every screen of the desk do its work.

    A lot has a number where goods are put right and a name where they are received;
    the number serves as the name of a new lot.
    """
    lot = tea_at_centre.lots.get()
    return {
        "code": fulfilment.code,
        "lot": tea_at_centre.lots.get().pk,
        "counted": 9,
        "reason": "Đếm lại",
        "product": tea.code,
        "quantity": 1,
        "line": fulfilment.lines.get().pk,
        "units": 1,
        "batch": tea_at_centre.lots.get().batch_id,
        "threshold": 4,
        "source": "shop",
        f"lot-{leaving.lines.get().pk}-{lot.batch_id}": 1,
        f"lot-{coming.lines.get().lots.get().pk}": 1,
        "seen": 1,
        "decision": "restock",
        "close": 2,
        "expected": "0/0/0",
        "cash": 0,
        "card": 0,
        "transfer": 0,
        "left": 0,
        "client_id": "phone-0002",
        "paid_by": "cash",
        f"units-{tea_at_centre.pk}": 1,
    } | ({"line": collected_line.pk} if "desk-returns" in request.node.name else {})


@pytest.fixture
def get_state(fulfilment, tea_at_centre):
    """All that a desk could change, to compare before and after."""

    def now() -> tuple:
        return (
            get_stock_snapshot(tea_at_centre),
            Fulfilment.objects.get(pk=fulfilment.pk).status,
            StockRecord.objects.get(pk=tea_at_centre.pk).low_stock_threshold,
            list(Transfer.objects.order_by("pk").values_list("pk", "status")),
            list(StockCount.objects.values_list("status")),
            list(CountLine.objects.values_list("counted", "times")),
            TillClose.objects.count(),
        )

    return now


def test_desk_urls_include_those_under_test():
    assert set(DESK) > ACTIONS
    assert len(DESK) >= 10


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_desk_redirects_anonymous_to_sign_in(
    client, address, form_data, get_state, name, method, language
):
    prefix = "/en" if language == "en" else ""
    path = prefix + address(name)
    before = get_state()

    response = getattr(client, method)(path, form_data)

    there = urlsplit(response["Location"])
    assert (response.status_code, there.path) == (302, f"{prefix}/account/sign-in/")
    assert parse_qs(there.query)["next"][0].startswith(urlsplit(path).path)
    assert get_state() == before


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_desk_refuses_users_without_point(
    signed_in, stranger, address, form_data, get_state, name, method
):
    before = get_state()

    response = getattr(signed_in(stranger), method)(address(name), form_data)

    no_such_method = name == "desk" and method == "post"
    assert response.status_code == (405 if no_such_method else 403)
    assert get_state() == before


@pytest.mark.parametrize("name", POINT_SCREENS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_desk_of_another_point_returns_404(
    signed_in, other_keeper, address, form_data, get_state, name, method
):
    before = get_state()

    response = getattr(signed_in(other_keeper), method)(address(name), form_data)

    assert response.status_code == 404
    assert "Hannah" not in response.content.decode()
    assert get_state() == before


@pytest.mark.parametrize("name", POINT_SCREENS)
def test_desk_of_unknown_point_returns_404(signed_in, other_keeper, address, name):
    path = address(name).replace("/centre/", "/nowhere/")

    assert signed_in(other_keeper).get(path).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "desk-fulfilment",
        "desk-buyer-link",
        "desk-order",
        "desk-record",
        "desk-sale",
        "desk-short",
        *COUNT_SCREENS[:3],
        *TRANSFER_SCREENS[:2],
    ],
)
def test_desk_object_of_another_point_is_hidden(signed_in, other_keeper, address, name):
    path = address(name).replace("/centre/", "/booth/")

    assert signed_in(other_keeper).get(path).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        *FULFILMENT_SCREENS,
        *RECORD_SCREENS[:-1],
        *COUNT_SCREENS[1:],
        *TRANSFER_SCREENS[2:],
        "desk-expire",
    ],
)
def test_desk_object_of_another_point_is_not_changed(
    signed_in, other_keeper, address, form_data, get_state, name
):
    path = address(name).replace("/centre/", "/booth/")
    before = get_state()

    response = signed_in(other_keeper).post(path, form_data)

    assert response.status_code == 404
    assert get_state() == before


@pytest.mark.parametrize(
    "name", sorted(set(DESK) - ACTIONS - UNREADY_ACTIONS | ALSO_READ)
)
@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_desk_screens_open_for_keeper_and_manager(
    signed_in, address, form_data, booth, get_state, name, who, request
):
    person = request.getfixturevalue(who)
    before = get_state()

    response = signed_in(person).get(address(name), form_data)

    leads_on = name in ("desk-find", "desk-order")
    leads_on |= name == "desk" and who == "keeper"
    assert response.status_code == (302 if leads_on else 200)
    assert "no-store" in response["Cache-Control"]
    assert get_state() == before


@pytest.mark.parametrize("name", sorted(ACTIONS))
@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_desk_actions_work_for_keeper_and_manager(
    signed_in, address, form_data, get_state, name, who, request
):
    person = request.getfixturevalue(who)
    before = get_state()

    response = signed_in(person).post(address(name), form_data)

    assert response.status_code == 302
    assert get_state() != before


@pytest.mark.parametrize("name", sorted((ACTIONS | UNREADY_ACTIONS) - ALSO_READ))
def test_desk_actions_refuse_get(
    signed_in, keeper, address, form_data, get_state, name
):
    before = get_state()

    response = signed_in(keeper).get(address(name), form_data)

    assert response.status_code == 405
    assert get_state() == before


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_desk_actions_refuse_missing_csrf_token(
    keeper, address, form_data, get_state, name
):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(keeper)
    before = get_state()

    response = browser.post(address(name), form_data)

    assert response.status_code == 403
    assert get_state() == before


def test_desk_index_redirects_keeper_to_own_point(signed_in, keeper, booth):
    response = signed_in(keeper).get("/desk/")

    assert (response.status_code, response["Location"]) == (302, "/desk/centre/")


def test_desk_index_lists_points_for_manager(signed_in, manager, centre, booth):
    response = signed_in(manager).get("/en/desk/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "/en/desk/centre/" in page
    assert "/en/desk/booth/" in page


def test_desk_refuses_removed_keeper_at_once(signed_in, keeper, centre):
    browser = signed_in(keeper)
    centre.keepers.remove(keeper)

    assert browser.get("/desk/centre/").status_code == 403
