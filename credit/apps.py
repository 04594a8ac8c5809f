from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "credit"

    def ready(self) -> None:
        from credit import feed, files

        files.register()
        feed.register()
