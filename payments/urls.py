from django.urls import path

from payments import views

urlpatterns = [
    path("me/payments/", views.payments, name="payments"),
    path("me/payments/account/", views.account, name="payout_account"),
    path("me/payments/account/start/", views.account_start, name="payout_account_start"),
    path("me/payments/account/back/", views.account_return, name="payout_account_return"),
    path("me/payments/account/keep/", views.account_keep, name="payout_account_keep"),
    path("me/payments/account/by-hand/", views.account_by_hand, name="payout_account_by_hand"),
    path("me/payments/account/remove/", views.account_remove, name="payout_account_remove"),
    path("me/payments/letter/", views.letter, name="payment_letter"),
    path("me/payments/year/<int:first>/", views.tax_year, name="payment_year"),
    path("payments/<uuid:pk>/", views.payment, name="payment"),
    path("payments/<uuid:pk>/choose/", views.choose, name="payment_choose"),
    path("payments/<uuid:pk>/arrived/", views.arrived, name="payment_arrived"),
    path("payments/<uuid:pk>/missing/", views.missing, name="payment_missing"),
    path("payments/<uuid:pk>/expenses/", views.add_expense, name="add_expense"),
    path("payments/<uuid:pk>/statement.pdf", views.statement, name="payment_statement"),
    path("expenses/<uuid:pk>/withdraw/", views.withdraw_expense, name="withdraw_expense"),
    path("expenses/<uuid:pk>/receipt/", views.receipt, name="receipt"),
    path("webhooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
]
