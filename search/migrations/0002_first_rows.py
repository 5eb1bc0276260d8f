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
    "rượu, spirit, liquor, wine",
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
    "sâm, ginseng",
    "mì, mỳ, noodle, noodles",
    "mắm ruốc, mắm tôm",
    "đảng sâm, dangshen, bellflower root",
    "giảo cổ lam, jiaogulan, gynostemma",
    "rau má, pennywort, gotu kola, centella",
    "yến sào, swallow nest, swallow's nest",
    "bưởi, pomelo, grapefruit",
    "đậu xanh, mung bean, green bean",
    "khăn, scarf, shawl",
    "ví, purse, wallet",
    "túi, bag, handbag",
    "thổ cẩm, woven, weaving, handwoven, handloom",
    "đèn, lamp, light",
    "bột, powder, starch, flour",
    "cao, extract",
    "chổi, broom",
    "nghệ, turmeric, curcuma",
    "cây tràm, cajuput, melaleuca",
    "măng, bamboo shoots, bamboo shoot",
    "kẹo, candy, sweets",
    "muối, salt",
    "chạm gỗ, điêu khắc, wood carving, woodcarving, carved wood",
    "tượng, statue, figurine, sculpture",
    "chuông, bell, chime",
    "quà, quà lưu niệm, gift, gifts, souvenir, souvenirs",
    "quật, tắc",
    "sắn, khoai mì, cassava, tapioca, manioc",
    "bánh tráng, bánh đa, rice crackers, spring roll wrapper",
    "hương trầm, nhang trầm, agarwood incense",
    "hạt sen, hột sen, lotus seeds",
    "tương ớt, chilli sauce, chili sauce, hot sauce, sriracha",
    "gạo, rice",
    "gạo tím, purple rice, black rice",
    "gạo lứt, brown rice",
    "mực, squid, calamari, cuttlefish",
    "hải sản, seafood",
    "rau, vegetables, greens, herbs",
    "thịt, meat",
    "trái cây, hoa quả, fruit, fruits",
    "ngũ cốc, cereal, granola",
    "mứt, candied, jam, preserve",
    "tinh bột nghệ, nghệ bột, turmeric powder",
    "sả, lemongrass, citronella",
    "gừng, ginger",
    "thuần thực vật, plant-based, vegan, vegetarian",
    "dầu ăn, cooking oil",
    "ăn nhẹ, ăn vặt, snack, snacks",
]


def write(apps, schema_editor):
    apps.get_model("search", "SearchIndex").objects.get_or_create(pk=1)
    Synonyms = apps.get_model("search", "Synonyms")
    Synonyms.objects.bulk_create(
        Synonyms(forms=forms, language="") for forms in SYNONYMS
    )


def delete(apps, schema_editor):
    apps.get_model("search", "Synonyms").objects.filter(forms__in=SYNONYMS).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(write, delete)]
