from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Document, User
from core.money import AmountField, Money, RateField
from customers.models import Customer, Region, customer_scope
from inventory.models import PriceList, Warehouse
from orders.workflow import ORDER_WORKFLOW, OrderStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

APPROVED_STATUSES = (
    OrderStatus.APPROVED,
    OrderStatus.FULFILLING,
    OrderStatus.PARTLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.COMPLETED,
    OrderStatus.SETTLED,
)


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(
        self, user: User | AnonymousUser, *, permission: str | tuple[str, ...] = ""
    ) -> OrderQuerySet:
        """RG-02, RG-03: the orders of the customers whom the person may see."""
        return self.filter(customer_scope(user, "customer__", permission=permission))

    def approved(self) -> OrderQuerySet:
        """Valid orders in the sense of the indicators: finance-approved and not cancelled."""
        return self.filter(status__in=APPROVED_STATUSES)

    def live(self) -> OrderQuerySet:
        return self.exclude(status__in=(OrderStatus.CANCELLED, OrderStatus.SETTLED))

    def for_display(self) -> OrderQuerySet:
        return self.select_related("customer", "region", "salesperson", "created_by", "contract")

    def locked(self) -> OrderQuerySet:
        """The order's row locked for this transaction, the people read beside it are not.

        Not against rows that merely point to it: events, slips and shipments may still be written.
        """
        return self.select_related("customer", "region", "salesperson").select_for_update(
            of=("self",), no_key=True
        )


class Order(Document):
    """A customer's order (销售订单). Order amount A = Σ line gross + freight, tax included (G-03).

    The header copies what the customer file said when the order was placed. `total` is the sum of the
    rounded lines plus freight and is never recomputed from totals; `lines_digest` stands for products and
    quantities, by which a look-alike is found (IN-04). `prices_digest` stands for quantities, prices and
    discounts: an approval of the prices is bound to it (QT-03, AP-07). `paid` is what has been received and
    allocated, `posted` what has been signed for and booked.
    """

    document_type = "order"
    workflow = ORDER_WORKFLOW

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone")
        FAX = "fax", _("Fax")
        EMAIL = "email", _("E-mail")
        ONLINE = "online", _("Online")
        EXCEL = "excel", _("Excel form")
        SCAN = "scan", _("Barcode scan")
        VISIT = "visit", _("Visit / oral")

    ORAL_CHANNELS = (Channel.PHONE, Channel.VISIT)

    class Terms(models.TextChoices):
        PREPAID = "prepaid", _("Cash before delivery")
        STAGED = "staged", _("Instalments")
        MONTHLY = "monthly", _("Monthly settlement")

    class PaymentStatus(models.TextChoices):
        UNPAID = "unpaid", _("Unpaid")
        PART_PAID = "part_paid", _("Partly paid")
        PAID = "paid", _("Paid")
        OVERPAID = "overpaid", _("Overpaid")

    class DeliveryStatus(models.TextChoices):
        NONE = "none", _("Nothing dispatched")
        PART = "part", _("Partly dispatched")
        ALL = "all", _("Dispatched")
        SIGNED = "signed", _("Signed for")

    status = models.CharField(
        _("status"), max_length=24, choices=OrderStatus.choices, default=OrderStatus.DRAFT
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name=_("region desk")
    )
    salesperson = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("responsible salesperson")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    customer_po = models.CharField(_("customer's order no."), max_length=40, blank=True)
    external_ref = models.CharField(max_length=64, blank=True)
    external_client = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ordered_on = models.DateField(_("order date"))
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    terms = models.CharField(_("payment terms"), max_length=8, choices=Terms)
    prepaid_percent = RateField(_("prepaid share"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    price_list = models.ForeignKey(PriceList, models.PROTECT, null=True, related_name="+")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    quote = models.ForeignKey(
        "orders.Quote",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("quotation"),
    )
    contract = models.ForeignKey(
        "orders.Contract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("contract"),
    )
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("business phone"), max_length=30, blank=True)
    contact_email = models.EmailField(_("business e-mail"), blank=True)
    delivery_address = models.CharField(_("delivery address"), max_length=260, blank=True)
    source = models.CharField(_("customer source"), max_length=60, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    stated_amount = AmountField(_("customer's stated amount"), null=True, blank=True)
    stated_amount_absent = models.BooleanField(_("customer stated no amount"), default=False)
    lines_digest = models.CharField(max_length=64, blank=True, editable=False)
    prices_digest = models.CharField(max_length=64, blank=True, editable=False)
    largest_discount = RateField(_("largest discount %"), default=Decimal(0), editable=False)
    is_below_floor = models.BooleanField(_("below the floor price"), default=False, editable=False)
    freight = AmountField(_("freight charged"), default=Decimal("0.00"))
    net = AmountField(_("net"), default=Decimal("0.00"))
    tax = AmountField(_("tax"), default=Decimal("0.00"))
    total = AmountField(_("order amount"), default=Decimal("0.00"))
    paid = AmountField(_("received"), default=Decimal("0.00"))
    posted = AmountField(_("posted"), default=Decimal("0.00"))
    payment_status = models.CharField(
        _("payment"), max_length=10, choices=PaymentStatus, default=PaymentStatus.UNPAID, editable=False
    )
    delivery_status = models.CharField(
        _("delivery"), max_length=8, choices=DeliveryStatus, default=DeliveryStatus.NONE, editable=False
    )
    has_shortage = models.BooleanField(_("shortage"), default=False, editable=False)
    holds = models.JSONField(_("holds"), default=list, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    approved_on = models.DateField(null=True, editable=False)
    approved_grade = models.CharField(max_length=1, blank=True, editable=False)
    completed_on = models.DateField(_("completed"), null=True, editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "customer_po"],
                condition=~Q(customer_po="") & ~Q(status="cancelled"),
                name="order_customer_po_once",
            ),
            models.UniqueConstraint(
                fields=["external_client", "external_ref"],
                condition=~Q(external_ref=""),
                name="order_external_ref_once",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, net__gte=0, tax__gte=0, freight__gte=0), name="order_amounts"
            ),
            models.CheckConstraint(condition=Q(paid__gte=0, posted__gte=0), name="order_money_not_negative"),
            models.CheckConstraint(condition=Q(posted__lte=F("total")), name="order_posted_within_total"),
            models.CheckConstraint(
                condition=Q(stated_amount__isnull=True) | Q(stated_amount_absent=False),
                name="order_stated_or_absent",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["region", "status", "-id"], name="order_by_region"),
            models.Index(fields=["customer", "-id"], name="order_by_customer"),
            models.Index(
                fields=["approved_on"], condition=Q(approved_on__isnull=False), name="order_by_approval"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.number])

    @property
    def amount(self) -> Money:
        """Order amount A, tax included (G-03)."""
        return Money(self.total, self.currency)

    @property
    def unpaid(self) -> Decimal:
        """What is still to be received on the order amount, tax included; never below zero."""
        return max(self.total - self.paid, Decimal("0.00"))

    @property
    def is_oral(self) -> bool:
        return self.channel in self.ORAL_CHANNELS

    @property
    def stated_difference(self) -> Decimal | None:
        """Customer's stated amount less ours; None when none was stated (VA-02)."""
        return None if self.stated_amount is None else self.stated_amount - self.total

    def snapshot(self) -> dict[str, Any]:
        """What an event keeps of the order's figures."""
        return {"total": str(self.total), "currency": self.currency, "version": self.version}
