"""Ordering under pressure: whether anything is oversold, and how quick it is.

Run on PostgreSQL, on a database made for this and dropped afterwards:
python -m tests.bench.orders [--checkouts 10000] [--threads 16] [--timed 400]

First a crowd with crossed baskets at few goods; then the same orders placed by
`place_order` and by stock Oscar's own flow, in turns, on the same shelves.
"""

import argparse
import datetime as dt
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from tests import machine  # sets where the database is, before Django asks

ROUNDS = 4
LINES = 5
GOODS = 40


def in_threads(number: int, action: Callable[[int], None]) -> float:
    """Seconds from the moment when all start to the moment when the last has ended."""
    from django.db import connection

    start = threading.Barrier(number + 1)

    def one(place: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            action(place)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[place]) for place in range(number)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def fill_baskets(baskets: Sequence[dict], shelves: dict) -> list[int]:
    """Baskets with so many units of each product; returns their ids."""
    from marketplace.checkout.basket.models import Basket, Line

    made = Basket.objects.bulk_create(Basket() for _goods in baskets)
    Line.objects.bulk_create(
        [
            Line(
                basket=basket,
                product=product,
                stockrecord=shelves[product],
                quantity=units,
                line_reference=str(product.pk),
                price_currency="VND",
                price_excl_tax=product.price_vnd,
                price_incl_tax=product.price_vnd,
            )
            for basket, goods in zip(made, baskets, strict=True)
            for product, units in goods.items()
        ],
        batch_size=2000,
    )
    return [basket.pk for basket in made]


def crowd(checkouts: int, threads: int) -> None:
    """Crossed baskets at few goods, a third of them on holds of which most lapse."""
    from django.utils import timezone

    from marketplace.checkout.place_order import place_order
    from marketplace.orders.models import FulfilmentLine, Order
    from marketplace.orders.operations.confirm import confirm_order
    from marketplace.orders.operations.lapse import lapse_unpaid_orders
    from marketplace.orders.reconciliation import reconcile
    from stores.partner.models import StockRecord
    from tests.factories import (
        make_order_request,
        make_point,
        make_product,
        put_on_shelf,
    )

    chance = random.Random(1)  # noqa: S311  (the same each time)
    point = make_point()
    goods = [make_product() for _number in range(20)]
    units = checkouts // 20
    shelves = {product: put_on_shelf(point, product, units) for product in goods}
    baskets = fill_baskets(
        [
            {
                p: chance.randint(1, 3)
                for p in chance.sample(goods, chance.randint(1, 5))
            }
            for _number in range(checkouts)
        ],
        shelves,
    )
    order_request = make_order_request(point=point, email="")
    outcomes: Counter[str] = Counter()
    seen: list[str] = []

    def buy(place: int) -> None:
        mind = random.Random(place)  # noqa: S311  (the same each time)
        for number, basket in enumerate(baskets[place::threads]):
            now = timezone.now()
            hold = mind.choice([None, None, dt.timedelta(milliseconds=100)])
            try:
                order = place_order(
                    basket_id=basket,
                    request=order_request,
                    now=now,
                    pay_until=hold and now + hold,
                )
                seen.append(order.number)
                if hold and mind.random() < 0.3:
                    confirm_order(order=order, at=timezone.now())
                if number % 100 == 99:
                    lapse_unpaid_orders(at=timezone.now())
            except Exception as refusal:  # counted, whatever it is
                outcomes[type(refusal).__name__] += 1
            else:
                outcomes["ordered"] += 1

    seconds = in_threads(threads, buy)
    ordered = Counter[int]()
    for record, allocated in FulfilmentLine.objects.exclude(
        fulfilment__status__in=["awaiting_payment", "lapsed"]
    ).values_list("reservation__record", "units"):
        ordered[record] += allocated
    on_hand = dict(StockRecord.objects.values_list("pk", "num_in_stock"))
    over = sum(max(0, ordered[pk] - on_hand[pk]) for pk in ordered)
    written = set(Order.objects.values_list("number", flat=True))
    deadlocks = sum(n for kind, n in outcomes.items() if "OperationalError" in kind)
    print(f"{checkouts} checkouts by {threads} threads in {seconds:.0f} s, at 20 kinds")
    print(f"of goods with {units} units each: {dict(outcomes)}\n")
    print("| oversold units | orders lost | deadlocks | faults in the books |")
    print("|---|---|---|---|")
    lost = len(set(seen) ^ written)
    faults = reconcile(at=timezone.now()).faults
    print(f"| {over} | {lost} | {deadlocks} | {len(faults)} |\n")
    for fault in faults[:5]:
        print(fault)


def ours(basket_id: int, order_request: object) -> None:
    from django.utils import timezone

    from marketplace.checkout.place_order import place_order

    place_order(basket_id=basket_id, request=order_request, now=timezone.now())


def oscars(basket_id: int, order_request: object) -> None:
    """What Oscar's checkout does from the last press of the button to the order."""
    from django.db import transaction
    from oscar.apps.checkout.calculators import OrderTotalCalculator
    from oscar.apps.offer.applicator import Applicator
    from oscar.apps.order.utils import OrderCreator, OrderNumberGenerator
    from oscar.apps.partner.strategy import Default
    from oscar.apps.payment.models import Source, SourceType
    from oscar.apps.shipping.methods import Free

    from marketplace.checkout.basket.models import Basket

    basket = Basket.objects.get(pk=basket_id)
    basket.strategy = Default()
    Applicator().apply(basket)
    for line in basket.all_lines():
        permitted, why = line.purchase_info.availability.is_purchase_permitted(
            line.quantity
        )
        if not permitted:
            raise ValueError(why)
    method = Free()
    charge = method.calculate(basket)
    total = OrderTotalCalculator().calculate(basket, charge)
    number = OrderNumberGenerator().order_number(basket)
    with transaction.atomic():
        basket.freeze()
        order = OrderCreator().place_order(
            basket=basket,
            total=total,
            shipping_method=method,
            shipping_charge=charge,
            order_number=number,
            guest_email="",
        )
        source_type, _created = SourceType.objects.get_or_create(
            code="point", defaults={"name": "point"}
        )
        Source.objects.create(
            order=order,
            source_type=source_type,
            currency="VND",
            amount_allocated=Decimal(total.incl_tax),
        )
        basket.submit()


def duel(timed: int, threads: int) -> None:
    """Orders of five lines, placed by both in turns; each round on new baskets."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from stores.partner.models import StockRecord
    from tests.factories import (
        make_order_request,
        make_point,
        make_product,
        put_on_shelf,
    )

    chance = random.Random(2)  # noqa: S311  (the same each time)
    point = make_point()
    goods = [make_product() for _number in range(GOODS)]
    shelves = {product: put_on_shelf(point, product, 9_999) for product in goods}
    StockRecord.objects.update(price=95_000, price_currency="VND")  # as Oscar asks
    order_request = make_order_request(point=point, email="")
    implementations = {"place_order": ours, "stock Oscar": oscars}
    took: dict[str, list[float]] = {name: [] for name in implementations}
    seconds = dict.fromkeys(implementations, 0.0)
    queries = {}

    def baskets(number: int) -> list[int]:
        return fill_baskets(
            [dict.fromkeys(chance.sample(goods, LINES), 1) for _n in range(number)],
            shelves,
        )

    for name, place_function in implementations.items():
        warm, counted = baskets(2)
        place_function(warm, order_request)
        with CaptureQueriesContext(connection) as captured:
            place_function(counted, order_request)
        queries[name] = len(captured)
    for round_ in range(ROUNDS):
        turns = list(implementations.items())
        for name, place_function in turns if round_ % 2 else reversed(turns):
            waiting = baskets(timed)

            def order(
                place: int, place_function: Callable = place_function, name: str = name
            ) -> None:
                for basket in waiting[place::threads]:  # noqa: B023  (ends in its turn)
                    began = time.perf_counter()
                    place_function(basket, order_request)
                    took[name].append(time.perf_counter() - began)

            seconds[name] += in_threads(threads, order)
    print(f"{ROUNDS} × {timed} orders of {LINES} lines, {threads} threads, in turns\n")
    print("| way | SQL | orders/s | median ms | p95 ms |")
    print("|---|---|---|---|---|")
    for name in implementations:
        ms = sorted(1000 * one for one in took[name])
        print(
            f"| {name} | {queries[name]} | {len(ms) / seconds[name]:.1f}"
            f" | {statistics.median(ms):.0f} | {ms[int(len(ms) * 0.95)]:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkouts", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--timed", type=int, default=400)
    options = parser.parse_args()
    import psycopg

    own = machine.get_database_url("bench_orders")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS bench_orders WITH (FORCE)")
        server.execute("CREATE DATABASE bench_orders")
        os.environ["DATABASE_URL"] = own
        os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
        os.environ["DEBUG"] = "false"
        try:
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True
            )
            import django

            django.setup()
            crowd(options.checkouts, options.threads)
            duel(options.timed, options.threads)
        finally:
            if "django" in sys.modules:
                from django.db import connections

                connections.close_all()
            server.execute("DROP DATABASE bench_orders WITH (FORCE)")


if __name__ == "__main__":
    main()
