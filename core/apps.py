from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.trail import record_refusal
        from core.transactions import refusal_recorders

        if record_refusal not in refusal_recorders:
            refusal_recorders.append(record_refusal)
