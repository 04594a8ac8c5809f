from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders import feed, files, notices

        notices.register()
        files.register()
        feed.register()
