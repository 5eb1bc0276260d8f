"""The row that says how we stand with Elasticsearch, and the first synonyms."""

from django.db import migrations

SYNONYMS = [
    "đảng sâm, đẳng sâm, sâm dây, sâm nam, codonopsis",
    "Tà Bhing, TaBhing, Tà B'hing",
    "Zara, Za Ra, Zơ Ra",
    "Ra zéh, Za réh, chè dây, vine tea",
    "đậu phụng, đậu phộng, lạc, peanut, peanuts, groundnut",
    "dầu mè, dầu vừng, sesame oil",
    "mè, vừng, sesame",
    "lòn bon, loòng boong, nam trân, langsat",
    "quế, cinnamon, cassia",
    "Cửa Khe, Cửa Khê",
    "trầm hương, agarwood, oud, aloeswood, gaharu",
    "nước mắm, fish sauce",
    "nước mắm nhĩ, nước mắm nhỉ, first press fish sauce",
    "hồ tiêu, hạt tiêu, tiêu, pepper, peppercorn, peppercorns",
    "Tà Vạc, Tà Vạt",
    "A Riêu, Ariêu",
    "HTX, hợp tác xã, cooperative",
    "lụa, silk, tơ tằm",
    "nhang, hương thắp, incense, joss sticks",
    "yến sào, tổ yến, bird's nest, swiftlet nest",
    "thổ cẩm, brocade",
    "bánh tráng, rice paper",
    "sâm Ngọc Linh, Ngọc Linh ginseng, Vietnamese ginseng",
    "trà, chè, tea",
    "trà xanh, chè xanh, green tea",
    "rượu, spirit, liquor",
    "chiếu cói, sedge mat, sleeping mat, straw mat",
    "măng khô, dried bamboo shoots, dried bamboo shoot",
    "chả bò, beef sausage, beef ham",
    "chả heo, chả lụa, pork sausage, pork roll",
    "đèn lồng, lồng đèn, lantern, lanterns",
    "ớt, chilli, chili, chile",
    "quật, kumquat",
    "khổ qua, mướp đắng, bitter melon, bitter gourd",
    "heo, lợn, pork",
    "xà phòng, xà bông, soap",
    "gốm, pottery, ceramic, ceramics",
    "nếp, sticky rice, glutinous rice",
    "chanh, lime, lemon",
    "rong biển, seaweed",
    "phở sắn, cassava noodles, tapioca noodles",
    "mắm ruốc, shrimp paste",
    "tinh dầu, essential oil",
    "du lịch, tour, trip, excursion",
]


def begin(apps, schema_editor):
    apps.get_model("search", "SearchIndex").objects.get_or_create(pk=1)
    Synonyms = apps.get_model("search", "Synonyms")
    Synonyms.objects.bulk_create(
        Synonyms(forms=forms, language="") for forms in SYNONYMS
    )


def undo(apps, schema_editor):
    apps.get_model("search", "Synonyms").objects.filter(forms__in=SYNONYMS).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0002_understanding")]

    operations = [migrations.RunPython(begin, undo)]
