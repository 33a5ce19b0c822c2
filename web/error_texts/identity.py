# SPDX-License-Identifier: Apache-2.0
"""Texts about accounts: passwords, second factor, invitations, the organisation's own sign-in, learning platforms."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_PASSWORDS = {
    "password_common": ErrorText(
        N_("This password is too easy to guess."),
        N_("Use a longer sentence, or four or five words that do not belong together."),
    ),
    "password_personal": ErrorText(
        N_("This password is mostly your own name, address or organisation."),
        N_("Use words that nobody connects with you."),
    ),
    "passwords_differ": ErrorText(N_("The two new passwords are not the same."), N_("Type both again.")),
    "password_wrong": ErrorText(
        N_("Your present password does not fit."), N_("Type it again; the new one is not set yet.")
    ),
    "reset_unknown": ErrorText(
        N_("This link does not work any more."),
        N_("It was used, replaced by a newer one, or its time is over. Ask for a new link."),
    ),
    "sign_in_busy": ErrorText(N_("Very many people are signing in just now."), N_("Try again in a moment.")),
    "secret_unreadable": ErrorText(
        N_("A stored secret cannot be read."),
        N_(
            "It was stored under another platform key. Set it up again, or start with the key it was stored with."
        ),
    ),
}

_FACTORS = {
    "second_factor_needed": ErrorText(
        N_("Your organisation asks for a second factor."),
        N_("Open any page: you are led to set one up, then go on."),
    ),
    "second_factor_wrong": ErrorText(
        N_("This code does not fit."), N_("Wait for the next code and type it again.")
    ),
    "second_factor_unknown": ErrorText(
        N_("There is nothing to confirm."), N_("Begin again on the page “Second factor”.")
    ),
    "second_factor_exists": ErrorText(
        N_("You have a second factor already."), N_("Remove it first if you want another phone.")
    ),
    "second_factor_missing": ErrorText(
        N_("You have no second factor."), N_("Set one up on the page “Second factor”.")
    ),
    "second_factor_demanded": ErrorText(
        N_("Your organisation asks everybody for a second factor."),
        N_("It cannot be removed. An administrator can reset it when the phone is lost."),
    ),
    "recent_proof_needed": ErrorText(
        N_("This act needs a fresh proof that it is you."),
        N_("Do it on its page in the browser: you are asked for your code or password."),
    ),
}

_PEOPLE = {
    "invitation_unknown": ErrorText(
        N_("This invitation does not work any more."),
        N_("It was used, withdrawn, or its time is over. Ask your administrator for a new one."),
    ),
    "language_unknown": ErrorText(N_("This language is not known here."), N_("Choose English or Hindi.")),
    "roles_missing": ErrorText(N_("No role is chosen."), N_("Tick at least one role.")),
    "login_unknown": ErrorText(
        N_("There is no such login of yours."), N_("It may have ended already. Look at the list again.")
    ),
    "self_disable": ErrorText(
        N_("You cannot close your own account."), N_("Ask another administrator to do it.")
    ),
    "last_administrator": ErrorText(
        N_("This is the last administrator of your organisation."),
        N_("Make somebody else an administrator first."),
    ),
    "person_disabled": ErrorText(
        N_("This account is closed."), N_("Open it again first, then send the link.")
    ),
}

_SIGN_ON = {
    "address_refused": ErrorText(
        N_("This address cannot be used."),
        N_("It must begin with https and lie on the open internet."),
    ),
    "provider_unreachable": ErrorText(
        N_("The other system does not answer as it should."),
        N_("Try again in a minute. If it goes on, tell your administrator."),
    ),
    "sign_on_fields": ErrorText(
        N_("Something is missing."),
        N_(
            "Fill in the issuer, the client ID, the client secret and at least one mail domain. "
            "For another provider the secret must be typed again."
        ),
    ),
    "domain_malformed": ErrorText(
        N_("“%(domain)s” is not a mail domain."),
        N_("Write what stands behind the @, such as agency.in; at most %(maximum)s of them."),
    ),
    "sign_on_issuer": ErrorText(
        N_("There is no usable sign-in at this issuer."),
        N_("Copy the issuer exactly as the provider shows it; a slash at the end matters."),
    ),
    "sign_on_missing": ErrorText(
        N_("Your organisation has no sign-in of its own here."), N_("Sign in with your password.")
    ),
    "sign_on_refused": ErrorText(
        N_("The sign-in could not be checked."),
        N_(
            "Begin again from the first page. If it fails again, tell your administrator this reason: %(reason)s."
        ),
    ),
    "sign_on_unlinked": ErrorText(
        N_("No account here is linked to this sign-in."),
        N_(
            "Sign in with your password and link your account on the page “My account”, "
            "or ask your administrator to invite you."
        ),
    ),
    "sign_on_linked": ErrorText(
        N_("This account or this sign-in is linked already."),
        N_("Each account has one link. Ask your administrator."),
    ),
    "sign_on_domain": ErrorText(
        N_("This sign-in belongs to an address outside your organisation."),
        N_("Use the one of your organisation."),
    ),
}

_LAUNCHES = {
    "platform_unknown": ErrorText(
        N_("This learning platform is not registered here."),
        N_("Tell the person who set up the link on the platform."),
    ),
    "platform_fields": ErrorText(
        N_("Something is missing."),
        N_("Fill in the name, the issuer, the client ID and at least one deployment ID."),
    ),
    "entry_not_confirmed": ErrorText(
        N_("The entry requirement is not confirmed."),
        N_("Register a platform only when everybody it sends meets the entry requirement, and tick the box."),
    ),
    "launch_not_learner": ErrorText(
        N_("Only learners come in here from a learning platform."),
        N_("Staff sign in on the page “Staff sign-in”."),
    ),
    "linking_not_teacher": ErrorText(
        N_("Only teachers choose which test a link opens."), N_("Ask your teacher to make the link.")
    ),
    "sitting_over": ErrorText(
        N_("This sitting is over or cancelled."), N_("Begin again on the platform and choose another one.")
    ),
    "launch_without_name": ErrorText(
        N_("The learning platform did not say your name."),
        N_("Ask the person who runs it to share names with this tool, then open the link again."),
    ),
}

IDENTITY: dict[str, ErrorText] = {**_PASSWORDS, **_FACTORS, **_PEOPLE, **_SIGN_ON, **_LAUNCHES}
