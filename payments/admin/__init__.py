from payments.admin import payments, reviews, rules  # noqa: F401 each registers itself
