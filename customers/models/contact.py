from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Contact(models.Model):
    """A person to talk to at the customer's: business numbers only (CM-03)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    name = models.CharField(_("contact"), max_length=40)
    title = models.CharField(_("position"), max_length=40)
    phone = models.CharField(_("business phone"), max_length=30)
    email = models.EmailField(_("business e-mail"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A delivery address: province, city, district and the detail (CM-02)."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    province = models.CharField(_("province"), max_length=30)
    city = models.CharField(_("city"), max_length=30)
    district = models.CharField(_("district"), max_length=30, blank=True)
    detail = models.CharField(_("address"), max_length=160)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.district}{self.detail}"
