"""Search at 150, 10,000 and 100,000 products, both engines, beside the bare cluster.

    python -m tests.bench.search [number of products ...]

Needs Java for Elasticsearch. Each market is a database of its own that is kept for the
next run; the first one of 100,000 takes some minutes to make.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.market import get_environment, market

if TYPE_CHECKING:
    from tests.elasticsearch.node import Node

SIZES = (150, 10_000, 100_000)
QUESTIONS = [
    "",
    "nuoc mam cua khe",
    "nuowcs mawms",
    "cinamon tra my",
    "tra sam ngoc linh",
    "dau phung",
    "banh trang",
    "honey",
    "khan lua",
    "que",
    "nuoc mma cua ke",
    "tien phuoc",
]
SUGGESTED = ["nu", "nuoc m", "cinam", "que tr", "bac", "tinh dau", "hone"]
WARMING, ROUNDS = 3, 8


def main(sizes: list[int]) -> None:
    print("| goods | what | p50 ms | p95 ms |")
    print("|---|---|---|---|")
    for size in sizes:
        with market(size) as node:
            reindex(size, node)
            from search import database, elasticsearch

            for engine in (elasticsearch, database):
                measure(engine, size)
            measure_pages(size)


def reindex(size: int, node: "Node") -> None:
    """`manage.py reindex` in a process of its own, with the most memory it ever had."""
    began = time.perf_counter()
    command = [sys.executable, "manage.py", "reindex"]
    process = subprocess.Popen(
        command, env=get_environment(size, node), stdout=subprocess.DEVNULL
    )
    most = 0
    status = Path(f"/proc/{process.pid}/status")  # wait4 would tell of us, who forked
    while process.poll() is None:
        with suppress(OSError):
            memory = re.search(r"VmHWM:\s+(\d+)", status.read_text())
            most = int(memory[1]) if memory else most
        time.sleep(0.1)
    took = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError("manage.py reindex failed")
    print(
        f"| {size} | reindex, whole process: {took:.0f} s,"
        f" {most / 1024:.0f} MB at most | | |",
        flush=True,
    )


def timed(size: int, actions: dict[str, list[Callable[[], object]]]) -> None:
    """Do what is compared in turns, as the cluster gets quicker the longer it runs."""
    taken: dict[str, list[float]] = {what: [] for what in actions}
    for round_ in range(WARMING + ROUNDS):
        for what, arguments in actions.items():
            for action in arguments:
                began = time.perf_counter()
                action()
                if round_ >= WARMING:
                    taken[what].append((time.perf_counter() - began) * 1000)
    for what, times in taken.items():
        cut = statistics.quantiles(times, n=20)
        print(f"| {size} | {what} | {statistics.median(times):.1f} | {cut[18]:.1f} |")
    sys.stdout.flush()


def measure(engine: object, size: int) -> None:
    from functools import partial

    from django.utils import timezone

    from search import queries
    from search.parsing.query import parse
    from search.results import SearchQuery

    on = timezone.localdate()
    name = engine.__name__.rpartition(".")[2]

    def make_search(text: str) -> Callable[[], object]:
        def ask() -> object:
            known = queries.get_known_words("vi")
            parser = partial(
                parse, text, vocabulary=known.vocabulary, synonyms=known.synonyms
            )
            query = SearchQuery(text=text)
            return queries.search_with(engine, query, parser, on=on)

        return ask

    def make_suggestion(text: str) -> Callable[[], object]:
        def suggest() -> object:
            known = queries.get_known_words("vi")
            parser = partial(
                parse,
                text,
                vocabulary=known.vocabulary,
                synonyms=known.synonyms,
                unfinished=True,
            )
            query = SearchQuery(text=text)
            return queries.suggest_with(engine, query, parser, on=on)

        return suggest

    actions = {
        "search with facets": [make_search(text) for text in QUESTIONS],
        "listing, no words": [make_search("")] * 3,
        "suggestions": [make_suggestion(text) for text in SUGGESTED],
    }
    timed(size, {f"{name}: {what}": arguments for what, arguments in actions.items()})


def measure_pages(size: int) -> None:
    """The whole page, by either engine, and the cluster's own part of it, in turns.

    All through Django's client and the same Elasticsearch client, without a socket to
    a browser. A page is kept for whoever comes next until somebody commits; for who has
    a cookie that we do not know it is made anew. What such a page asks of Elasticsearch
    is asked again straight, with the same bodies, ready made.
    """
    from django.conf import settings
    from django.test import Client

    from search import elasticsearch, queries

    anyone, unknown = Client(), Client()
    unknown.cookies["unknown"] = "hers"

    def page(browser: Client, text: str) -> Callable[[], object]:
        def visit() -> object:
            response = browser.get("/products/", {"q": text} if text else {})
            if response.status_code != 200:
                raise RuntimeError(f"{text}: {response.status_code}")
            return response

        return visit

    results = [page(anyone, text) for text in QUESTIONS]
    anew = [page(unknown, text) for text in QUESTIONS]
    queries.breaker.record_success()
    es = elasticsearch.search_client()
    real = {"search": es.search, "msearch": es.msearch}
    calls_made: list[tuple[str, dict]] = []
    for name in real:

        def keep(name: str = name, **arguments: object) -> object:
            calls_made.append((name, arguments))
            return real[name](**arguments)

        setattr(es, name, keep)
    bare, apart = [], []
    for visit in anew:
        calls_made.clear()
        visit()
        bare.append(list(calls_made))
        apart.append([one for each in calls_made for one in searches(*each)])
    for name, engine_search in real.items():
        setattr(es, name, engine_search)

    def again(calls: list[tuple[str, dict]]) -> Callable[[], object]:
        return lambda: [real[name](**arguments) for name, arguments in calls]

    timed(
        size,
        {
            "whole page, Elasticsearch": results,
            "the same, made anew": anew,
            "its bare Elasticsearch queries, as the page asks": [*map(again, bare)],
            "the same, each search by itself": [*map(again, apart)],
            "listing page, no words, Elasticsearch, made anew": anew[:1] * 6,
        },
    )
    url, settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL, ""
    actions = {"whole page": anew, "listing page, no words": anew[:1] * 6}
    timed(size, {f"{what}, database, made anew": of for what, of in actions.items()})
    settings.ELASTICSEARCH_URL = url


def searches(name: str, arguments: dict) -> list[tuple[str, dict]]:
    """A request as the single searches that it is made of."""
    if name == "search":
        return [(name, arguments)]
    lines = arguments["searches"]
    return [
        ("search", head | {"body": body})
        for head, body in zip(lines[::2], lines[1::2], strict=True)
    ]


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or list(SIZES))
