from django.db import models


class NumberSeries(models.Model):
    """The last number taken of one series, `SO202611` (AU-02)."""

    series = models.CharField(max_length=16, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"
