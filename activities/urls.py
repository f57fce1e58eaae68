from django.urls import path

from .views import events, groups, milestones, plans, publications

app_name = "activities"
urlpatterns = [
    path("handelser/", events.event_list, name="list"),
    path("handelser/ny/", events.event_add, name="add"),
    path("handelser/<int:pk>/", events.event_detail, name="detail"),
    path("handelser/<int:pk>/andra/", events.event_edit, name="edit"),
    path("handelser/<int:pk>/ta-bort/", events.event_delete, name="delete"),
    path("plan/", plans.plan, name="plan"),
    path("plan/ny/", plans.plan_add, name="plan_add"),
    path("plan/<int:pk>/andra/", plans.plan_edit, name="plan_edit"),
    path("plan/<int:pk>/anta/", plans.plan_adopt, name="plan_adopt"),
    path("plan/<int:pk>/ta-bort/", plans.plan_delete, name="plan_delete"),
    path("plan/<int:plan>/aktivitet/", plans.activity_add, name="activity_add"),
    path("aktiviteter/<int:pk>/andra/", plans.activity_edit, name="activity_edit"),
    path("aktiviteter/<int:pk>/stall-in/", plans.activity_cancel, name="activity_cancel"),
    path("aktiviteter/<int:pk>/ta-bort/", plans.activity_delete, name="activity_delete"),
    path("publikationer/", publications.publication_list, name="publications"),
    path("publikationer/ny/", publications.publication_add, name="publication_add"),
    path("publikationer/<int:pk>/", publications.publication_detail, name="publication"),
    path("publikationer/<int:pk>/andra/", publications.publication_edit, name="publication_edit"),
    path(
        "publikationer/<int:pk>/ta-bort/",
        publications.publication_delete,
        name="publication_delete",
    ),
    path("milstolpar/", milestones.milestone_list, name="milestones"),
    path("milstolpar/ny/", milestones.milestone_add, name="milestone_add"),
    path("milstolpar/<int:pk>/", milestones.milestone_detail, name="milestone"),
    path("milstolpar/<int:pk>/andra/", milestones.milestone_edit, name="milestone_edit"),
    path("milstolpar/<int:pk>/ta-bort/", milestones.milestone_delete, name="milestone_delete"),
    path("grupper/", groups.group_list, name="groups"),
    path("grupper/ny/", groups.group_add, name="group_add"),
    path("grupper/<int:pk>/", groups.group_detail, name="group"),
    path("grupper/<int:pk>/andra/", groups.group_edit, name="group_edit"),
    path("grupper/<int:pk>/ta-bort/", groups.group_delete, name="group_delete"),
    path("grupper/<int:group>/status/", groups.group_status_add, name="group_status_add"),
    path("gruppstatus/<int:pk>/andra/", groups.group_status_edit, name="group_status_edit"),
    path("gruppstatus/<int:pk>/ta-bort/", groups.group_status_delete, name="group_status_delete"),
]
