from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.models import Event
from core.money import PriceField, QuantityField, RateField


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> ProductQuerySet:
        return self.filter(discontinued_on__isnull=True)


class Product(models.Model):
    """Something we sell, in one unit, at one tax rate (G-02)."""

    class Supply(models.TextChoices):
        MAKE = "make", _("Made by us")
        BUY = "buy", _("Bought in")

    sku = models.CharField(_("code"), max_length=24, unique=True)
    barcode = models.CharField(_("barcode"), max_length=32, blank=True, db_index=True)
    name = models.CharField(_("product"), max_length=120)
    pinyin = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    spec = models.CharField(_("specification"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=12)
    unit_decimals = models.PositiveSmallIntegerField(_("decimals of the unit"), default=0)
    tax_rate = RateField(_("tax rate"), default=Decimal("0.13"))
    supply = models.CharField(_("supply"), max_length=4, choices=Supply, default=Supply.MAKE)
    minimum_stock = QuantityField(_("minimum stock"), default=Decimal(0))
    discontinued_on = models.DateField(_("discontinued on"), null=True, blank=True)
    updated_at = models.DateTimeField(default=now)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["sku"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(condition=Q(unit_decimals__lte=3), name="product_unit_decimals"),
            models.UniqueConstraint(
                fields=["barcode"], condition=~Q(barcode=""), name="product_barcode_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class PriceListQuerySet(models.QuerySet["PriceList"]):
    def in_force(self, day: date, currency: str = "CNY") -> PriceListQuerySet:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            approved_at__isnull=False,
            valid_from__lte=day,
            currency=currency,
        ).order_by("-valid_from", "-id")


class PriceList(models.Model):
    """A version of the list prices, from a day to a day, approved by the general manager (QT-03)."""

    document_type = "price_list"
    round = 1

    code = models.CharField(_("version"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=60)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = PriceListQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="price_list_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def number(self) -> str:
        """Under which the trail files it."""
        return self.code

    @property
    def root_number(self) -> str:
        return self.code

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def version(self) -> int:
        """Approval is the only change a list ever sees."""
        return 2 if self.is_approved else 1

    @property
    def etag(self) -> str:
        return f'"{self.code}-{self.version}"'

    def events(self) -> models.QuerySet[Event]:
        return Event.objects.filter(root_number=self.code)


class Price(models.Model):
    """The list price of a product without tax, and the floor below which only the GM sells (QT-03)."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, models.PROTECT, related_name="prices", verbose_name=_("product"))
    unit_price = PriceField(_("unit price"))
    floor_price = PriceField(_("floor price"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product"], name="price_once_per_list"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_price}"


class Warehouse(models.Model):
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("warehouse"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    is_default = models.BooleanField(_("default warehouse"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_warehouse"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name


class BatchQuerySet(models.QuerySet["Batch"]):
    def left_in(self, warehouse: Warehouse) -> BatchQuerySet:
        """With `left`: what came into this warehouse less what left it."""
        moved = Sum("movements__quantity", filter=Q(movements__warehouse=warehouse))
        nothing = Value(Decimal(0), output_field=QuantityField())
        return self.annotate(left=Coalesce(moved, nothing, output_field=QuantityField()))


class Batch(models.Model):
    """Goods received together: their certificate, quality release and expiry (DS-02, PP-02)."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="batches", verbose_name=_("product"))
    number = models.CharField(_("batch"), max_length=40)
    certificate = models.CharField(_("certificate"), max_length=60)
    released_on = models.DateField(_("released by QC on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    left: Decimal
    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="batch_number_once_per_product")
        ]

    def __str__(self) -> str:
        return self.number

    def may_leave(self, day: date) -> bool:
        """Released by quality control, and not expired on that day (DS-02)."""
        return self.released_on is not None and (self.expires_on is None or self.expires_on >= day)


class StockLevelQuerySet(models.QuerySet["StockLevel"]):
    def available(self) -> StockLevelQuerySet:
        return self.annotate(available=F("on_hand") - F("reserved"))

    def locked(self) -> StockLevelQuerySet:
        """Locked in the order everybody locks them: by product, then warehouse."""
        return self.select_for_update(of=("self",)).order_by("product_id", "warehouse_id")


class StockLevel(models.Model):
    """Good stock of a product in a warehouse. Available = on hand − reserved, never below zero (ST-01).

    Written only by the stock services, by conditional update under the row's lock; `verify_books`
    proves both figures from movements and reservations.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="stock_levels", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="stock_levels", verbose_name=_("warehouse")
    )
    on_hand = QuantityField(_("on hand"), default=Decimal(0))
    reserved = QuantityField(_("reserved"), default=Decimal(0))

    available: Decimal
    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}@{self.warehouse_id}"


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def open(self) -> ReservationQuerySet:
        return self.filter(quantity__gt=0)

    def of(self, document_number: str) -> ReservationQuerySet:
        return self.filter(document_number=document_number)


class Reservation(models.Model):
    """Goods held for one line of a document; `quantity` is what is still held (ST-01).

    Falls to 0 as goods leave or are released; the row stays.
    """

    document_number = models.CharField(_("document"), max_length=24)
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="reservations", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="reservations", verbose_name=_("warehouse")
    )
    quantity = QuantityField(_("reserved"))
    reserved_at = models.DateTimeField(_("reserved at"), default=now)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(
                fields=["document_number", "line_no", "warehouse"], name="reservation_once_per_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="reservation_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["product", "warehouse"], condition=Q(quantity__gt=0), name="reservation_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_number}/{self.line_no}"


class StockMovement(models.Model):
    """Goods came in or went out. Append-only; Σ movements = on hand (S2)."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Goods received")
        ISSUE = "issue", _("Goods issued")
        RETURN = "return", _("Goods returned")
        ADJUSTMENT = "adjustment", _("Stock adjustment")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    product = models.ForeignKey(Product, models.PROTECT, related_name="movements", verbose_name=_("product"))
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="movements", verbose_name=_("warehouse")
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="movements", verbose_name=_("batch")
    )
    quantity = QuantityField(_("quantity"))
    document_number = models.CharField(_("document"), max_length=24)
    line_no = models.PositiveIntegerField(_("line"), default=0)
    posted_on = models.DateField(_("posted on"))
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("posted by")
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves_something"),
            models.UniqueConstraint(
                fields=["document_number", "line_no", "kind", "warehouse"], name="movement_posted_once"
            ),
        ]
        indexes = [models.Index(fields=["product", "warehouse"], name="movement_by_level")]

    def __str__(self) -> str:
        return f"{self.document_number}/{self.line_no}"
