from django.urls import path

from orders.enquiries import api

urlpatterns = [
    path("enquiries/", api.EnquiriesView.as_view(), name="api-enquiries"),
    path("enquiries/<str:number>/", api.EnquiryView.as_view(), name="api-enquiry"),
    path("enquiries/<str:number>/respond/", api.RespondView.as_view(), name="api-enquiry-respond"),
    path(
        "enquiries/<str:number>/confirm-demand/",
        api.ConfirmDemandView.as_view(),
        name="api-enquiry-confirm-demand",
    ),
    path("enquiries/<str:number>/close/", api.CloseEnquiryView.as_view(), name="api-enquiry-close"),
    path("enquiries/<str:number>/reopen/", api.ReopenEnquiryView.as_view(), name="api-enquiry-reopen"),
    path("enquiries/<str:number>/reassign/", api.ReassignView.as_view(), name="api-enquiry-reassign"),
    path(
        "enquiries/<str:number>/link-customer/",
        api.LinkCustomerView.as_view(),
        name="api-enquiry-link-customer",
    ),
    path("enquiries/<str:number>/events/", api.EnquiryEventsView.as_view(), name="api-enquiry-events"),
    path("enquiries/<str:number>/comments/", api.EnquiryCommentsView.as_view(), name="api-enquiry-comments"),
]
