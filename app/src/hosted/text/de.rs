//! German.

use super::{
    AccountTexts, AttributeTexts, BackupCodeTexts, ByMailTexts, CodeTexts, ConnectionTestTexts, DateTexts,
    FormPostTexts, FrameTexts, MailCodeTexts, PasskeyTexts, PromptTexts, ProofTexts, ProvenTexts, ScriptMailTexts,
    SetUpTexts, SignInTexts, SignOutTexts, Texts, TroubleTexts,
};
use crate::hosted::page::attributes::StandardAttribute;

pub(super) static TEXTS: Texts = Texts {
    frame: FrameTexts {
        language: "Sprache",
        privacy: "Datenschutz",
        terms: "Bedingungen",
        help: "Hilfe",
        about: "Über diese Seite",
        back_to: |application| format!("Zurück zu {application}"),
        back_to_account: "Zurück zu Ihrem Konto",
        back_to_console: "Zurück zur Konsole",
        or: "oder",
    },
    dates: DateTexts {
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        day: |day, month, year| format!("{day}. {month} {year}"),
        moment: |day, time| format!("{day}, {time}"),
    },
    sign_in: SignInTexts {
        title: "Anmelden",
        with: |connection| format!("Weiter mit {connection}"),
        last_used: "Zuletzt benutzt",
        username: "Benutzername oder E-Mail-Adresse",
        password: "Passwort",
        submit: "Anmelden",
        username_missing: "Geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein.",
        password_missing: "Geben Sie Ihr Passwort ein.",
        wrong_password: "Benutzername oder Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.",
        again: "Sie sind angemeldet. Zeigen Sie noch einmal, dass Sie es sind: Was jetzt kommt, könnte Ihnen in fremden Händen schaden.",
        no_administrator: |name| {
            format!(
                "Sie sind als {name} angemeldet. Dieses Konto verwaltet Doorward nicht. Melden Sie sich mit einem an, das es \
                 verwaltet."
            )
        },
    },
    code: CodeTexts {
        title: "Bestätigen Sie, dass Sie es sind",
        explain: "Öffnen Sie Ihre Authenticator-App und geben Sie den angezeigten Code ein.",
        enrol_title: "Authenticator-App einrichten",
        enrol_explain: "Scannen Sie dieses Bild mit einer Authenticator-App. Geben Sie dann den Code ein, den die App zeigt.",
        picture: "QR-Code für Ihre Authenticator-App",
        by_hand: "Scannen geht nicht? Geben Sie diesen Schlüssel in die App ein:",
        open_app: "Die App auf diesem Gerät öffnen",
        code: "Sechsstelliger Code",
        submit: "Bestätigen",
        missing: "Geben Sie den Code aus Ihrer App ein.",
        wrong: "Dieser Code stimmt nicht. Nehmen Sie den neuesten und prüfen Sie die Uhr Ihres Telefons.",
        used: "Dieser Code wurde schon benutzt. Warten Sie auf den nächsten.",
    },
    mail_code: MailCodeTexts {
        send: |address| format!("Code an {address} schicken"),
        sent: |address| format!("Wir haben einen Code an {address} geschickt. Er gilt zehn Minuten."),
        slow: "Die Mail braucht länger als sonst. Warten Sie einen Moment, oder sehen Sie im Spam-Ordner nach.",
        failed: "Die Mail konnte nicht zugestellt werden. Fragen Sie Ihre Administration, ob Ihre Adresse stimmt.",
        again: "Noch eine Mail schicken",
        missing: "Geben Sie den Code aus der Mail ein.",
        wrong: "Dieser Code stimmt nicht oder ist zu alt. Sehen Sie in der neuesten Mail nach.",
        subject: |place| format!("Ihr Code für {place}"),
        letter: |code, place| {
            format!(
                "Ihr Code für {place} ist\n\n    {code}\n\nEr gilt zehn Minuten, in dem Browser, der ihn angefordert hat. \
                 Sie haben ihn nicht angefordert? Dann weiß vielleicht jemand, wie Sie sich anmelden: Ändern Sie Ihr \
                 Passwort, oder sagen Sie es Ihrer Administration.\n"
            )
        },
    },
    script_mail: ScriptMailTexts {
        new_device_subject: |place| format!("Ein neues Gerät hat sich bei {place} angemeldet"),
        new_device: |place, moment| {
            format!(
                "Am {moment} hat sich jemand mit Ihrem Konto bei {place} angemeldet, von einem Gerät, das wir noch nicht \
                 kennen.\n\nDas waren nicht Sie? Ändern Sie Ihr Passwort, oder sagen Sie es Ihrer Administration.\n"
            )
        },
        sign_in_subject: |place| format!("Sie haben sich bei {place} angemeldet"),
        sign_in: |place, moment| {
            format!(
                "Am {moment} hat sich jemand mit Ihrem Konto bei {place} angemeldet.\n\nDas waren nicht Sie? Ändern Sie \
                 Ihr Passwort, oder sagen Sie es Ihrer Administration.\n"
            )
        },
    },
    by_mail: ByMailTexts {
        email: "E-Mail-Adresse",
        send: "Link per E-Mail senden",
        send_code: "Code per E-Mail senden",
        asked: |address| {
            format!(
                "Wenn ein Konto die Adresse {address} hat, ist eine E-Mail dorthin unterwegs. Öffnen Sie den Link darin in \
                 diesem Browser oder geben Sie hier ihren Code ein. Beides gilt zehn Minuten."
            )
        },
        asked_code: |address| {
            format!(
                "Wenn ein Konto die Adresse {address} hat, ist eine E-Mail mit einem Code dorthin unterwegs. Geben Sie den Code \
                 hier ein. Er gilt zehn Minuten."
            )
        },
        code: "Code aus der E-Mail",
        submit: "Anmelden",
        again: "Noch eine E-Mail senden",
        no_address: "Geben Sie eine E-Mail-Adresse wie name@example.com ein.",
        closed: "Zurzeit kann keine E-Mail gesendet werden. Nehmen Sie einen anderen Weg, oder fragen Sie Ihre Administration.",
        link_refused: "Dieser Link ist zu alt oder wurde schon benutzt. Fordern Sie eine neue E-Mail an.",
        open_title: "Mit diesem Link anmelden?",
        open: "Sie haben diesen Link in diesem Browser angefordert.",
        subject: |place| format!("Anmelden bei {place}"),
        letter: |link, code, place| {
            format!(
                "Um sich bei {place} anzumelden, öffnen Sie diesen Link in dem Browser, in dem Sie ihn angefordert \
                 haben:\n\n    {link}\n\nOder geben Sie dort diesen Code ein: {code}\n\nBeides gilt zehn Minuten. Sie haben ihn \
                 nicht angefordert? Dann tun Sie nichts, und geben Sie den Code niemandem.\n"
            )
        },
        code_letter: |code, place| {
            format!(
                "Ihr Code für {place} ist\n\n    {code}\n\nEr gilt zehn Minuten, in dem Browser, in dem Sie ihn angefordert haben. \
                 Sie haben ihn nicht angefordert? Dann tun Sie nichts, und geben Sie den Code niemandem.\n"
            )
        },
    },
    backup_code: BackupCodeTexts {
        title: "Bewahren Sie Ihre Ersatzcodes auf",
        keep: "Wenn Sie sich einmal nicht wie gewohnt bestätigen können, genügt einer dieser Codes. Schreiben Sie sie auf oder drucken Sie diese Seite, und verwahren Sie sie so, dass nur Sie sie finden.",
        list: "Ersatzcodes",
        once: "Jeder gilt einmal. Sie gelten, sobald Sie fortfahren, ersetzen alle früheren und werden nicht noch einmal gezeigt.",
        kept: "Ich habe sie aufbewahrt",
        code: "Ersatzcode",
        submit: "Diesen Code verwenden",
        few_left: |left| match left {
            1 => "Das ist der letzte. Neue bekommen Sie, wenn Sie sich das nächste Mal anders bestätigen.".to_owned(),
            _ => format!(
                "Nur noch {left} sind übrig. Neue bekommen Sie, wenn Sie sich das nächste Mal anders bestätigen."
            ),
        },
        none_left: "Alle Ihre Ersatzcodes sind benutzt. Neue bekommen Sie, wenn Sie sich das nächste Mal anders bestätigen.",
        missing: "Geben Sie einen Ihrer Ersatzcodes ein.",
        wrong: "Das ist keiner Ihrer Ersatzcodes. Prüfen Sie jeden Buchstaben und jede Ziffer.",
        used: "Dieser Ersatzcode wurde schon benutzt. Nehmen Sie einen anderen.",
        proof: "Zu Ihrem Konto gibt es Ersatzcodes. Geben Sie auch einen davon ein, damit niemand sonst für Sie eine App einrichten kann.",
        no_proof: "Wenn Sie keinen mehr haben, wenden Sie sich an Ihre Administration.",
        wrong_proof: "Geben Sie einen Ersatzcode ein, den Sie noch nicht benutzt haben.",
    },
    passkey: PasskeyTexts {
        code_of_app: "Code Ihrer Authenticator-App",
        sign_in: "Mit Passkey anmelden",
        explain: "Bestätigen Sie mit Ihrem Passkey: Ihr Gerät fragt nach Finger, Gesicht oder PIN.",
        confirm: "Passkey verwenden",
        more: "Weiteren Passkey hinzufügen",
        add: "Bestätigen und weiteren hinzufügen",
        enrol_title: "Passkey einrichten",
        enrol_explain: "Mit einem Passkey melden Sie sich mit Finger, Gesicht oder PIN an. Er bleibt auf Ihrem Gerät oder in \
                        Ihrem Passwortmanager.",
        enrol_with_code: "Mit einem Passkey melden Sie sich mit Finger, Gesicht oder PIN an. Geben Sie zum Einrichten erst den Code ein, \
                          den Ihre Authenticator-App zeigt.",
        enrol_with_backup_code: "Mit einem Passkey melden Sie sich mit Finger, Gesicht oder PIN an. Geben Sie zum Einrichten \
                                 erst einen Ihrer Ersatzcodes ein.",
        name: "Name des Passkeys",
        make: "Passkey einrichten",
        failed: "Der Passkey wurde nicht verwendet. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.",
        exists: "Auf diesem Gerät gibt es schon einen Passkey für Sie. Nehmen Sie ein anderes Gerät oder diesen Passkey.",
        refused: "Dieser Passkey ließ sich nicht bestätigen. Nehmen Sie den, den Sie hier eingerichtet haben.",
        taken: "Dieser Passkey ist schon registriert. Nehmen Sie ein anderes Gerät.",
        missing: "Dieser Browser kann keine Passkeys verwenden. Nehmen Sie einen neueren, oder wählen Sie einen anderen Weg.",
        no_script: "Passkeys brauchen JavaScript. Schalten Sie es für diese Seite ein, oder wählen Sie einen anderen Weg.",
    },
    proof: ProofTexts {
        title: "Ist das Ihr Konto?",
        explain: |account, connection| {
            format!(
                "Für {account} gibt es schon ein Konto. Um sich dort mit {connection} anzumelden, weisen Sie nach, dass es Ihres ist."
            )
        },
        then: |connection| format!("Das ist nur einmal nötig. Danach genügt {connection}."),
        account: |name| format!("Konto: {name}"),
        submit: "Bestätigen und verknüpfen",
        wrong_password: "Das Passwort stimmt nicht. Versuchen Sie es noch einmal.",
        subject: |place| format!("Ist das Ihr Konto bei {place}?"),
        letter: |code, connection| {
            format!(
                "Ihr Code, mit dem Sie {connection} mit Ihrem Konto verknüpfen, lautet\n\n    {code}\n\nEr gilt zehn Minuten, in dem \
                 Browser, der ihn angefordert hat. Wer ihn eingibt, kann sich danach mit {connection} an Ihrem Konto \
                 anmelden; geben Sie ihn an niemanden weiter. Sie haben ihn nicht angefordert? Dann verwenden Sie ihn \
                 nicht und sagen Sie es Ihrer Administration: Jemand meldet sich mit Ihrer Adresse an.\n"
            )
        },
    },
    prompt: PromptTexts {
        title: "Noch eine Angabe",
        skip: "Ohne diese Angabe fortfahren",
        not_ticked: "Setzen Sie dieses Häkchen, um fortzufahren.",
        sessions_title: "Sie sind anderswo angemeldet",
        sessions: |most| match most {
            1 => "Sie können mit einem Browser zugleich angemeldet sein. Wählen Sie, wo Sie abgemeldet werden."
                .to_owned(),
            _ => format!(
                "Sie können mit {most} Browsern zugleich angemeldet sein, diesen mitgezählt. Wählen Sie, wo Sie abgemeldet werden."
            ),
        },
        too_few: |least| match least {
            1 => "Wählen Sie mindestens einen.".to_owned(),
            _ => format!("Wählen Sie mindestens {least}."),
        },
        end_sessions: "Dort abmelden und fortfahren",
        keep_sessions: "Dort angemeldet bleiben",
    },
    attributes: AttributeTexts {
        title: "Einige Angaben fehlen",
        explain_kept: |connection, application| {
            format!(
                "{connection} hat nicht alles gesendet, was {application} braucht. Ihre Angaben werden in Ihrem Konto gespeichert."
            )
        },
        explain_once: |connection, application| {
            format!(
                "{connection} hat nicht alles gesendet, was {application} braucht. Ihre Angaben gehen für diese Anmeldung an {application} und werden nicht gespeichert."
            )
        },
        submit: "Weiter",
        optional: "freiwillig",
        missing: "Geben Sie etwas ein.",
        too_long: |limit| format!("Verwenden Sie höchstens {limit} Zeichen."),
        no_address: "Geben Sie eine E-Mail-Adresse wie name@example.com ein.",
        not_accepted: "Dieser Wert ist nicht möglich. Versuchen Sie einen anderen.",
        example: |example| format!("Zum Beispiel {example}"),
        unlike: |example| format!("Schreiben Sie es so: {example}"),
        taken: "Das gehört zu einem anderen Konto. Verwenden Sie etwas anderes.",
        label,
    },
    sign_out: SignOutTexts {
        confirm_title: "Abmelden?",
        confirm_explain: |application| {
            format!(
                "{application} möchte Sie auch hier abmelden. Andere Anwendungen fragen dann wieder nach Ihrer Anmeldung."
            )
        },
        confirm_explain_plain: "Anwendungen, die diese Anmeldung nutzen, fragen danach wieder nach Ihrer Anmeldung.",
        confirm: "Abmelden",
        stay: "Angemeldet bleiben",
        done_title: "Sie sind abgemeldet",
        done_explain: "Wer diesen Browser als Nächstes benutzt, muss sich wieder anmelden.",
        done_others: "Schließen Sie auf einem gemeinsam genutzten Gerät auch den Browser: Anwendungen können eine eigene Anmeldung behalten.",
        again: "Wieder anmelden",
        to_account: "Zu Ihrem Konto",
        given_up_title: "Sie haben sich nicht angemeldet",
        given_up_explain: "Sie sind zurückgegangen, bevor die Anmeldung fertig war. Geändert wurde nichts.",
        sign_in: "Anmelden",
    },
    connection_test: ConnectionTestTexts {
        title: "Der Test ist fertig",
        explain: "Die Antwort des Identitätsanbieters ist da. Wer den Test gestartet hat, kann jetzt den Bericht lesen; diese Seite können Sie schließen.",
        nothing_kept: "Niemand wurde angemeldet, und nichts über Sie wurde gespeichert. Der Bericht wird innerhalb von 15 Minuten gelöscht.",
    },
    proven: ProvenTexts {
        title: "Das ist erledigt",
        explain: "Schließen Sie diesen Tab und tun Sie noch einmal, was Sie tun wollten: Es wartet im anderen.",
    },
    accounts: AccountTexts {
        title: "Konto wählen",
        explain: |application| format!("um zu {application} zu gelangen"),
        signed_in: "Angemeldet",
        signed_in_as: |name| format!("Sie sind als {name} angemeldet."),
        other: "Ein anderes Konto verwenden",
    },
    set_up: SetUpTexts {
        title: "Ersten Administrator anlegen",
        explain: "Diese Installation hat noch keinen Administrator. Das Konto, das Sie hier anlegen, öffnet die Konsole.",
        email: "E-Mail-Adresse",
        password: "Passwort",
        rule: "Mindestens 8 Zeichen.",
        submit: "Administrator anlegen",
        no_address: "Geben Sie eine E-Mail-Adresse wie name@example.com ein.",
        address_taken: "Diese Adresse gehört zu einem Konto. Wählen Sie eine andere, oder führen Sie mit ihr doorward admin reset-password aus.",
    },
    trouble: TroubleTexts {
        number: "Code",
        request: "Nummer der Anfrage",
        retry: "Noch einmal versuchen",
        other_ways: "Anders anmelden",
        tell_support: "Wenn Sie um Hilfe bitten, nennen Sie dies:",
    },
    form_post: FormPostTexts {
        title: "Sie sind angemeldet",
        explain: "Ein Schritt noch, dann sind Sie zurück in der Anwendung.",
        error_title: "Sie wurden nicht angemeldet",
        error_explain: "Ein Schritt noch, dann sind Sie zurück in der Anwendung. Sie erfährt den Grund.",
        submit: "Weiter",
    },
};

fn label(attribute: StandardAttribute) -> &'static str {
    match attribute {
        StandardAttribute::Name => "Vollständiger Name",
        StandardAttribute::GivenName => "Vorname",
        StandardAttribute::FamilyName => "Nachname",
        StandardAttribute::MiddleName => "Zweiter Vorname",
        StandardAttribute::Nickname => "Rufname",
        StandardAttribute::PreferredUsername => "Benutzername",
        StandardAttribute::Email => "E-Mail-Adresse",
        StandardAttribute::PhoneNumber => "Telefonnummer",
        StandardAttribute::Birthdate => "Geburtsdatum",
        StandardAttribute::Website => "Website",
        StandardAttribute::Locale => "Sprache",
        StandardAttribute::Zoneinfo => "Zeitzone",
        StandardAttribute::Profile => "Profilseite",
        StandardAttribute::Picture => "Bild",
        StandardAttribute::Gender => "Geschlecht",
        StandardAttribute::Address => "Anschrift",
        StandardAttribute::Groups => "Gruppen",
    }
}
