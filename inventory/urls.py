from django.urls import path

from inventory.views import price_lists, products, stock

PRODUCT, LIST = "products/<str:number>", "price-lists/<str:number>"
urlpatterns = [
    path("stock/", stock.StockPage.as_view(), name="stock"),
    path("stock/receive/", stock.ReceivePage.as_view(), name="stock_receive"),
    path("stock/receipts/<str:number>/", stock.ReceiptPage.as_view(), name="receipt"),
    path("products/", products.ProductListPage.as_view(), name="products"),
    path("products/new/", products.ProductNewPage.as_view(), name="product_new"),
    path("products/options/", stock.ProductOptions.as_view(), name="product-options"),
    path(
        "products/part-numbers/<int:pk>/remove/", products.PartNumberRemovePage.as_view(), name="part_remove"
    ),
    path(f"{PRODUCT}/", products.ProductPage.as_view(), name="product"),
    path(f"{PRODUCT}/edit/", products.ProductEditPage.as_view(), name="product_edit"),
    path(f"{PRODUCT}/discontinue/", products.ProductDiscontinuePage.as_view(), name="product_discontinue"),
    path(f"{PRODUCT}/reactivate/", products.ProductReactivatePage.as_view(), name="product_reactivate"),
    path(f"{PRODUCT}/part-numbers/new/", products.PartNumberNewPage.as_view(), name="product_part_new"),
    path("price-lists/", price_lists.PriceListsPage.as_view(), name="price_lists"),
    path("price-lists/new/", price_lists.PriceListNewPage.as_view(), name="price_list_new"),
    path(f"{LIST}/", price_lists.PriceListPage.as_view(), name="price_list"),
    path(f"{LIST}/copy/", price_lists.PriceListCopyPage.as_view(), name="price_list_copy"),
    path(f"{LIST}/approve/", price_lists.PriceListApprovePage.as_view(), name="price_list_approve"),
    path(f"{LIST}/withdraw/", price_lists.PriceListWithdrawPage.as_view(), name="price_list_withdraw"),
]
