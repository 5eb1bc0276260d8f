"""The shop beside stock Oscar with Haystack and Whoosh: requests per second.

    python -m tests.bench.peer [number of products ...]

Both are served by the same Waitress with four threads, with DEBUG off and templates
kept, from one PostgreSQL, with the same products, prices, stock and one picture each,
24 products a page, and are asked in turns by two visitors at once who keep their
connections open. For them ours keeps pages; ANEW is the same by visitors for whom it
makes every page anew, as after every commit. Oscar and Waitress are installed under
var/bench the first time.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from tests import machine
from tests.bench.market import get_environment, market
from tests.elasticsearch.node import free_port

SIZES = (150, 10_000)
VAR = machine.VAR / "bench"
OSCAR = VAR / "oscar"
WAITRESS = VAR / "waitress"
PINNED = [
    "Django==5.2.19",
    "django-oscar==4.2.1",
    "django-haystack==3.4.0",
    "Whoosh==2.7.4",
    "sorl-thumbnail==13.4.0",
    "setuptools==65.5.0",  # Whoosh asks for pkg_resources
    "psycopg[binary]==3.3.9",
]
HERE = Path(__file__).resolve().parent
PEER_DATABASE = "bench_peer"

WORDS = ["nước mắm", "quế", "bánh tráng", "mật ong", "trà", "dầu phụng", "lụa"]
VISITORS, SECONDS, ROUNDS = 2, 4, 3
ANEW = "ours, Elasticsearch, every page made anew"


def main(sizes: list[int]) -> None:
    install()
    print("| goods | page | server | requests/s | median ms | p95 ms | of it |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        with market(size) as node:
            serving = [sys.executable, "-P", str(HERE / "serve.py")]  # our `search`
            for command in (["collectstatic", "--noinput"], ["reindex"]):
                run(
                    [sys.executable, "manage.py", *command], get_environment(size, node)
                )
            peer = load_peer()
            with ExitStack() as served:
                ours = {
                    "ours, Elasticsearch": get_environment(size, node),
                    "ours, database": get_environment(size, None),
                }
                servers = {
                    name: served.enter_context(server(serving, around))
                    for name, around in ours.items()
                }
                python = str(OSCAR / "bin" / "python")
                oscar = [python, str(HERE / "serve.py")]
                servers[ANEW] = servers["ours, Elasticsearch"]
                servers["stock Oscar"] = served.enter_context(server(oscar, peer))
                compare(size, servers)


def install() -> None:
    """The peer's own environment, and the one server for both; once a machine."""
    quiet = ["--quiet", "--disable-pip-version-check"]
    if not (OSCAR / "installed").exists():
        run([sys.executable, "-m", "venv", str(OSCAR)])
        run([str(OSCAR / "bin" / "python"), "-m", "pip", "install", *quiet, *PINNED])
        (OSCAR / "installed").touch()
    if not WAITRESS.exists():
        pip = [sys.executable, "-m", "pip", "install", *quiet]
        run([*pip, "--target", str(WAITRESS), "waitress==3.0.2"])


def run(command: list[str], around: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=around, stdout=subprocess.DEVNULL)


def load_peer() -> dict[str, str]:
    """Fill stock Oscar with the goods of the market; returns where it finds them."""
    import shutil

    import psycopg

    with psycopg.connect(machine.get_database_url("postgres"), autocommit=True) as one:
        one.execute(f"DROP DATABASE IF EXISTS {PEER_DATABASE} WITH (FORCE)")
        one.execute(f"CREATE DATABASE {PEER_DATABASE}")
    folder = VAR / "site"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    goods_file = folder / "goods.json"
    goods_file.write_text(json.dumps(goods()), encoding="utf-8")
    around = {
        **os.environ,
        "PEER_FOLDER": str(folder),
        "PEER_DATABASE_URL": machine.get_database_url(PEER_DATABASE),
        "DJANGO_SETTINGS_MODULE": "oscar_site.settings",
        "PYTHONPATH": str(HERE),
        "PYTHONWARNINGS": "ignore",
    }
    run(
        [str(OSCAR / "bin" / "python"), "-m", "oscar_site.load", str(goods_file)],
        around,
    )
    return around


def goods() -> list[dict[str, object]]:
    """What is on sale today, with what lies where."""
    from django.utils import timezone

    from catalogue.models import Product
    from stores.partner.models import StockRecord

    stock: dict[int, dict[str, int]] = {}
    for product, point, units in StockRecord.objects.values_list(
        "product", "partner__sales_point__slug", "num_in_stock"
    ):
        stock.setdefault(product, {})[point] = units
    return [
        {
            "slug": one.slug,
            "title": one.title,
            "description": one.description,
            "group": one.group,
            "price": one.price_vnd,
            "stock": stock.get(one.pk, {}),
        }
        for one in Product.objects.on_sale(on=timezone.localdate()).order_by("pk")
    ]


@contextmanager
def server(command: list[str], around: dict[str, str]) -> Iterator[int]:
    port = free_port()
    path = os.pathsep.join(filter(None, [around.get("PYTHONPATH"), str(WAITRESS)]))
    if "PEER_FOLDER" not in around:
        path = os.pathsep.join([str(HERE.parent.parent), path])
    around = around | {"PYTHONPATH": path, "BASE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(
        [*command, str(port)],
        env=around,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _try in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=60).connect()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"nobody answers: {command}")
        yield port
    finally:
        process.kill()
        process.wait()


def compare(size: int, servers: dict[str, int]) -> None:
    """Ask every server for the same pages, in turns."""
    some = goods()[:: max(1, size // 20)][:20]
    first = {"stock Oscar": first_id()}
    for page in ("listing", "search", "product"):
        took: dict[str, list[float]] = {name: [] for name in servers}
        seconds = dict.fromkeys(servers, 0.0)
        for round_ in range(ROUNDS + 1):
            for name, port in servers.items():
                paths = get_paths(page, name, some, first)
                cookie = {"Cookie": "unknown=hers"} if name == ANEW else {}
                if not round_:  # Oscar makes a picture's sizes when one first asks
                    hammer(port, paths, cookie, 1, visitors=1)
                    continue
                spent, times = hammer(port, paths, cookie, SECONDS)
                seconds[name] += spent
                took[name] += times
        rates = {name: len(times) / seconds[name] for name, times in took.items()}
        for name, times in took.items():
            times.sort()
            print(
                f"| {size} | {page} | {name} | {rates[name]:.1f}"
                f" | {1000 * statistics.median(times):.0f}"
                f" | {1000 * times[int(len(times) * 0.95)]:.0f}"
                f" | {rates[name] / rates['stock Oscar']:.1f}× |",
                flush=True,
            )


def first_id() -> dict[str, int]:
    """Slug to the number in stock Oscar's address of a product."""
    import psycopg

    with psycopg.connect(machine.get_database_url(PEER_DATABASE)) as one:
        return dict(one.execute("SELECT slug, id FROM catalogue_product").fetchall())


def get_paths(page: str, name: str, some: list[dict], first: dict) -> list[str]:
    is_peer = name == "stock Oscar"
    if page == "listing":
        return ["/catalogue/" if is_peer else "/products/"]
    if page == "search":
        base = "/search/?q=" if is_peer else "/products/?q="
        return [base + quote(words) for words in WORDS]
    if is_peer:
        ids = first[name]
        return [f"/catalogue/{one['slug']}_{ids[one['slug']]}/" for one in some]
    return [f"/products/{one['slug']}/" for one in some]


def hammer(
    port: int,
    paths: list[str],
    headers: dict[str, str],
    seconds: float,
    visitors: int = VISITORS,
) -> tuple[float, list[float]]:
    """Seconds, and how long each request took, of visitors who ask without a pause."""
    times: list[float] = []
    failures: list[str] = []
    began = time.perf_counter()
    until = began + seconds

    def visit(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        number = place
        while time.perf_counter() < until and not failures:
            path = paths[number % len(paths)]
            number += 1
            start = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - start)
            if answer.status != 200:
                failures.append(f"{path}: {answer.status}")

    threads = [threading.Thread(target=visit, args=[n]) for n in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return time.perf_counter() - began, times


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or list(SIZES))
