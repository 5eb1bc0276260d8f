"""Stories and fairs as pages in both languages. What editors wrote is not replaced."""

from wagtail.images.models import Image
from wagtail.models import Locale

from catalogue.models import Area, Product
from catalogue.queries import all_districts
from cms.models import FairIndexPage, FairPage, HomePage, StoryIndexPage, StoryPage
from cms.operations.create_initial_pages import add_child, add_translation
from marketplace.demo.files import Fair, Files, Story

FRONT_STORY = "nuoc-mam-cua-khe"

ENDS_WITH_ADVICE = {
    "nuoc-mam-cua-khe": {
        "vi": "Trước khi xếp vào va li",
        "en": "Before you pack a bottle",
    }
}
"""Stories whose last paragraph is for travellers, with the title it gets."""

QUOTES = {
    "nuoc-mam-cua-khe": {
        "vi": "Con đường ấy không chỉ là chuyện vị ngon.",
        "en": "The climb was not only about taste.",
    },
    "dang-sam-tay-giang": {
        "vi": "Củ đảng sâm có vị ngọt dịu, mùi thơm của đất ẩm và mật.",
        "en": "The root is mildly sweet and smells of damp earth and honey.",
    },
    "que-tra-my": {
        "vi": "Từ một lọ tinh dầu, nay có bột quế, quế thanh, xà phòng, nước lau sàn.",
        "en": "From one bottle of oil the range has grown to powder, sticks, soap and"
        " floor cleaner.",
    },
    "tho-cam-ta-bhing": {
        "vi": "Từ vài người, hợp tác xã dệt nay có khoảng năm mươi thợ.",
        "en": "From a handful the weaving cooperative has grown to about fifty.",
    },
    "lang-co-loc-yen": {
        "vi": "Có ngôi nhà thợ phải làm nhiều năm mới xong, chạm từng đầu kèo.",
        "en": "Some took the carpenters years, carving the end of every rafter.",
    },
    "sam-ngoc-linh": {
        "vi": "Sản phẩm chế biến mở ra một lối khác.",
        "en": "Processed goods open another way.",
    },
    "che-day-ra-zeh": {
        "vi": "Bốn ký lá tươi mới được một ký chè.",
        "en": "Four kilos of fresh leaf give one of tea.",
    },
    "banh-dua-nuong-quy-thu": {
        "vi": "Từ ba sao lên năm sao không phải là thêm hai ngôi sao trên bao bì.",
        "en": "Going from three to five is not a matter of adding two stars to the"
        " bag.",
    },
    "lua-ma-chau": {
        "vi": "Đã có lúc Mã Châu gần như im tiếng.",
        "en": "There was a time when Mã Châu almost fell silent.",
    },
    "lang-dai-binh": {
        "vi": "Quanh làng còn những người làm nghề lặng lẽ.",
        "en": "Quieter makers work around the village.",
    },
    "banh-trang-phu-triem": {
        "vi": "Bánh tráng phơi trên vỉ tre, nắng gắt quá thì giòn gãy, mưa bất chợt thì"
        " hỏng cả sân.",
        "en": "Sheets dry on bamboo racks: too fierce and they snap, a sudden shower"
        " and the whole yard is lost.",
    },
    "tieu-tien-phuoc": {
        "vi": "Sao chỉ có giá trị ba năm, nên câu chuyện không dừng ở tấm giấy đầu"
        " tiên.",
        "en": "Stars last three years, so the story does not end with the first"
        " certificate.",
    },
    "den-long-hoi-an": {
        "vi": "Ngôi sao vì thế không phải huân chương đeo mãi.",
        "en": "A star is not a medal to be worn for ever.",
    },
}
"""The sentence of each story that stands out of it."""


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
                "body": body_of(story, "vi", products),
                "kind": story.kind,
                "commune": communes[story.district, story.commune],
                "picture": pictures[files.story_art[story.slug]],
            },
        )
        add_translation(
            page,
            english,
            {
                "title": story.title_en,
                "summary": story.summary_en,
                "body": body_of(story, "en", products),
            },
        )
    for home in HomePage.objects.filter(story=None):
        home.story = StoryPage.objects.get(slug=FRONT_STORY, locale=home.locale)
        home.save_revision().publish()


def body_of(
    story: Story, language: str, products: dict[str, Product]
) -> list[tuple[str, object]]:
    """The text, a product after its second paragraph and a quote after its third."""
    text = story.body_vi if language == "vi" else story.body_en
    blocks: list[tuple[str, object]] = [
        ("paragraph", f"<p>{part}</p>") for part in text
    ]
    if title := ENDS_WITH_ADVICE.get(story.slug, {}).get(language):
        blocks[-1] = ("note", {"title": title, "text": text[-1]})
    if quote := QUOTES.get(story.slug, {}).get(language):
        blocks.insert(3, ("quote", quote))
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
    fair: Fair, districts: dict[str, Area], products: dict[str, Product]
) -> dict[str, object]:
    shown = [products[slug] for slug in fair.products]
    return {
        "title": fair.name_vi,
        "starts_on": fair.starts_on,
        "ends_on": fair.ends_on,
        "venue": fair.place_vi,
        "district": districts[fair.district] if fair.district else None,
        "booths": fair.booths,
        "minimum_stars": fair.min_stars,
        "summary": fair.summary_vi,
        "body": [("products", shown)] if shown else [],
    }
