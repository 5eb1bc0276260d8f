"""Create the pages a new site begins with, in both languages."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.sites.models import Site as DjangoSite
from django.db import transaction
from wagtail.models import GroupCollectionPermission, Locale, Page, Site

from cms.models import FairIndexPage, HomePage, InfoPage, StoryIndexPage

TEXTS = Path(__file__).resolve().parent.parent / "texts"

HOME = {
    "vi": {
        "title": "OCOP Quảng Nam",
        "headline": "Mười tám huyện, một phiên chợ",
        "lead": "Đặc sản Quảng Nam đang có giấy chứng nhận OCOP. Nhận ở điểm bán, tại"
        " khách sạn trong Hội An, hoặc gửi về nhà.",
    },
    "en": {
        "title": "OCOP Quảng Nam",
        "headline": "Eighteen districts, one market",
        "lead": "Quảng Nam's own specialities, each with an OCOP certificate in force."
        " Collect them, have them brought to your hotel in Hội An, or posted home.",
    },
}
LISTS = {
    "stories": (
        StoryIndexPage,
        {"shows": StoryIndexPage.Shows.STORIES},
        ("Câu chuyện", "Người làm ra sản phẩm, làng nghề và con đường đến hạng sao."),
        ("Stories", "The makers, their villages, and the road to the stars."),
    ),
    "villages": (
        StoryIndexPage,
        {"shows": StoryIndexPage.Shows.VILLAGES},
        ("Làng nghề", "Những làng đáng đi một chuyến, và thứ đáng mang về."),
        ("Villages", "Villages worth the trip, and what to take home from them."),
    ),
    "news": (
        StoryIndexPage,
        {"shows": StoryIndexPage.Shows.ANNOUNCEMENT},
        ("Tin tức", "Tin của chương trình và của các điểm bán."),
        ("News", "From the programme and the sales points."),
    ),
    "fairs": (
        FairIndexPage,
        {},
        ("Hội chợ", "Nơi gặp người làm ra sản phẩm và nếm thử trước khi mua."),
        ("Fairs", "Where to meet the makers and taste before you buy."),
    ),
}
INFO = [
    "about-ocop",
    "how-it-works",
    "returns",
    "privacy",
    "complaints",
    "for-makers",
]


@transaction.atomic
def create_initial_pages(*, base_url: str) -> None:
    """Make the front pages, lists and plain pages that are not there yet.

    What an editor has changed since stays. The host of the site is set for both Wagtail
    and Django. Nobody may upload documents, which Wagtail lets its editors do: an HTML
    file among them would run as a page of the shop.
    """
    GroupCollectionPermission.objects.filter(
        permission__content_type__app_label="wagtaildocs"
    ).delete()
    home = get_or_create_home(base_url)
    english, _created = Locale.objects.get_or_create(language_code="en")
    home_en = add_translation(home, english, HOME["en"])
    for slug, (kind, fields, vi, en) in LISTS.items():
        page = add_child(home, kind, slug, {**fields, "title": vi[0], "lead": vi[1]})
        add_translation(page, english, {"title": en[0], "lead": en[1]})
    for slug in INFO:
        page = add_child(home, InfoPage, slug, read_text("vi", slug))
        add_translation(page, english, read_text("en", slug))
    home_en.refresh_from_db()


def get_or_create_home(base_url: str) -> HomePage:
    home = HomePage.objects.filter(locale__language_code="vi").first()
    if home is None:
        root = Page.objects.get(depth=1)
        root.get_children().filter(slug="home").delete()  # Wagtail's welcome page
        root.refresh_from_db()
        home = HomePage(
            slug="home", locale=Locale.objects.get(language_code="vi"), **HOME["vi"]
        )
        root.add_child(instance=home)
        home.save_revision().publish()
    address = urlsplit(base_url)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "root_page": home,
            "site_name": "OCOP Quảng Nam",
        },
    )
    DjangoSite.objects.update_or_create(
        pk=1, defaults={"domain": address.netloc, "name": "OCOP Quảng Nam"}
    )
    DjangoSite.objects.clear_cache()
    return home


def add_child(
    parent: Page, kind: type[Page], slug: str, fields: Mapping[str, object]
) -> Page:
    """The parent's page of that slug, made and published if it is not there."""
    page: Page | None = kind.objects.child_of(parent).filter(slug=slug).first()
    if page is None:
        page = kind(slug=slug, locale=parent.locale, **fields)
        parent.add_child(instance=page)
        page.save_revision().publish()
    return page


def add_translation(page: Page, locale: Locale, fields: Mapping[str, object]) -> Page:
    """The page's translation, made with these texts and published if missing."""
    translation = page.get_translation_or_none(locale)
    if translation is None:
        translation = page.copy_for_translation(locale, copy_parents=True)
        for field, value in fields.items():
            setattr(translation, field, value)
        translation.save_revision().publish()
    specific: Page = translation.specific
    return specific


def read_text(language: str, slug: str) -> dict[str, str]:
    """Title, lead and text of a plain page, from its file."""
    text = (TEXTS / language / f"{slug}.html").read_text(encoding="utf-8")
    title, lead = re.findall(r"<!-- (.*?) -->", text)[:2]
    return {"title": title, "lead": lead, "body": text.split("-->\n", 2)[2].strip()}
