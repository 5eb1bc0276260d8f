"""The pages that editors write."""

from functools import cached_property
from urllib.parse import urlencode

from django.db import models
from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import Image
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from catalogue.models import Area, Product
from catalogue.pictures import is_wide
from catalogue.queries import Census, census, goods_of_district
from cms.blocks import TEXT_FEATURES, StoryBody
from stores.middleware import ShopRequest
from stores.queries.points import point_rows, regional_centre
from stores.queries.shelves import product_cards, shelf_at

WORDS_A_MINUTE = 200


def is_restricted(path: str = "path") -> Exists:
    """Whether a page, or one above it, is for some visitors only; within its query.

    `path` is where the query has the page's path.
    """
    here = ExpressionWrapper(OuterRef(path), CharField())
    return Exists(
        PageViewRestriction.objects.alias(here=here).filter(
            here__startswith=F("page__path")
        )
    )


class PublishedQuerySet(PageQuerySet):
    def published(self) -> "PublishedQuerySet":
        """Live, and for everybody to read: what lists and searches may name."""
        return self.live().filter(~is_restricted())


class PageWithGoods(Page):
    """A page whose text contains products, as they are now."""

    objects = PageManager.from_queryset(PublishedQuerySet)()

    body = StreamField(StoryBody(), verbose_name=_("text"), blank=True)

    class Meta:
        abstract = True

    @cached_property
    def product_ids(self) -> list[int]:
        """The products named in the text, in their order, each once."""
        named: list[int] = []
        for block in self.body.raw_data:
            if block["type"] == "product":
                named.append(block["value"])
            elif block["type"] == "products":
                named.extend(item["value"] for item in block["value"])
        return list(dict.fromkeys(pk for pk in named if pk))

    def get_context(
        self, request: ShopRequest, *args: object, **kwargs: object
    ) -> dict:
        """Adds `cards`: product id to its card, for the products that may be sold."""
        now = timezone.now()
        on_sale = Product.objects.on_sale(on=timezone.localdate(now)).for_cards()
        cards = product_cards(
            on_sale.filter(pk__in=self.product_ids),
            points=request.points,
            place=request.place,
            now=now,
        )
        context = super().get_context(request, *args, **kwargs)
        return context | {"cards": {card.product.pk: card for card in cards}}


class HomePage(Page):
    """The front page; its shelves and its map are live."""

    headline = models.CharField(_("headline"), max_length=80)
    lead = models.CharField(_("lead"), max_length=240)
    story = models.ForeignKey(
        "cms.StoryPage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("story shown on the front page"),
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("picture"),
        FieldPanel("story"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/pages/home.html"
    template_relations = (
        "picture",
        "story__picture",
        "story__commune__parent__picture",
    )

    class Meta:
        verbose_name = _("front page")

    def get_context(
        self, request: ShopRequest, *args: object, **kwargs: object
    ) -> dict:
        """Adds the map, the nearest shelf, the entry points and the next fair."""
        now = timezone.now()
        today = timezone.localdate(now)
        market = census(on=today)
        point = request.place or regional_centre(request.points)
        shelf = shelf_at(point, points=request.points, place=request.place, now=now)
        tile = max(market.tiles, key=lambda tile: tile.four_stars, default=None)
        story = self.public_story()
        story_picture = story.wide_picture if story else None
        pictures = [self.picture, story_picture, tile.area.picture if tile else None]
        pictures += [card.product.picture for card in shelf]
        prefetch_related_objects(list(filter(None, pictures)), "renditions")
        context = super().get_context(request, *args, **kwargs)
        return context | {
            "census": market,
            "selected_tile": tile,
            "selected_goods": goods_of_district(tile.area, on=today) if tile else [],
            "shelf": shelf,
            "shelf_point": point,
            "shelf_open_until": point.open_until(at=now) if point else None,
            "shelf_opens": point.next_opening(at=now) if point else None,
            "story": story,
            "story_picture": story_picture,
            "entry_points": entry_points(market),
            "near_points": point_rows(request.points, place=request.place, now=now)[:3],
            "fair": FairPage.objects.published()
            .filter(locale=self.locale_id, ends_on__gte=today)
            .order_by("starts_on")
            .first(),
        }

    def public_story(self) -> "StoryPage | None":
        """The story, if everybody may read it; no query for a page of `page_at`."""
        restricted = getattr(self, "is_story_restricted", None)
        if restricted is None:  # a preview
            return StoryPage.objects.published().filter(pk=self.story_id).first()
        return self.story if self.story and self.story.live and not restricted else None


def entry_points(market: Census) -> list[dict[str, object]]:
    """Four entry points into the product list, each with its URL and count."""
    teas = ["tea", "tea_other", "herbal"]
    return [
        {
            "title": _("Gifts that fly"),
            "art": "marketplace/art/gift-box.svg",
            "url": products_url(carry="cabin"),
            "count": market.by_flies.get("cabin", 0),
        },
        {
            "title": _("For the kitchen"),
            "art": "marketplace/art/noodles.svg",
            "url": products_url(group="food"),
            "count": market.by_group.get("food", 0),
        },
        {
            "title": _("Tea and herbs"),
            "art": "marketplace/art/tea.svg",
            "url": products_url(group=teas),
            "count": sum(market.by_group.get(code, 0) for code in teas),
        },
        {
            "title": _("Crafts"),
            "art": "marketplace/art/brocade.svg",
            "url": products_url(group="craft"),
            "count": market.by_group.get("craft", 0),
        },
    ]


def products_url(**filters: object) -> str:
    return f"{reverse('products')}?{urlencode(filters, True)}"


class StoryIndexPage(Page):
    """A list of stories: all of them, those of villages, or the news."""

    class Shows(models.TextChoices):
        STORIES = "stories", _("stories of products and villages")
        VILLAGES = "villages", _("stories of villages only")
        ANNOUNCEMENT = "news", _("news")

    lead = models.CharField(_("lead"), max_length=240, blank=True)
    shows = models.CharField(
        _("shows"), max_length=10, choices=Shows, default=Shows.STORIES
    )

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("shows")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StoryPage"]
    template = "cms/pages/story_index.html"

    class Meta:
        verbose_name = _("list of stories")

    def get_context(
        self, request: ShopRequest, *args: object, **kwargs: object
    ) -> dict:
        context = super().get_context(request, *args, **kwargs)
        stories = StoryPage.objects.published().filter(locale=self.locale)
        if self.shows == self.Shows.STORIES:
            stories = stories.exclude(kind=StoryPage.Kind.ANNOUNCEMENT)
        elif self.shows == self.Shows.VILLAGES:
            stories = stories.filter(kind=StoryPage.Kind.VILLAGE)
        else:
            stories = stories.filter(kind=StoryPage.Kind.ANNOUNCEMENT)
        stories = stories.select_related("picture", "commune__parent")
        return context | {
            "stories": stories.prefetch_related("picture__renditions").order_by(
                "-first_published_at", "pk"
            )
        }


class StoryPage(PageWithGoods):
    """A story with live products in it."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("a product and its makers")
        VILLAGE = "village", _("a village")
        MODEL = "model", _("a model of the programme")
        ANNOUNCEMENT = "news", _("news")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PRODUCT)
    commune = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Area.Kind.COMMUNE, "parent__kind": "district"},
        verbose_name=_("commune"),
    )
    summary = models.CharField(_("summary"), max_length=240)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("commune")]),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary")]
    parent_page_types = ["cms.StoryIndexPage"]
    subpage_types: list[str] = []
    template = "cms/pages/story.html"
    template_relations = ("picture", "commune__parent__picture")

    class Meta:
        verbose_name = _("story")

    @property
    def wide_picture(self) -> Image | None:
        """What stands across the page: its own picture if wide, or its district's."""
        if self.picture and is_wide(self.picture):
            return self.picture
        district = self.commune.parent if self.commune else None
        return district.picture if district else None

    @property
    def minutes(self) -> int:
        """How long it takes to read, in whole minutes, at least one."""
        words = sum(
            len(str(block["value"]).split())
            for block in self.body.raw_data
            if block["type"] in ("paragraph", "quote", "note")
        )
        return max(1, round(words / WORDS_A_MINUTE))


class InfoPage(Page):
    """A plain page: terms, what the stars mean, how to complain."""

    lead = models.CharField(_("lead"), max_length=240, blank=True)
    body = RichTextField(_("text"), features=["h2", *TEXT_FEATURES])

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/pages/info.html"

    class Meta:
        verbose_name = _("plain page")


class FairIndexPage(Page):
    """The fairs to come, and those that were."""

    lead = models.CharField(_("lead"), max_length=240, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.FairPage"]
    template = "cms/pages/fair_index.html"

    class Meta:
        verbose_name = _("list of fairs")

    def get_context(
        self, request: ShopRequest, *args: object, **kwargs: object
    ) -> dict:
        context = super().get_context(request, *args, **kwargs)
        today = timezone.localdate()
        fairs = FairPage.objects.child_of(self).published().order_by("starts_on")
        return context | {
            "coming": [fair for fair in fairs if fair.ends_on >= today],
            "past": [fair for fair in reversed(fairs) if fair.ends_on < today],
        }


class FairPage(PageWithGoods):
    """A fair or a national event that presents the products."""

    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    venue = models.CharField(_("place"), max_length=120)
    district = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Area.Kind.DISTRICT},
        verbose_name=_("district"),
    )
    booths = models.PositiveIntegerField(_("booths"), null=True, blank=True)
    minimum_stars = models.PositiveSmallIntegerField(_("stars from"), default=3)
    summary = models.CharField(_("summary"), max_length=240)

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
        FieldRowPanel([FieldPanel("venue"), FieldPanel("district")]),
        FieldRowPanel([FieldPanel("booths"), FieldPanel("minimum_stars")]),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms.FairIndexPage"]
    subpage_types: list[str] = []
    template = "cms/pages/fair.html"

    class Meta:
        verbose_name = _("fair")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="fair_ends_after_it_starts",
            )
        ]
