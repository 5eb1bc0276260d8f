"""Topics: words that become filters, and the first of them."""

from django.db import migrations, models

TOPICS = [
    # name, name in English, forms, words of its goods, filters
    (
        "Trà",
        "Tea",
        "trà, chè, tea, teas",
        "trà, chè, tea",
        "group=tea&group=tea_other",
    ),
    ("Gạo", "Rice", "gạo, rice, gạo nếp", "gạo, nếp, rice", "group=grain"),
    (
        "Mì, phở",
        "Noodles",
        "mì, mỳ, sợi mì, noodle, noodles, rice noodles",
        "mì, phở, cao lầu, noodles",
        "group=cereal_processed",
    ),
    (
        "Rượu",
        "Spirits and wine",
        "rượu, spirit, spirits, liquor, alcohol",
        "rượu",
        "group=white_spirit&group=other_alcohol",
    ),
    (
        "Dầu ăn",
        "Cooking oil",
        "dầu ăn, cooking oil",
        "dầu ăn, dầu phụng, dầu phộng, dầu mè, dầu vừng",
        "group=food",
    ),
    (
        "Thịt",
        "Meat",
        "thịt, meat",
        "thịt, heo, chả, bê, bò",
        "group=fresh_animal&group=animal_processed",
    ),
    ("Gia vị", "Spices", "gia vị, spice, spices", "", "group=other_seasoning"),
    (
        "Đồ gia vị",
        "Seasoning",
        "seasoning, seasonings, condiment, condiments, nêm nếm",
        "",
        "group=other_seasoning&group=liquid_seasoning",
    ),
    (
        "Đồ gỗ",
        "Woodwork",
        "đồ gỗ, woodwork, wooden, wood",
        "gỗ, mộc, wooden, wood",
        "group=craft",
    ),
    ("Đồ chơi", "Toys", "đồ chơi, toy, toys", "đồ chơi", ""),
    (
        "Quà",
        "Gifts",
        "quà, quà biếu, quà tặng, quà lưu niệm, quà cho mẹ, quà cho bố, quà cho vợ,"
        " gift, gifts, present, presents, souvenir, souvenirs, gift for mother,"
        " present for mother",
        "quà, quà biếu, quà lưu niệm, gift, lụa, thổ cẩm, đèn lồng, ấm trà, tượng,"
        " vòng tay, chạm gỗ, đồ chơi",
        "group=craft&group=food",
    ),
    (
        "Quà Tết",
        "Tết gifts",
        "quà tết, quà biếu tết, tết gift, tết gifts, new year gift, new year gifts",
        "tết, quà, quà biếu, mứt, kẹo, yến sào, lụa, thổ cẩm",
        "group=food&group=craft&group=plant",
    ),
    ("Tết", "Tết", "tết, ngày tết, new year, lunar new year", "tết, new year", ""),
    (
        "Cho bếp",
        "For the kitchen",
        "for the kitchen, kitchen, cho bếp, nhà bếp, trong bếp, nấu ăn",
        "",
        "group=food",
    ),
    (
        "Mang lên máy bay",
        "For the cabin",
        "for the cabin, cabin, hand luggage, carry on, xách tay, hành lý xách tay,"
        " mang lên máy bay",
        "",
        "carry=cabin",
    ),
    (
        "Đồ chay",
        "Vegetarian",
        "vegetarian, vegan, đồ chay, ăn chay, thuần chay, món chay, chay",
        "",
        "group=fresh_produce&group=grain&group=snack&group=cereal_processed"
        "&group=veg_processed&group=other_seasoning&group=tea&group=tea_other",
    ),
    (
        "Không đường",
        "No sugar",
        "không đường, không thêm đường, no sugar, no added sugar, sugar free,"
        " unsweetened",
        "không thêm đường, no added sugar",
        "",
    ),
]


def write(apps, schema_editor):
    Topic = apps.get_model("search", "Topic")
    names = ("name_vi", "name_en", "forms", "words", "filters")
    Topic.objects.bulk_create(
        Topic(**dict(zip(names, topic, strict=True))) for topic in TOPICS
    )


class Migration(migrations.Migration):
    dependencies = [("search", "0003_subject")]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name_vi", models.CharField(max_length=60, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(max_length=60, verbose_name="name in English"),
                ),
                (
                    "forms",
                    models.CharField(
                        help_text="what people type, separated by commas: quà, quà"
                        " biếu, gift",
                        max_length=300,
                        verbose_name="forms",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True,
                        help_text="the most typical first, separated by commas; empty:"
                        " any goods",
                        max_length=500,
                        verbose_name="words of its goods",
                    ),
                ),
                (
                    "filters",
                    models.CharField(
                        blank=True,
                        help_text="as in the address of the product list:"
                        " group=tea&group=tea_other",
                        max_length=500,
                        verbose_name="filters",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={"verbose_name": "topic", "verbose_name_plural": "topics"},
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
