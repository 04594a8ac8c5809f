from django.urls import include, path

from orders.views import detail, entry, excel, listing, prices

urlpatterns = [
    path("orders/", listing.OrderListPage.as_view(), name="orders"),
    path("orders/new/", entry.OrderNewPage.as_view(), name="order_new"),
    path("orders/upload/", excel.UploadPage.as_view(), name="order_upload"),
    path("orders/form/", excel.OrderFormPage.as_view(), name="order_form"),
    path("orders/totals/", entry.TotalsView.as_view(), name="order_totals"),
    path("orders/options/products/", entry.ProductOptionsView.as_view(), name="order_product_options"),
    path("orders/options/customers/", entry.CustomerOptionsView.as_view(), name="order_customer_options"),
    path("orders/<str:number>/", detail.OrderPage.as_view(), name="order"),
    path("orders/<str:number>/edit/", entry.OrderEditPage.as_view(), name="order_edit"),
    path("orders/<str:number>/form.xlsx", excel.FilledFormPage.as_view(), name="order_filled_form"),
    path(
        "orders/<str:number>/approve-prices/",
        prices.ApprovePricesPage.as_view(),
        name="order_approve_prices",
    ),
    path("orders/<str:number>/submit/", detail.SubmitPage.as_view(), name="order_submit"),
    path("orders/<str:number>/confirm/", detail.ConfirmPage.as_view(), name="order_confirm"),
    path("orders/<str:number>/reopen/", detail.ReopenPage.as_view(), name="order_reopen"),
    path("", include("orders.contracts.urls")),
    path("", include("orders.enquiries.urls")),
    path("", include("orders.quotes.urls")),
]
