from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Document, User
from core.money import QuantityField
from customers.models import customer_scope
from fulfillment.workflow import NOTICE_WORKFLOW, NoticeStatus
from inventory.models import Warehouse
from orders.models import Order, OrderLine

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DispatchNoticeQuerySet(models.QuerySet["DispatchNotice"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> DispatchNoticeQuerySet:
        return self.filter(customer_scope(user, "order__customer__", permission=permission))

    def locked(self) -> DispatchNoticeQuerySet:
        """Order first, then the notice, in one statement."""
        return self.select_related("order__customer", "warehouse").select_for_update(
            of=("order", "self"), no_key=True
        )


class DispatchNotice(Document):
    """发货通知单: what is to leave for an approved order, made by sales, signed by the manager (DS-01)."""

    document_type = "dispatch"
    workflow = NOTICE_WORKFLOW
    STATUS_MEANINGS: ClassVar = {"draft": "waiting"}

    status = models.CharField(
        _("status"), max_length=24, choices=NoticeStatus.choices, default=NoticeStatus.DRAFT
    )
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="dispatch_notices", verbose_name=_("sales order")
    )
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    remarks = models.TextField(_("remarks"), blank=True)

    objects = DispatchNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("dispatch notice")
        verbose_name_plural = _("dispatch notices")

    @property
    def root_number(self) -> str:
        return self.order.number

    def get_absolute_url(self) -> str:
        return reverse("dispatch_notice", args=[self.number])


class DispatchLine(models.Model):
    notice = models.ForeignKey(DispatchNotice, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="dispatch_lines")
    quantity = QuantityField(_("quantity"))

    class Meta:
        ordering = ["notice", "order_line__line_no"]
        verbose_name = _("dispatch line")
        verbose_name_plural = _("dispatch lines")
        constraints = [
            models.UniqueConstraint(fields=["notice", "order_line"], name="dispatch_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="dispatch_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.order_line_id}"
