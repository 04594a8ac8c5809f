from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AftersalesConfig(AppConfig):
    name = "aftersales"
    verbose_name = _("After-sales service")

    def ready(self) -> None:
        from aftersales.queries import survey_averages
        from customers.grading_sources import register_satisfaction

        register_satisfaction(survey_averages)
