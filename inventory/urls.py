from django.urls import path

from inventory import views

urlpatterns = [
    path("stock/", views.StockPage.as_view(), name="stock"),
    path("stock/receive/", views.ReceivePage.as_view(), name="stock_receive"),
    path("stock/receipts/<str:number>/", views.ReceiptPage.as_view(), name="receipt"),
    path("products/options/", views.ProductOptions.as_view(), name="product-options"),
]
