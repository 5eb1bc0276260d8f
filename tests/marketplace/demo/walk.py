"""Every public page of the shop, visited once in both languages, and what it said."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from catalogue.models import Area, Producer, Product
from stores.models import SalesPoint

LANGUAGES = ("vi", "en")
PLAIN = ("products", "districts", "points", "basket", "sign-in")
"""Names of the pages that are one of their kind."""


@dataclass
class VisitedPage:
    """A page as it came: its path, status, headers, number of SQL queries, text."""

    path: str
    status: int
    headers: dict[str, str]
    queries: list[str]
    html: str

    @property
    def language(self) -> str:
        return "en" if self.path.startswith("/en/") else "vi"

    @property
    def is_fragment(self) -> bool:
        """A piece of a page, asked for by a script."""
        return self.path.endswith("/panel/")

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @property
    def alternates(self) -> dict[str, str]:
        """Language to path, as the head of the page says."""
        links = self.soup.select("link[rel=alternate][hreflang]")
        return {link["hreflang"]: urlsplit(link["href"]).path for link in links}

    @property
    def links(self) -> set[str]:
        """Where the page leads inside the shop, fragments left out."""
        found = set()
        for link in self.soup.select("a[href]"):
            there = urlsplit(urljoin(f"http://testserver{self.path}", link["href"]))
            if link["href"].startswith("//"):
                found.add(link["href"])
            elif there.scheme in ("http", "https") and there.netloc == "testserver":
                found.add(there._replace(scheme="", netloc="", fragment="").geturl())
        return found

    @property
    def files(self) -> set[str]:
        """Style sheets, scripts and pictures that the page asks for."""
        found = {tag["href"] for tag in self.soup.select("link[rel~=stylesheet], use")}
        for tag in self.soup.select("script[src], img[src]"):
            found.add(tag["src"])
        for tag in self.soup.select("img[srcset]"):
            found |= {candidate.split()[0] for candidate in tag["srcset"].split(",")}
        return {urlsplit(file).path for file in found}

    @cached_property
    def words(self) -> set[str]:
        """Every piece of text a visitor reads or hears, in the page's own language."""
        words = set()
        for text in self.soup.find_all(string=True):
            around = [tag.name for tag in text.parents]
            marked = [tag["lang"] for tag in text.parents if tag.get("lang")]
            if type(text) is not NavigableString or {"script", "style"} & set(around):
                continue
            if marked and marked[0] != self.language:
                continue
            words.add(" ".join(text.replace("\u00a0", " ").split()))
        for name in ("aria-label", "placeholder", "alt", "title", "content"):
            for tag in self.soup.select(f"[{name}]"):
                if not tag.get("lang") or tag["lang"] == self.language:
                    words.add(" ".join(tag[name].replace("\u00a0", " ").split()))
        return words - {""}


def list_public_paths(language: str) -> list[str]:
    """The path of every public page there is in a language."""
    with translation.override(language):
        paths = [reverse(name) for name in PLAIN]
        for kind in (
            Product.objects.filter(is_public=True),
            Producer.objects.all(),
            Area.objects.filter(kind=Area.Kind.DISTRICT),
            SalesPoint.objects.all(),
        ):
            paths += [item.get_absolute_url() for item in kind.order_by("pk")]
        paths += [
            reverse("district-panel", args=[slug])
            for slug in Area.objects.filter(kind="district").values_list(
                "slug", flat=True
            )
        ]
    prefix = "/en" if language == "en" else ""
    pages = Page.objects.live().filter(locale__language_code=language, depth__gt=1)
    return paths + [
        prefix + page.get_url_parts()[2].removeprefix("/en") for page in pages
    ]


def visit(browser: Client, path: str) -> VisitedPage:
    queries: list[str] = []

    def note(execute: Callable, sql: str, *args: object) -> object:
        queries.append(summarise_query(sql))
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        response = browser.get(path)
    return VisitedPage(
        path=path,
        status=response.status_code,
        headers=dict(response.headers),
        queries=queries,
        html=response.content.decode(),
    )


def summarise_query(sql: str) -> str:
    """A question in short: its verb and the tables it reads or writes."""
    tables = re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "(\w+)"', sql)
    return " ".join([sql.split()[0], *dict.fromkeys(tables)])


def walk(paths: Iterable[str]) -> dict[str, VisitedPage]:
    """Each page once, by its path."""
    browser = Client()
    return {path: visit(browser, path) for path in paths}
