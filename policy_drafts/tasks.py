from celery import shared_task

from policy_drafts.desk import work


@shared_task(name="policy_drafts.desk_work")
def desk_work(kind: str, pk: str) -> None:
    """One thing that a writer waits for, by its key; safe to run twice."""
    work.do(kind, pk)
