from django import forms
from django.contrib import admin
from django.http import HttpRequest

from core.admin_base import BusinessAdmin
from fulfillment.models import Carrier
from fulfillment.services.carriers import create_carrier


@admin.register(Carrier)
class CarrierAdmin(BusinessAdmin):
    view_permission = "fulfillment.view"
    add_permission = "fulfillment.maintain_carriers"
    list_display = ("code", "name", "mode")
    list_filter = ("mode",)

    def save_model(self, request: HttpRequest, obj: Carrier, form: forms.ModelForm, change: bool) -> None:
        obj.pk = create_carrier(**form.cleaned_data, actor=request.user).pk  # type: ignore[arg-type]
