"""Stories and fairs as pages in both languages. What editors wrote is not replaced."""

from types import SimpleNamespace

from wagtail.images.models import Image
from wagtail.models import Locale

from catalogue.models import Area, Product
from catalogue.queries import all_districts
from cms.models import FairIndexPage, FairPage, HomePage, StoryIndexPage, StoryPage
from cms.operations.create_initial_pages import add_child, add_translation
from marketplace.demo.files import Files

FRONT_STORY = "nuoc-mam-cua-khe"


def load_stories(
    files: Files,
    *,
    communes: dict[tuple[str, str], Area],
    products: dict[str, Product],
    pictures: dict[str, Image],
) -> None:
    """Write the stories that are missing, in both languages."""
    stories = StoryIndexPage.objects.get(slug="stories", locale__language_code="vi")
    english = Locale.objects.get(language_code="en")
    for story in files.stories:
        page = add_child(
            stories,
            StoryPage,
            story.slug,
            {
                "title": story.title_vi,
                "summary": story.summary_vi,
                "body": story_body(files, story, "vi", products),
                "kind": story.kind,
                "commune": communes[story.district, story.commune],
                "picture": pictures[files.art["stories"][story.slug]],
            },
        )
        add_translation(
            page,
            english,
            {
                "title": story.title_en,
                "summary": story.summary_en,
                "body": story_body(files, story, "en", products),
            },
        )
    for home in HomePage.objects.filter(story=None):
        home.story = StoryPage.objects.get(slug=FRONT_STORY, locale=home.locale)
        home.save_revision().publish()


def story_body(
    files: Files, story: SimpleNamespace, language: str, products: dict[str, Product]
) -> list[tuple[str, object]]:
    """The text, a product after its second paragraph and a quote after its third.

    The last paragraph of some is for travellers, and gets a title.
    """
    text = getattr(story, f"body_{language}")
    blocks: list[tuple[str, object]] = [
        ("paragraph", f"<p>{paragraph}</p>") for paragraph in text
    ]
    if advice := files.texts["advice"].get(story.slug):
        blocks[-1] = ("note", {"title": advice[language], "text": text[-1]})
    if quote := files.texts["quotes"].get(story.slug):
        blocks.insert(3, ("quote", quote[language]))
    blocks.insert(2, ("product", products[story.products[0]]))
    if len(story.products) > 1:
        blocks.append(("products", [products[slug] for slug in story.products]))
    return blocks


def load_fairs(files: Files, products: dict[str, Product]) -> None:
    """Write the fairs that are missing and move the dates of those that are there."""
    fairs = FairIndexPage.objects.get(slug="fairs", locale__language_code="vi")
    english = Locale.objects.get(language_code="en")
    districts = {area.slug: area for area in all_districts() if area.slug}
    for fair in files.fairs:
        page = add_child(
            fairs, FairPage, fair.slug, fair_fields(fair, districts, products)
        )
        add_translation(
            page,
            english,
            {
                "title": fair.name_en,
                "venue": fair.place_en,
                "summary": fair.summary_en,
            },
        )
        FairPage.objects.filter(slug=fair.slug).update(
            starts_on=fair.starts_on, ends_on=fair.ends_on
        )


def fair_fields(
    fair: SimpleNamespace, districts: dict[str, Area], products: dict[str, Product]
) -> dict[str, object]:
    on_show = [products[slug] for slug in fair.products]
    return {
        "title": fair.name_vi,
        "starts_on": fair.starts_on,
        "ends_on": fair.ends_on,
        "venue": fair.place_vi,
        "district": districts[fair.district] if fair.district else None,
        "booths": fair.booths,
        "minimum_stars": fair.min_stars,
        "summary": fair.summary_vi,
        "body": [("products", on_show)] if on_show else [],
    }
