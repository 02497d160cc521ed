"""The kinds of messages that the ground writes, by the names under which the rows keep them."""

ADDRESS_CHANGED = "address_changed"
ADDRESS_CODE = "address_code"
ANNOUNCEMENT = "announcement"
ANNOUNCEMENT_TEST = "announcement_test"
CODE = "code"
DATE_SET = "date_set"
FORGETTING_ASKED = "forgetting_asked"
FORGETTING_STOPPED = "forgetting_stopped"
FORGETTING_WAITS = "forgetting_waits"
FORGOTTEN = "forgotten"
SECOND_STEP_RESET = "second_step_reset"
SIGN_UP_OPEN = "sign_up_open"
STAFF_INVITED = "staff_invited"

CODES = [CODE, ADDRESS_CODE]  # asked for anew rather than told late
