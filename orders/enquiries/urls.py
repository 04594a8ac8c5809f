from django.urls import path

from orders.enquiries.views import detail, entry, figures, listing

urlpatterns = [
    path("enquiries/", listing.EnquiryListPage.as_view(), name="enquiries"),
    path("enquiries/new/", entry.EnquiryNewPage.as_view(), name="enquiry_new"),
    path("enquiries/figures/", figures.EnquiryFiguresPage.as_view(), name="enquiry_figures"),
    path(
        "enquiries/options/products/", entry.EnquiryProductOptions.as_view(), name="enquiry_product_options"
    ),
    path("enquiries/<str:number>/", detail.EnquiryPage.as_view(), name="enquiry"),
    path("enquiries/<str:number>/edit/", entry.EnquiryEditPage.as_view(), name="enquiry_edit"),
    path("enquiries/<str:number>/note.pdf", detail.DemandNotePage.as_view(), name="enquiry_note"),
    path("enquiries/<str:number>/respond/", detail.RespondPage.as_view(), name="enquiry_respond"),
    path("enquiries/<str:number>/confirm/", detail.ConfirmDemandPage.as_view(), name="enquiry_confirm"),
    path("enquiries/<str:number>/close/", detail.CloseEnquiryPage.as_view(), name="enquiry_close"),
    path("enquiries/<str:number>/reopen/", detail.ReopenEnquiryPage.as_view(), name="enquiry_reopen"),
    path("enquiries/<str:number>/reassign/", detail.ReassignPage.as_view(), name="enquiry_reassign"),
    path("enquiries/<str:number>/comment/", detail.EnquiryCommentPage.as_view(), name="enquiry_comment"),
    path("enquiries/<str:number>/link/", detail.LinkCustomerPage.as_view(), name="enquiry_link"),
    path(
        "enquiries/<str:number>/open-customer/",
        detail.ProspectFilePage.as_view(),
        name="enquiry_open_customer",
    ),
]
