from django.urls import path

from policy_drafts.desk.views import desk, imports, sections
from policy_drafts.drafts.views import publish, reading
from policy_drafts.roles import views as roles

urlpatterns = [
    path("policies/pictures/<uuid:pk>/", reading.policy_picture, name="policy_picture"),
    path("policies/invitations/<uuid:pk>/", roles.invitation, name="invitation"),
    path("policies/news/<uuid:pk>/stop/", reading.stop_draft_news, name="stop_draft_news"),
    path("policies/<slug:slug>/", reading.policy, name="policy"),
    path("policies/<slug:slug>/follow/", reading.follow_policy, name="follow_policy"),
    path("policies/<slug:slug>/drafts/", reading.drafts, name="drafts"),
    path("policies/<slug:slug>/drafts/<int:number>/", reading.draft, name="draft"),
    path("policies/<slug:slug>/drafts/<int:number>/changes/", reading.changes, name="changes"),
    path(
        "policies/<slug:slug>/drafts/<int:number>/files/<slug:kind>/",
        reading.draft_file,
        name="draft_file",
    ),
    path(
        "policies/<slug:slug>/drafts/<int:number>/versions/",
        publish.other_versions,
        name="other_versions",
    ),
    path(
        "policies/<slug:slug>/drafts/<int:number>/versions/<uuid:version_pk>/",
        reading.other_version,
        name="other_version",
    ),
    path(
        "policies/<slug:slug>/drafts/<int:number>/versions/<uuid:version_pk>/remove/",
        publish.remove_version,
        name="remove_version",
    ),
    path("policies/<slug:slug>/drafts/<int:number>/open/", publish.open_draft, name="open_draft"),
    path(
        "policies/<slug:slug>/drafts/<int:number>/withdraw/",
        publish.withdraw_draft,
        name="withdraw_draft",
    ),
    path("policies/<slug:slug>/write/", desk.write, name="write"),
    path("policies/<slug:slug>/write/add/", desk.add_section, name="add_section"),
    path("policies/<slug:slug>/write/heard/", desk.add_heard, name="add_heard"),
    path(
        "policies/<slug:slug>/write/heard/<uuid:note_pk>/remove/",
        desk.remove_heard,
        name="remove_heard",
    ),
    path("policies/<slug:slug>/write/import/", imports.bring_in, name="bring_in"),
    path(
        "policies/<slug:slug>/write/import/<uuid:import_pk>/",
        imports.look_through,
        name="look_through",
    ),
    path("policies/<slug:slug>/write/word/", imports.working_copy, name="working_copy"),
    path("policies/<slug:slug>/write/removed/", desk.removed_sections, name="removed_sections"),
    path("policies/<slug:slug>/write/people/", roles.roles, name="roles"),
    path("policies/<slug:slug>/write/people/<uuid:role_pk>/end/", roles.end_role, name="end_role"),
    path("policies/<slug:slug>/write/publish/", publish.rehearse, name="rehearse"),
    path("policies/<slug:slug>/write/<uuid:pk>/", sections.write_section, name="write_section"),
    path("policies/<slug:slug>/write/<uuid:pk>/keep/", sections.keep_typed, name="keep_typed"),
    path("policies/<slug:slug>/write/<uuid:pk>/here/", sections.here, name="here"),
    path("policies/<slug:slug>/write/<uuid:pk>/unsaved/", sections.unsaved, name="unsaved"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/compare/",
        sections.compare_section,
        name="compare_section",
    ),
    path("policies/<slug:slug>/write/<uuid:pk>/versions/", sections.versions, name="versions"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/versions/<int:number>/",
        sections.version,
        name="version",
    ),
    path("policies/<slug:slug>/write/<uuid:pk>/picture/", sections.add_picture, name="add_picture"),
    path("policies/<slug:slug>/write/<uuid:pk>/move/", desk.move_section, name="move_section"),
    path("policies/<slug:slug>/write/<uuid:pk>/split/", desk.split_section, name="split_section"),
    path("policies/<slug:slug>/write/<uuid:pk>/merge/", desk.merge_section, name="merge_section"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/remove/", desk.remove_section, name="remove_section"
    ),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/put-back/",
        desk.put_back_section,
        name="put_back_section",
    ),
]
