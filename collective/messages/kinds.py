"""The kinds of messages that the ground writes, by the names under which the rows keep them."""

ADDRESS_CHANGED = "address_changed"
ADDRESS_CODE = "address_code"
ADDRESS_OLD_CODE = "address_old_code"
ADDRESS_READY = "address_ready"
ADDRESS_WAITS = "address_waits"
ADDRESS_WAITS_OLD = "address_waits_old"
ANNOUNCEMENT = "announcement"
ANNOUNCEMENT_TEST = "announcement_test"
CODE = "code"
COMMUNITY_CONTACTS_CHANGED = "community_contacts_changed"
CONTACTS_CHANGED = "contacts_changed"
DATE_SET = "date_set"
MANY_WRONG_CODES = "many_wrong_codes"
RECORDS_JOINED = "records_joined"
RECORDS_PARTED = "records_parted"
FORGETTING_ASKED = "forgetting_asked"
FORGETTING_DIED = "forgetting_died"
FORGETTING_STOPPED = "forgetting_stopped"
FORGETTING_WAITS = "forgetting_waits"
FORGOTTEN = "forgotten"
SECOND_STEP_RESET = "second_step_reset"
SIGN_UP_OPEN = "sign_up_open"
STAFF_INVITED = "staff_invited"

CODES = [CODE, ADDRESS_CODE, ADDRESS_OLD_CODE]  # asked for anew rather than told late
# about signing in and the address itself: to an address, as it may be nobody's yet
TO_AN_ADDRESS = [*CODES, ADDRESS_READY, ADDRESS_WAITS, ADDRESS_WAITS_OLD, MANY_WRONG_CODES]
