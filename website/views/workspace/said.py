"""What was just done, in a sentence at the head of the page that a form leads back to.

The address carries a word (`?said=saved`), so that nothing is kept for it in a session.
"""

from flask import request
from flask_babel import lazy_gettext as _l

SENTENCES = {
    "saved": _l("Saved."),
    "made": _l("The link is made. Copy its address to share it."),
    "on": _l("The link is on: it takes bookings."),
    "off": _l("The link is off: nobody can book it."),
    "paused": _l("Paused: others take the turns."),
    "turns": _l("Turns are taken again."),
    "invited": _l("Invited. Tell them to sign in: no e-mail is sent."),
    "forgotten": _l("The next account that signs in with this address is theirs."),
    "left": _l("Everything is handed over."),
    "moved": _l("The meeting is moved. Everybody is told."),
    "handed_over": _l("The meeting is handed over. The invitee is told who hosts now."),
    "declined": _l("The meeting went to the next host. The invitee is told."),
    "cancelled": _l("The meeting is cancelled. Everybody is told."),
    "decided": _l("It is done as you decided."),
    "contact_added": _l("The contact is added."),
    "company_removed": _l("The company is removed. Its contacts stay."),
    "forgotten_person": _l("The person is forgotten: nothing of them is left here."),
    "forgetting_person": _l(
        "The meetings are called off and the person is forgotten. What these meetings say of them goes as soon as the"
        " mails about that are sent."
    ),
    "owner": _l("The owner is saved."),
    "crm_read": _l("The owners were read just now."),
    "crm_owner": _l("It is saved who that is."),
    "picture_saved": _l("The picture is saved: pages show it from now on."),
    "picture_removed": _l("The picture is gone."),
    "linked": _l("The account is linked."),
    "another": _l(
        "You signed in with another account, and it is linked now. The one to reconnect still waits."
    ),
    "stopped": _l("The calendar is not checked any more."),
    "unlinked": _l("The account is unlinked."),
    "retried": _l("It is tried again now."),
    "personal_link": _l("The personal link is made. Copy its address to send it."),
    "revoked": _l("It is revoked: it does not work any more."),
    "token_revoked": _l("The token is revoked: it lets nobody in."),
    "given_up": _l("It was given up. You can still have it tried again."),
}


def just_done() -> str:
    """The sentence that the address asks for, empty for none."""
    return str(SENTENCES.get(request.args.get("said", ""), ""))
