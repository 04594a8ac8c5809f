from django.urls import path

from orders.contracts import api

urlpatterns = [
    path("contracts/", api.ContractsView.as_view(), name="api-contracts"),
    path("contracts/<str:number>/", api.ContractView.as_view(), name="api-contract"),
    path("contracts/<str:number>/submit/", api.SubmitView.as_view(), name="api-contract-submit"),
    path("contracts/<str:number>/reopen/", api.ReopenView.as_view(), name="api-contract-reopen"),
    path("contracts/<str:number>/cancel/", api.CancelView.as_view(), name="api-contract-cancel"),
    path("contracts/<str:number>/approve/", api.ApproveView.as_view(), name="api-contract-approve"),
    path(
        "contracts/<str:number>/countersign/", api.CountersignView.as_view(), name="api-contract-countersign"
    ),
    path("contracts/<str:number>/reject/", api.RejectView.as_view(), name="api-contract-reject"),
    path("contracts/<str:number>/seal/", api.SealView.as_view(), name="api-contract-seal"),
    path("contracts/<str:number>/register/", api.RegisterView.as_view(), name="api-contract-enter"),
    path("contracts/<str:number>/end/", api.EndView.as_view(), name="api-contract-end"),
    path("contracts/<str:number>/supplement/", api.SupplementView.as_view(), name="api-contract-supplement"),
    path("contracts/<str:number>/events/", api.ContractEventsView.as_view(), name="api-contract-events"),
    path(
        "contracts/<str:number>/comments/", api.ContractCommentsView.as_view(), name="api-contract-comments"
    ),
]
