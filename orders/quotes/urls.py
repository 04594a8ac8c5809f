from django.urls import path

from orders.quotes.views import detail, entry, listing, reviews

urlpatterns = [
    path("quotes/", listing.QuoteListPage.as_view(), name="quotes"),
    path("quotes/new/", entry.QuoteNewPage.as_view(), name="quote_new"),
    path("quotes/totals/", entry.QuoteTotalsView.as_view(), name="quote_totals"),
    path("quotes/reviews/", reviews.ReviewQueuePage.as_view(), name="quote_reviews"),
    path("quotes/options/products/", entry.QuoteProductOptionsView.as_view(), name="quote_product_options"),
    path(
        "quotes/options/customers/", entry.QuoteCustomerOptionsView.as_view(), name="quote_customer_options"
    ),
    path("quotes/<str:number>/", detail.QuotePage.as_view(), name="quote"),
    path("quotes/<str:number>/edit/", entry.QuoteEditPage.as_view(), name="quote_edit"),
    path("quotes/<str:number>/compare/", detail.ComparePage.as_view(), name="quote_compare"),
    path("quotes/<str:number>/pdf/", detail.PaperPage.as_view(), name="quote_paper"),
    path("quotes/<str:number>/submit/", detail.SubmitPage.as_view(), name="quote_submit"),
    path("quotes/<str:number>/review/", reviews.ReviewPage.as_view(), name="quote_review"),
    path("quotes/<str:number>/send/", detail.SendPage.as_view(), name="quote_send"),
    path("quotes/<str:number>/accept/", detail.AcceptPage.as_view(), name="quote_accept"),
    path("quotes/<str:number>/decline/", detail.DeclinePage.as_view(), name="quote_decline"),
    path("quotes/<str:number>/withdraw/", detail.WithdrawPage.as_view(), name="quote_withdraw"),
    path("quotes/<str:number>/revise/", detail.RevisePage.as_view(), name="quote_revise"),
    path("quotes/<str:number>/convert/", detail.ConvertPage.as_view(), name="quote_convert"),
    path("quotes/<str:number>/comment/", detail.QuoteCommentPage.as_view(), name="quote_comment"),
]
