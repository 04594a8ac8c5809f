from django.urls import path

from orders.quotes import api

urlpatterns = [
    path("quotes/", api.QuotesView.as_view(), name="api-quotes"),
    path("quotes/<str:number>/", api.QuoteView.as_view(), name="api-quote"),
    path("quotes/<str:number>/pdf/", api.QuotePaperView.as_view(), name="api-quote-pdf"),
    path("quotes/<str:number>/events/", api.QuoteEventsView.as_view(), name="api-quote-events"),
    path("quotes/<str:number>/comments/", api.QuoteCommentsView.as_view(), name="api-quote-comments"),
    path("quotes/<str:number>/submit/", api.QuoteSubmitView.as_view(), name="api-quote-submit"),
    path("quotes/<str:number>/approve/", api.QuoteApproveView.as_view(), name="api-quote-approve"),
    path("quotes/<str:number>/refuse/", api.QuoteRefuseView.as_view(), name="api-quote-refuse"),
    path("quotes/<str:number>/send/", api.QuoteSendView.as_view(), name="api-quote-send"),
    path("quotes/<str:number>/accept/", api.QuoteAcceptView.as_view(), name="api-quote-accept"),
    path("quotes/<str:number>/decline/", api.QuoteDeclineView.as_view(), name="api-quote-decline"),
    path("quotes/<str:number>/withdraw/", api.QuoteWithdrawView.as_view(), name="api-quote-withdraw"),
    path("quotes/<str:number>/revise/", api.QuoteReviseView.as_view(), name="api-quote-revise"),
    path("quotes/<str:number>/convert/", api.QuoteConvertView.as_view(), name="api-quote-convert"),
]
