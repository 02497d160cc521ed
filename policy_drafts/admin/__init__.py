from policy_drafts.admin import policies

__all__ = ["policies"]
