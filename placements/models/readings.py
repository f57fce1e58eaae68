"""Who was shown which placement: a log that is added to alone."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.models import Programme


class ReadingQuerySet(models.QuerySet):
    """Readings are added to, and never changed or taken away one by one."""

    def visible_to(self, user):
        return self.filter(programme__in=user.full_programmes())

    def note(self, user, placements, where, programme):
        """Note that `user` was shown each of `placements`, in one query."""
        now = timezone.now()
        self.bulk_create(
            Reading(programme=programme, placement_id=pk, user=user, read_at=now, where=where)
            for pk in dict.fromkeys(row.pk for row in placements)
        )

    def by_day(self):
        """How often each person read on a day: user, day, `times` and the `latest`, that first."""
        day = TruncDate("read_at")
        rows = self.order_by().annotate(day=day).values("user", "day")
        rows = rows.annotate(times=Count("pk"), latest=Max("read_at"))
        return rows.order_by("-latest", "user")

    def update(self, **kwargs):
        raise TypeError("a reading is never changed")

    def delete(self):
        raise TypeError("a reading is never deleted")

    update.alters_data = delete.alters_data = True


class Reading(models.Model):
    """That somebody was shown a placement: who, when, which, and on what kind of page.

    It points at the placement by its id alone, which the database does not hold it to: a reading
    outlives what was read, and keeps neither code nor sex.
    """

    class Where(models.TextChoices):
        PAGE = "page", _("its page")
        FORM = "form", _("a form")
        LIST = "list", _("the list of placements")
        DUE = "due", _("the follow-ups due")
        GRANT = "grant", _("the page of the grant")
        ENTERPRISE = "enterprise", _("the page of the enterprise")
        FIGURE = "figure", _("the records of a figure")
        SLIP = "slip", _("a slip")
        FILE = "file", _("a file")
        ELSEWHERE = "elsewhere", _("a list of what uses a record, or of what was deleted")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    placement = models.ForeignKey(
        "Placement",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="readings",
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    read_at = models.DateTimeField(_("read"))
    where = models.CharField(_("where"), max_length=12, choices=Where)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        ordering = ["-read_at", "-pk"]
        indexes = [
            models.Index(fields=["placement", "-read_at"], name="reading_of_placement"),
            models.Index(fields=["programme", "-read_at"], name="reading_by_time"),
        ]

    def __str__(self):
        return f"{self.placement_id}, {self.read_at:%Y-%m-%d %H.%M}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a reading is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a reading is never deleted")

    save.alters_data = delete.alters_data = True
