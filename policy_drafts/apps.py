from django.apps import AppConfig


class PolicyDraftsConfig(AppConfig):
    name = "policy_drafts"
    verbose_name = "Policies and drafts"
