"""A sale at the desk that was a mistake, or whose goods come back."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired
from marketplace.accounting.operations.close_till import close_till
from marketplace.accounting.queries.till import expected_till
from stores.idempotency import FormReused
from stores.models import DeskSale, SalesEntry
from stores.operations.receive import InvalidLot
from stores.operations.sell import sell_at_desk
from stores.operations.undo_sale import undo_sale
from stores.queries.sales import sold_lots
from tests.factories import put_on_shelf
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def sale(centre, tea, tea_at_centre, honey_at_centre, keeper):
    """Two boxes of tea, of two lots, and a jar of honey, for cash."""
    put_on_shelf(centre, tea, 1, lot="SOON", keeps_days=30)
    return sell_at_desk(
        point=centre,
        units={tea_at_centre.pk: 2, honey_at_centre.pk: 1},
        paid_by="cash",
        client_id="phone-0001",
        actor=keeper,
        at=timezone.now(),
    )


@pytest.fixture
def undo(sale, keeper):
    """The keeper takes all that is left of the sale back, or what is named."""

    def made(units=None, **fields):
        fields = {
            "decision": "mistake",
            "reason": "wrong buyer",
            "refunded_by": "cash",
            "client_id": "undo-0001",
        } | fields
        if units is None:
            units = {lot.field: lot.units for lot in sold_lots(sale)}
        return undo_sale(
            sale=sale, units=units, actor=keeper, at=timezone.now(), **fields
        )

    return made


def get_field(sale, lot):
    return next(one.field for one in sold_lots(sale) if one.batch.lot == lot)


def close_counted_till(point, actor):
    till = expected_till(point)
    return close_till(
        point=point,
        number=till.number,
        expected=till.expected,
        cash_vnd=till.cash_vnd,
        card_vnd=till.card_vnd,
        transfer_vnd=till.transfer_vnd,
        left_in_drawer_vnd=till.cash_vnd,
        reason="",
        actor=actor,
        at=timezone.now(),
    )


def test_undo_sale_restores_lots_money_and_vat(undo, sale, centre, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)
    assert before.lots == {"L1": 9, "SOON": 0}

    amount = undo()

    assert amount == 285_000
    after = get_stock_snapshot(tea_at_centre)
    assert after.lots == {"L1": 10, "SOON": 1}
    assert [kind for kind, *_row in after.ledger[-2:]] == ["undo_sale"] * 2
    movement = tea_at_centre.movements.last()
    assert (movement.document, movement.reason) == (sale.number, "wrong buyer")
    entries = SalesEntry.objects.filter(sale=sale)
    for column in ("gross_vnd", "vat_vnd", "units"):
        assert sum(entries.values_list(column, flat=True)) == 0
    assert expected_till(centre).sums == (0, 0, 0)
    call_command("check_ledger")


def test_undo_sale_happens_once(undo, sale, tea_at_centre):
    undo()
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(FormReused):
        undo({f"units-{tea_at_centre.pk}-1": 1})
    with pytest.raises(NothingToDo):
        undo(client_id="undo-0002")
    with pytest.raises(NotEnough):
        undo({f"units-{tea_at_centre.pk}-1": 1}, client_id="undo-0003")

    assert get_stock_snapshot(tea_at_centre) == before
    assert sale.lines.exclude(reference="").count() == 2


def test_undo_sale_sent_twice_takes_back_once(undo, sale, tea_at_centre):
    units = {get_field(sale, "L1"): 1}

    assert [undo(units), undo(units)] == [95_000, 0]

    assert get_stock_snapshot(tea_at_centre).lots == {"L1": 10, "SOON": 0}


def test_undo_sale_after_close_belongs_to_next_till(undo, centre, keeper):
    first = close_counted_till(centre, keeper)

    undo()

    assert first.expected_cash_vnd == 285_000
    assert expected_till(centre).sums == (0, 0, 0)
    assert close_counted_till(centre, keeper).opening_cash_vnd == 285_000


def test_undo_sale_unit_by_unit_restores_vat_exactly(undo, sale, tea_at_centre):
    undo({get_field(sale, "L1"): 1}, client_id="undo-0001")
    undo({get_field(sale, "SOON"): 1}, client_id="undo-0002")

    tea = [one for one in sale.lines.all() if one.record == tea_at_centre]
    assert sum(entry.vat_vnd for entry in tea) == 0
    assert {entry.reference for entry in tea} == {"", "return-1", "return-2"}


def test_undo_sale_destroys_goods_brought_back(undo, sale, tea_at_centre):
    undo({get_field(sale, "L1"): 1}, decision="destroy", refunded_by="transfer")

    snapshot = get_stock_snapshot(tea_at_centre)
    assert snapshot.lots == {"L1": 9, "SOON": 0}
    assert [kind for kind, *_row in snapshot.ledger[-2:]] == ["undo_sale", "damage"]
    assert sale.lines.get(kind="return").payment_method == "transfer"
    call_command("check_ledger")


def test_undo_sale_refuses_to_restock_chilled_goods(undo, sale, tea, tea_at_centre):
    tea.storage = "chilled"
    tea.save()
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(InvalidLot):
        undo(decision="restock")

    assert get_stock_snapshot(tea_at_centre) == before
    assert undo() == 285_000  # they never left


def test_undo_sale_requires_reason(undo, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ReasonRequired):
        undo(reason="  ")

    assert get_stock_snapshot(tea_at_centre) == before


def test_sales_page_leads_from_number_and_day_to_sale(desk, sale):
    page = get_page_text(desk.get("/en/desk/centre/sales/"))
    assert sale.number in page

    for typed in (sale.number, sale.number.lower(), str(sale.pk)):
        found = desk.get("/en/desk/centre/sales/", {"number": typed})
        assert found["Location"] == f"/en/desk/centre/sales/{sale.pk}/"
    missing = desk.get("/en/desk/centre/sales/", {"number": "BQ-99999"})
    assert missing.status_code == 404
    assert "no sale with this number" in get_page_text(missing)
    other = desk.get("/en/desk/centre/sales/", {"day": "2020-01-01"})
    assert sale.number not in get_page_text(other)
    assert desk.get("/en/desk/centre/sales/", {"number": "x"}).status_code == 422


def test_sale_page_takes_sale_back_with_reason(desk, sale):
    path = f"/en/desk/centre/sales/{sale.pk}/"
    data = {lot.field: lot.units for lot in sold_lots(sale)}
    data |= {"decision": "mistake", "refunded_by": "cash", "client_id": "undo-0001"}

    refused = desk.post(path, data)
    assert refused.status_code == 422
    assert "Say why the sale is taken back." in get_page_text(refused)
    assert not sale.lines.exclude(reference="").exists()

    done = desk.post(path, data | {"reason": "wrong buyer"}, follow=True)

    page = get_page_text(done).replace("\xa0", " ")
    assert "Taken back. Give back 285,000 ₫." in page
    assert "What is left of the sale 0 ₫" in page
    assert "Undo it, or take goods back" not in page
    assert "taken back" in get_page_text(desk.get("/en/desk/centre/sales/"))


def test_sale_page_of_another_point_is_not_found(signed_in, manager, booth, sale):
    stranger = signed_in(manager)

    response = stranger.post(f"/en/desk/{booth.slug}/sales/{sale.pk}/", {})

    assert response.status_code == 404
    assert DeskSale.objects.get().lines.count() == 2
