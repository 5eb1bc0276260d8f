"""What visitors call things, beside the words of the catalogue."""

from django.db import migrations

SPIRIT = "rượu, spirit, liquor"
WINE = f"{SPIRIT}, wine"  # English speakers call every rượu so, distilled or not

SYNONYMS = [
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


def learn(apps, schema_editor):
    Synonyms = apps.get_model("search", "Synonyms")
    Synonyms.objects.filter(forms=SPIRIT).update(forms=WINE)
    Synonyms.objects.bulk_create(
        Synonyms(forms=forms, language="") for forms in SYNONYMS
    )


def forget(apps, schema_editor):
    Synonyms = apps.get_model("search", "Synonyms")
    Synonyms.objects.filter(forms=WINE).update(forms=SPIRIT)
    Synonyms.objects.filter(forms__in=SYNONYMS).delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0003_first_rows")]

    operations = [migrations.RunPython(learn, forget)]
