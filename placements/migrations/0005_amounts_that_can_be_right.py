import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placements", "0004_grant_retain_until")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="amount",
            field=models.PositiveBigIntegerField(
                **options,
                validators=[django.core.validators.MaxValueValidator(100000000)],
                verbose_name="amount, kronor",
            ),
        )
        for model, options in (
            ("grant", {"blank": True, "null": True}),
            ("historicalgrant", {"blank": True, "null": True}),
            ("instalment", {}),
            ("historicalinstalment", {}),
        )
    ]
