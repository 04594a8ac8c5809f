"""Pages of the work on customer files: reported changes, grading, care plans, desks."""

from django.urls import path

from customers.views import care, changes, desks, grading

CHANGE = "customer-changes/<str:number>"
urlpatterns = [
    path("customer-changes/", changes.ChangeReportsPage.as_view(), name="customer_changes"),
    path("customers/<str:number>/changes/new/", changes.NewChangePage.as_view(), name="customer_change_new"),
    path(f"{CHANGE}/apply/", changes.ApplyChangePage.as_view(), name="customer_change_apply"),
    path(f"{CHANGE}/withdraw/", changes.WithdrawChangePage.as_view(), name="customer_change_withdraw"),
    path("grading/", grading.GradingRunsPage.as_view(), name="grading_runs"),
    path("grading/run/", grading.StartGradingPage.as_view(), name="grading_start"),
    path("grading/proposals/<int:pk>/", grading.ProposalPage.as_view(), name="grade_proposal"),
    path("grading/proposals/<int:pk>/confirm/", grading.DecideProposalPage.as_view(), name="grade_confirm"),
    path("grading/proposals/<int:pk>/keep/", grading.KeepGradePage.as_view(), name="grade_keep"),
    path("grading/<str:number>/", grading.GradingRunPage.as_view(), name="grading_run"),
    path("grading/<str:number>/confirm/", grading.ConfirmGradesPage.as_view(), name="grading_confirm"),
    path("care-plans/", care.CarePlansPage.as_view(), name="care_plans"),
    path("care-plans/<int:pk>/", care.WriteCarePlanPage.as_view(), name="care_plan_write"),
    path("desks/", desks.DesksPage.as_view(), name="desks"),
    path("desks/<int:pk>/end/", desks.EndDelegationPage.as_view(), name="desk_delegation_end"),
]
