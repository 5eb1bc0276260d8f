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
    "thổ cẩm, woven, weaving, handwoven",
    "đèn, lamp, light",
    "bột, powder, starch, flour",
    "cao, extract",
    "chổi, broom",
    "nghệ, turmeric, curcuma",
    "cây tràm, cajuput, melaleuca",
    "măng, bamboo shoots, bamboo shoot",
    "kẹo, candy, sweets",
    "muối, salt",
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
