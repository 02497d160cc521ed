from django.urls import path

from policy_drafts.desk.views import bringing_in, editor, heard, outline, reasons, unsaved, versions
from policy_drafts.drafts.views import comparing, following, publish, reading
from policy_drafts.roles import views as roles

urlpatterns = [
    path("policies/pictures/<uuid:pk>/", reading.policy_picture, name="policy_picture"),
    path("policies/invitations/<uuid:pk>/", roles.invitation, name="invitation"),
    path("policies/news/<uuid:pk>/stop/", following.stop_draft_news, name="stop_draft_news"),
    path("policies/<slug:slug>/", reading.policy, name="policy"),
    path("policies/<slug:slug>/follow/", following.follow_policy, name="follow_policy"),
    path("policies/<slug:slug>/drafts/", reading.drafts, name="drafts"),
    path("policies/<slug:slug>/drafts/<int:number>/", reading.draft, name="draft"),
    path("policies/<slug:slug>/drafts/<int:number>/changes/", comparing.changes, name="changes"),
    path(
        "policies/<slug:slug>/drafts/<int:number>/changes/whole/",
        comparing.changes_in_text,
        name="changes_in_text",
    ),
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
    path(
        "policies/<slug:slug>/sections/<uuid:uid>/",
        comparing.section_history,
        name="section_history",
    ),
    path("policies/<slug:slug>/write/", outline.write, name="write"),
    path("policies/<slug:slug>/write/add/", outline.add_section, name="add_section"),
    path("policies/<slug:slug>/write/heard/", heard.add_heard, name="add_heard"),
    path(
        "policies/<slug:slug>/write/heard/<uuid:note_pk>/remove/",
        heard.remove_heard,
        name="remove_heard",
    ),
    path("policies/<slug:slug>/write/import/", bringing_in.bring_in, name="bring_in"),
    path(
        "policies/<slug:slug>/write/import/<uuid:import_pk>/",
        bringing_in.look_through,
        name="look_through",
    ),
    path(
        "policies/<slug:slug>/write/import/<uuid:import_pk>/done/",
        bringing_in.finish_import,
        name="finish_import",
    ),
    path("policies/<slug:slug>/write/word/", bringing_in.working_copy, name="working_copy"),
    path(
        "policies/<slug:slug>/write/word/<uuid:copy_pk>/",
        bringing_in.working_copy_file,
        name="working_copy_file",
    ),
    path("policies/<slug:slug>/write/removed/", outline.removed_sections, name="removed_sections"),
    path("policies/<slug:slug>/write/people/", roles.roles, name="roles"),
    path("policies/<slug:slug>/write/people/<uuid:role_pk>/end/", roles.end_role, name="end_role"),
    path("policies/<slug:slug>/write/publish/", publish.rehearse, name="rehearse"),
    path("policies/<slug:slug>/write/<uuid:pk>/", editor.write_section, name="write_section"),
    path("policies/<slug:slug>/write/<uuid:pk>/keep/", editor.keep_typed, name="keep_typed"),
    path("policies/<slug:slug>/write/<uuid:pk>/here/", editor.here, name="here"),
    path("policies/<slug:slug>/write/<uuid:pk>/unsaved/", unsaved.unsaved, name="unsaved"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/compare/",
        versions.compare_section,
        name="compare_section",
    ),
    path("policies/<slug:slug>/write/<uuid:pk>/versions/", versions.versions, name="versions"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/versions/<int:number>/",
        versions.version,
        name="version",
    ),
    path("policies/<slug:slug>/write/<uuid:pk>/picture/", editor.add_picture, name="add_picture"),
    path("policies/<slug:slug>/write/<uuid:pk>/why/", reasons.say_why, name="say_why"),
    path("policies/<slug:slug>/write/<uuid:pk>/move/", outline.move_section, name="move_section"),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/place/", outline.place_section, name="place_section"
    ),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/split/", outline.split_section, name="split_section"
    ),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/merge/", outline.merge_section, name="merge_section"
    ),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/remove/",
        outline.remove_section,
        name="remove_section",
    ),
    path(
        "policies/<slug:slug>/write/<uuid:pk>/put-back/",
        outline.put_back_section,
        name="put_back_section",
    ),
]
