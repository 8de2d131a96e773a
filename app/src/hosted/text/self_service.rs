//! The texts of a person's own account page, in every language.

use doorward_domain::weak_password::WeakPassword;

use crate::hosted::language::Language;
use crate::hosted::page::self_service::Done;

use super::OneName;

/// The account page, what is asked before a change, and the mail after it.
pub struct SelfServiceTexts {
    pub title: &'static str,
    pub nothing_title: &'static str,
    pub nothing: &'static str,
    pub kept_title: &'static str,
    /// Connection.
    pub kept_for: OneName,
    /// Day.
    pub kept_until: OneName,
    pub profile: &'static str,
    pub username: &'static str,
    pub verified: &'static str,
    pub not_verified: &'static str,
    /// Connection or other source.
    pub from: OneName,
    pub by_administrator: &'static str,
    pub by_you: &'static str,
    pub edit: &'static str,
    pub save: &'static str,
    pub factors: &'static str,
    pub no_factor: &'static str,
    /// The same, for somebody who has no password.
    pub no_factor_no_password: &'static str,
    pub app: &'static str,
    pub add_app: &'static str,
    pub remove_app: &'static str,
    pub passkey: &'static str,
    pub add_passkey: &'static str,
    pub rename: &'static str,
    /// Name of the passkey.
    pub rename_it: OneName,
    pub remove: &'static str,
    /// Name of the passkey.
    pub remove_it: OneName,
    pub codes: &'static str,
    pub codes_left: fn(u8) -> String,
    /// Where there are none yet.
    pub make_first_codes: &'static str,
    pub make_codes: &'static str,
    /// Why an app or a passkey cannot be removed: it is all that confirms the person.
    pub last_factor: &'static str,
    /// Why a passkey cannot be removed: it is all that signs the person in.
    pub last_passkey: &'static str,
    pub links: &'static str,
    pub no_link: &'static str,
    /// Connection.
    pub link: OneName,
    /// Connection.
    pub unlink: OneName,
    /// What the provider calls the person.
    pub known_as: OneName,
    /// Day.
    pub last_used: OneName,
    pub last_way: &'static str,
    pub password: &'static str,
    pub change_password: &'static str,
    pub set_password: &'static str,
    pub new_password: &'static str,
    pub password_rule: &'static str,
    pub weak_password: fn(WeakPassword) -> &'static str,
    pub sessions: &'static str,
    pub unknown_browser: &'static str,
    pub this_browser: &'static str,
    /// Browser.
    pub end: OneName,
    pub end_others: &'static str,
    pub sign_out: &'static str,
    pub since: OneName,
    pub confirm_app: &'static str,
    /// Name of the passkey.
    pub confirm_passkey: OneName,
    /// Connection.
    pub confirm_unlink: OneName,
    pub ends_sessions: &'static str,
    pub keep: &'static str,
    pub done: fn(Done) -> &'static str,
    /// Organisation.
    pub subject: OneName,
    /// What was done, organisation.
    pub letter: super::TwoNames,
}

/// The texts of a language.
#[must_use]
pub fn self_service(language: Language) -> &'static SelfServiceTexts {
    match language {
        Language::English => &EN,
        Language::German => &DE,
        Language::French => &FR,
    }
}

static EN: SelfServiceTexts = SelfServiceTexts {
    title: "Your account",
    nothing_title: "Nothing is kept about you",
    nothing: "You sign in through another service, and there is no account for you here. What that service says about you \
              goes to the applications you use, and ends with your sign-in.",
    kept_title: "Only your second factors are kept",
    kept_for: |connection| {
        format!("So that you can confirm it is you when you sign in through {connection}, this is kept:")
    },
    kept_until: |day| {
        format!(
            "It is erased after {day}, and each use keeps it longer. To have it erased sooner, ask your \
             administrator."
        )
    },
    profile: "Profile",
    username: "Username",
    verified: "verified",
    not_verified: "not verified",
    from: |source| format!("from {source}"),
    by_administrator: "entered by an administrator",
    by_you: "entered by you",
    edit: "Change the profile",
    save: "Save profile",
    factors: "Confirming it is you",
    no_factor: "A second way to confirm it is you protects the account when somebody learns your password.",
    no_factor_no_password: "A second way to confirm it is you protects the account when somebody gets hold of your way to sign in.",
    app: "Authenticator app",
    add_app: "Set up an authenticator app",
    remove_app: "Remove the authenticator app",
    passkey: "Passkey",
    add_passkey: "Add a passkey",
    rename: "Rename",
    rename_it: |name| format!("New name for {name}"),
    remove: "Remove",
    remove_it: |name| format!("Remove {name}"),
    codes: "Backup codes",
    codes_left: |left| match left {
        1 => "1 is left".to_owned(),
        _ => format!("{left} are left"),
    },
    make_first_codes: "Make backup codes",
    make_codes: "Make new backup codes",
    last_factor: "Nothing else confirms it is you, so this cannot be removed. Set up another way or make backup codes first.",
    last_passkey: "This is your only way to sign in, so it cannot be removed. Set a password or add another passkey first.",
    links: "Linked sign-ins",
    no_link: "No other service signs you in to this account.",
    link: |connection| format!("Link {connection}"),
    unlink: |connection| format!("Unlink {connection}"),
    known_as: |subject| format!("known there as {subject}"),
    last_used: |day| format!("last used on {day}"),
    last_way: "It is your only way to sign in. Set a password or link another one before you unlink it.",
    password: "Password",
    change_password: "Change the password",
    set_password: "Set a password",
    new_password: "New password",
    password_rule: "At least 8 characters. You will be signed out everywhere else.",
    weak_password: |weak| match weak {
        WeakPassword::TooShort => "Use at least 8 characters.",
        WeakPassword::TooLong => "Use at most 256 characters.",
        WeakPassword::NullCharacter => "Remove the null character.",
        WeakPassword::OneCharacter => "Use different characters, not one over and over.",
        WeakPassword::Common => {
            "Choose a password that fewer people have. This one is among the first that are guessed."
        }
        WeakPassword::OwnName => "Choose a password other than your username or your email address.",
    },
    sessions: "Where you are signed in",
    unknown_browser: "Unknown browser",
    this_browser: "This browser",
    end: |browser| format!("Sign out {browser}"),
    end_others: "Sign out everywhere else",
    sign_out: "Sign out",
    since: |day| format!("since {day}"),
    confirm_app: "Remove the authenticator app?",
    confirm_passkey: |name| format!("Remove {name}?"),
    confirm_unlink: |connection| format!("Unlink {connection}?"),
    ends_sessions: "You will be signed out everywhere else.",
    keep: "Leave it as it is",
    done: |done| match done {
        Done::ProfileSaved => "Your profile is saved.",
        Done::AppAdded => "Your authenticator app is set up.",
        Done::AppRemoved => "The authenticator app is removed.",
        Done::PasskeyAdded => "The passkey is added.",
        Done::PasskeyRenamed => "The passkey has its new name.",
        Done::PasskeyRemoved => "The passkey is removed.",
        Done::CodesMade => "Your new backup codes are valid.",
        Done::Linked => "The sign-in is linked.",
        Done::Unlinked => "The sign-in is unlinked.",
        Done::PasswordSet => "Your password is changed.",
        Done::SessionEnded => "That session has ended.",
        Done::OthersEnded => "Everywhere else you are signed out.",
    },
    subject: |place| format!("Your account at {place} was changed"),
    letter: |what, place| {
        format!(
            "Something was changed in your account at {place}:\n\n    {what}\n\nWas it you? Then there is nothing to do. \
             If it was not you, change your password at once, and tell your administrator.\n"
        )
    },
};

static DE: SelfServiceTexts = SelfServiceTexts {
    title: "Ihr Konto",
    nothing_title: "Über Sie ist nichts gespeichert",
    nothing: "Sie melden sich über einen anderen Dienst an, und hier gibt es kein Konto für Sie. Was jener Dienst über Sie \
              mitteilt, geht an die Anwendungen, die Sie nutzen, und endet mit Ihrer Anmeldung.",
    kept_title: "Nur Ihre zweiten Faktoren sind gespeichert",
    kept_for: |connection| {
        format!("Damit Sie bei der Anmeldung über {connection} bestätigen können, dass Sie es sind, ist gespeichert:")
    },
    kept_until: |day| {
        format!(
            "Das wird nach dem {day} gelöscht, und jede Benutzung verlängert die Frist. Soll es früher gelöscht \
             werden, wenden Sie sich an Ihre Administration."
        )
    },
    profile: "Profil",
    username: "Benutzername",
    verified: "bestätigt",
    not_verified: "nicht bestätigt",
    from: |source| format!("von {source}"),
    by_administrator: "von der Administration eingetragen",
    by_you: "von Ihnen eingetragen",
    edit: "Profil ändern",
    save: "Profil speichern",
    factors: "Bestätigen, dass Sie es sind",
    no_factor: "Ein zweiter Weg zu bestätigen, dass Sie es sind, schützt das Konto, wenn jemand Ihr Passwort erfährt.",
    no_factor_no_password: "Ein zweiter Weg zu bestätigen, dass Sie es sind, schützt das Konto, wenn jemand an Ihre Anmeldung gelangt.",
    app: "Authenticator-App",
    add_app: "Authenticator-App einrichten",
    remove_app: "Authenticator-App entfernen",
    passkey: "Passkey",
    add_passkey: "Passkey hinzufügen",
    rename: "Umbenennen",
    rename_it: |name| format!("Neuer Name für {name}"),
    remove: "Entfernen",
    remove_it: |name| format!("{name} entfernen"),
    codes: "Ersatzcodes",
    codes_left: |left| match left {
        1 => "1 ist übrig".to_owned(),
        _ => format!("{left} sind übrig"),
    },
    make_first_codes: "Ersatzcodes erstellen",
    make_codes: "Neue Ersatzcodes erstellen",
    last_factor: "Nichts anderes bestätigt, dass Sie es sind; darum lässt sich das nicht entfernen. Richten Sie zuerst einen \
                  anderen Weg ein oder erstellen Sie Ersatzcodes.",
    last_passkey: "Nur damit können Sie sich anmelden; darum lässt er sich nicht entfernen. Setzen Sie zuerst ein Passwort \
                   oder fügen Sie einen weiteren Passkey hinzu.",
    links: "Verknüpfte Anmeldungen",
    no_link: "Kein anderer Dienst meldet Sie an diesem Konto an.",
    link: |connection| format!("{connection} verknüpfen"),
    unlink: |connection| format!("Verknüpfung mit {connection} lösen"),
    known_as: |subject| format!("dort bekannt als {subject}"),
    last_used: |day| format!("zuletzt benutzt am {day}"),
    last_way: "Nur so können Sie sich anmelden. Setzen Sie vor dem Lösen ein Passwort oder verknüpfen Sie einen anderen Dienst.",
    password: "Passwort",
    change_password: "Passwort ändern",
    set_password: "Passwort setzen",
    new_password: "Neues Passwort",
    password_rule: "Mindestens 8 Zeichen. Überall sonst werden Sie abgemeldet.",
    weak_password: |weak| match weak {
        WeakPassword::TooShort => "Verwenden Sie mindestens 8 Zeichen.",
        WeakPassword::TooLong => "Verwenden Sie höchstens 256 Zeichen.",
        WeakPassword::NullCharacter => "Entfernen Sie das Nullzeichen.",
        WeakPassword::OneCharacter => "Verwenden Sie verschiedene Zeichen, nicht immer dasselbe.",
        WeakPassword::Common => {
            "Wählen Sie ein Passwort, das weniger Menschen haben. Dieses gehört zu denen, die zuerst geraten werden."
        }
        WeakPassword::OwnName => "Wählen Sie ein anderes Passwort als Ihren Benutzernamen oder Ihre E-Mail-Adresse.",
    },
    sessions: "Wo Sie angemeldet sind",
    unknown_browser: "Unbekannter Browser",
    this_browser: "Dieser Browser",
    end: |browser| format!("{browser} abmelden"),
    end_others: "Überall sonst abmelden",
    sign_out: "Abmelden",
    since: |day| format!("seit {day}"),
    confirm_app: "Authenticator-App entfernen?",
    confirm_passkey: |name| format!("{name} entfernen?"),
    confirm_unlink: |connection| format!("Verknüpfung mit {connection} lösen?"),
    ends_sessions: "Überall sonst werden Sie abgemeldet.",
    keep: "So lassen",
    done: |done| match done {
        Done::ProfileSaved => "Ihr Profil ist gespeichert.",
        Done::AppAdded => "Ihre Authenticator-App ist eingerichtet.",
        Done::AppRemoved => "Die Authenticator-App ist entfernt.",
        Done::PasskeyAdded => "Der Passkey ist hinzugefügt.",
        Done::PasskeyRenamed => "Der Passkey hat seinen neuen Namen.",
        Done::PasskeyRemoved => "Der Passkey ist entfernt.",
        Done::CodesMade => "Ihre neuen Ersatzcodes gelten.",
        Done::Linked => "Die Anmeldung ist verknüpft.",
        Done::Unlinked => "Die Verknüpfung ist gelöst.",
        Done::PasswordSet => "Ihr Passwort ist geändert.",
        Done::SessionEnded => "Diese Sitzung ist beendet.",
        Done::OthersEnded => "Überall sonst sind Sie abgemeldet.",
    },
    subject: |place| format!("Ihr Konto bei {place} wurde geändert"),
    letter: |what, place| {
        format!(
            "An Ihrem Konto bei {place} wurde etwas geändert:\n\n    {what}\n\nSie waren es selbst? Dann ist nichts zu tun. \
             Sie waren es nicht? Ändern Sie sofort Ihr Passwort und sagen Sie es Ihrer Administration.\n"
        )
    },
};

static FR: SelfServiceTexts = SelfServiceTexts {
    title: "Votre compte",
    nothing_title: "Rien n’est conservé à votre sujet",
    nothing: "Vous vous connectez par un autre service, et il n’y a pas de compte pour vous ici. Ce que ce service dit de vous \
              va aux applications que vous utilisez et prend fin avec votre connexion.",
    kept_title: "Seuls vos seconds facteurs sont conservés",
    kept_for: |connection| {
        format!(
            "Pour que vous puissiez confirmer que c’est vous quand vous vous connectez par {connection}, ceci est conservé :"
        )
    },
    kept_until: |day| {
        format!(
            "Tout est effacé après le {day}, et chaque utilisation prolonge ce délai. Pour que ce soit effacé plus tôt, \
             adressez-vous à votre administrateur."
        )
    },
    profile: "Profil",
    username: "Nom d’utilisateur",
    verified: "vérifiée",
    not_verified: "non vérifiée",
    from: |source| format!("de {source}"),
    by_administrator: "saisi par un administrateur",
    by_you: "saisi par vous",
    edit: "Modifier le profil",
    save: "Enregistrer le profil",
    factors: "Confirmer que c’est vous",
    no_factor: "Un second moyen de confirmer que c’est vous protège le compte si quelqu’un apprend votre mot de passe.",
    no_factor_no_password: "Un second moyen de confirmer que c’est vous protège le compte si quelqu’un s’empare de votre moyen de connexion.",
    app: "Application d’authentification",
    add_app: "Configurer une application d’authentification",
    remove_app: "Retirer l’application d’authentification",
    passkey: "Clé d’accès",
    add_passkey: "Ajouter une clé d’accès",
    rename: "Renommer",
    rename_it: |name| format!("Nouveau nom de {name}"),
    remove: "Retirer",
    remove_it: |name| format!("Retirer {name}"),
    codes: "Codes de secours",
    codes_left: |left| match left {
        1 => "il en reste 1".to_owned(),
        _ => format!("il en reste {left}"),
    },
    make_first_codes: "Créer des codes de secours",
    make_codes: "Créer de nouveaux codes de secours",
    last_factor: "Rien d’autre ne confirme que c’est vous : ce moyen ne peut donc pas être retiré. Configurez-en d’abord un \
                  autre ou créez des codes de secours.",
    last_passkey: "C’est votre seul moyen de vous connecter : cette clé ne peut donc pas être retirée. Définissez d’abord un \
                   mot de passe ou ajoutez une autre clé d’accès.",
    links: "Connexions associées",
    no_link: "Aucun autre service ne vous connecte à ce compte.",
    link: |connection| format!("Associer {connection}"),
    unlink: |connection| format!("Dissocier {connection}"),
    known_as: |subject| format!("connu là-bas sous {subject}"),
    last_used: |day| format!("utilisé la dernière fois le {day}"),
    last_way: "C’est votre seul moyen de vous connecter. Définissez un mot de passe ou associez un autre service avant de le \
               dissocier.",
    password: "Mot de passe",
    change_password: "Changer le mot de passe",
    set_password: "Définir un mot de passe",
    new_password: "Nouveau mot de passe",
    password_rule: "Au moins 8 caractères. Partout ailleurs, vous serez déconnecté.",
    weak_password: |weak| match weak {
        WeakPassword::TooShort => "Utilisez au moins 8 caractères.",
        WeakPassword::TooLong => "Utilisez 256 caractères au plus.",
        WeakPassword::NullCharacter => "Retirez le caractère nul.",
        WeakPassword::OneCharacter => "Utilisez des caractères différents, pas toujours le même.",
        WeakPassword::Common => {
            "Choisissez un mot de passe que moins de gens ont. Celui-ci est parmi les premiers que l’on devine."
        }
        WeakPassword::OwnName => {
            "Choisissez un autre mot de passe que votre nom d’utilisateur ou votre adresse e-mail."
        }
    },
    sessions: "Où vous êtes connecté",
    unknown_browser: "Navigateur inconnu",
    this_browser: "Ce navigateur",
    end: |browser| format!("Déconnecter {browser}"),
    end_others: "Se déconnecter partout ailleurs",
    sign_out: "Se déconnecter",
    since: |day| format!("depuis le {day}"),
    confirm_app: "Retirer l’application d’authentification ?",
    confirm_passkey: |name| format!("Retirer {name} ?"),
    confirm_unlink: |connection| format!("Dissocier {connection} ?"),
    ends_sessions: "Partout ailleurs, vous serez déconnecté.",
    keep: "Ne rien changer",
    done: |done| match done {
        Done::ProfileSaved => "Votre profil est enregistré.",
        Done::AppAdded => "Votre application d’authentification est configurée.",
        Done::AppRemoved => "L’application d’authentification est retirée.",
        Done::PasskeyAdded => "La clé d’accès est ajoutée.",
        Done::PasskeyRenamed => "La clé d’accès porte son nouveau nom.",
        Done::PasskeyRemoved => "La clé d’accès est retirée.",
        Done::CodesMade => "Vos nouveaux codes de secours sont valables.",
        Done::Linked => "La connexion est associée.",
        Done::Unlinked => "La connexion est dissociée.",
        Done::PasswordSet => "Votre mot de passe est changé.",
        Done::SessionEnded => "Cette session a pris fin.",
        Done::OthersEnded => "Vous êtes déconnecté partout ailleurs.",
    },
    subject: |place| format!("Votre compte chez {place} a été modifié"),
    letter: |what, place| {
        format!(
            "Quelque chose a été modifié dans votre compte chez {place} :\n\n    {what}\n\nC’était vous ? Alors il n’y a rien à \
             faire. Ce n’était pas vous ? Changez tout de suite votre mot de passe et prévenez votre administrateur.\n"
        )
    },
};
