"""The kinds of messages that the ground writes, by the names under which the rows keep them."""

ADDRESS_CHANGED = "address_changed"
ADDRESS_CODE = "address_code"
ANNOUNCEMENT = "announcement"
ANNOUNCEMENT_TEST = "announcement_test"
CODE = "code"
DATE_SET = "date_set"
RECORDS_JOINED = "records_joined"
RECORDS_PARTED = "records_parted"
SECOND_STEP_RESET = "second_step_reset"
SIGN_UP_OPEN = "sign_up_open"
STAFF_INVITED = "staff_invited"

CODES = [CODE, ADDRESS_CODE]  # asked for anew rather than told late
