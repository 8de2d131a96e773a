//! The messages in German.

use super::{Advice, Place};
use crate::hosted::message::UserMessage;

pub(in crate::hosted) fn advice(message: UserMessage, place: &Place<'_>) -> Advice {
    let provider = place.connection.unwrap_or("Der Anmeldedienst");
    let application = place.application.unwrap_or("der Anwendung");
    match message {
        UserMessage::UnknownApplication => Advice::new(
            "Diese Anwendung ist hier nicht bekannt",
            "Die Anwendung, von der Sie kommen, ist bei uns nicht oder nicht mehr eingetragen.",
            "Gehen Sie zurück und beginnen Sie in der Anwendung neu. Bleibt es dabei, sagen Sie es ihren Betreibern.",
        ),
        UserMessage::ApplicationDisabled => Advice::new(
            "Diese Anwendung ist ausgeschaltet",
            "Bei der Anwendung, von der Sie kommen, kann sich im Moment niemand anmelden.",
            "Fragen Sie Ihre Administration, wann es sie wieder gibt, und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::RedirectUriNotRegistered => Advice::new(
            "Wir können Sie nicht zurückschicken",
            "Die Anwendung nennt eine Rückkehradresse, die nicht für sie eingetragen ist. Zu Ihrem Schutz geht es hier nicht weiter.",
            "Sagen Sie es den Betreibern der Anwendung; sie können die Adresse berichtigen.",
        ),
        UserMessage::BadRequest => Advice::new(
            "Diese Anfrage ist nicht verwendbar",
            format!("Was wir von {application} erhalten haben, ist unvollständig oder nicht erlaubt."),
            "Gehen Sie zurück und beginnen Sie in der Anwendung neu.",
        ),
        UserMessage::TransactionExpired => Advice::new(
            "Diese Anmeldung ist beendet",
            "Sie war zu lange offen oder hat nicht in diesem Browser begonnen.",
            "Gehen Sie zurück zur Anwendung und melden Sie sich neu an.",
        ),
        UserMessage::DifferentBrowser => Advice::new(
            "Diese Anmeldung ist in diesem Browser nicht offen",
            "Vielleicht ist sie schon abgeschlossen. Oder sie hat in einem anderen Browser oder einem privaten Fenster begonnen, oder dieser Browser lehnt Cookies ab.",
            "Wenn Sie angemeldet sind, gehen Sie zurück zur Anwendung. Sonst erlauben Sie Cookies für diese Seite und beginnen Sie dort neu. Ihr Konto zeigt, ob Sie angemeldet sind.",
        ),
        UserMessage::AnotherAccountHere => Advice::new(
            "Hier ist ein anderes Konto angemeldet",
            "Dieser Schritt gehört zu einem Konto, und dafür wurde ein anderes benutzt, oder in diesem Browser ist inzwischen ein anderes angemeldet.",
            "Um mit dem angemeldeten Konto weiterzumachen, beginnen Sie neu und zeigen Sie, dass Sie es sind. Um ein anderes zu benutzen, melden Sie sich zuerst ab.",
        ),
        UserMessage::FormTooLarge => Advice::new(
            "Das ist zu viel Text",
            "Was gesendet wurde, ist länger als alles, wonach wir fragen; nichts davon wurde verwendet.",
            "Gehen Sie zurück, kürzen Sie es und senden Sie es noch einmal.",
        ),
        UserMessage::ConnectionMisconfigured => Advice::new(
            format!("{provider} ist zurzeit nicht zu gebrauchen"),
            "Etwas daran ist hier nicht richtig eingerichtet. Sie haben nichts falsch gemacht.",
            "Gehen Sie einen anderen Weg, wenn es einen gibt, oder fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::AlreadyUsed => Advice::new(
            "Dieser Schritt ist schon erledigt",
            "Die Seite wurde bereits gesendet, und jeder Schritt zählt einmal.",
            "Gehen Sie zurück zur Anwendung. Kennt sie Sie noch nicht, melden Sie sich neu an.",
        ),
        UserMessage::PageNotFound => Advice::new(
            "Diese Seite gibt es nicht",
            "Die Adresse ist vielleicht vertippt oder veraltet.",
            "Beginnen Sie in der Anwendung, die Sie nutzen möchten.",
        ),
        UserMessage::ForgedRequest => Advice::new(
            "Wir sind nicht sicher, dass das von Ihnen kam",
            "Das Formular kam nicht von unserer Seite, oder Cookies sind ausgeschaltet.",
            "Erlauben Sie Cookies für diese Website und beginnen Sie in der Anwendung neu.",
        ),
        UserMessage::ProviderUnreachable => Advice::new(
            format!("{provider} ist nicht erreichbar"),
            "Es kam keine Verbindung zustande.",
            "Versuchen Sie es in einer Minute noch einmal oder nehmen Sie einen anderen Weg, falls es einen gibt.",
        ),
        UserMessage::ProviderSlow => Advice::new(
            format!("{provider} braucht zu lange"),
            "Wir haben gefragt und rechtzeitig keine Antwort erhalten.",
            "Versuchen Sie es in einer Minute noch einmal oder nehmen Sie einen anderen Weg, falls es einen gibt.",
        ),
        UserMessage::ProviderAnsweredWrongly => Advice::new(
            format!("{provider} hat eine Antwort geschickt, der wir nicht trauen können"),
            "Sie ließ sich nicht prüfen, darum haben wir sie nicht verwendet. Es hat sich nichts geändert.",
            "Beginnen Sie neu. Bleibt es dabei, findet Ihre Administration mit der Nummer der Anfrage unten den Grund.",
        ),
        UserMessage::ProviderRefused => Advice::new(
            "Die Anmeldung wurde nicht abgeschlossen",
            format!("{provider} hat Sie ohne Anmeldung zurückgeschickt. Vielleicht haben Sie abgebrochen."),
            "Versuchen Sie es noch einmal oder nehmen Sie einen anderen Weg, falls es einen gibt.",
        ),
        UserMessage::ConnectionDisabled => Advice::new(
            format!("{provider} steht nicht zur Verfügung"),
            "Dieser Weg der Anmeldung ist ausgeschaltet.",
            "Nehmen Sie einen anderen Weg, falls es einen gibt, oder fragen Sie Ihre Administration.",
        ),
        UserMessage::AccountDisabled => Advice::new(
            "Dieses Konto kann nicht benutzt werden",
            "Es ist gesperrt oder ausgeschaltet.",
            "Bitten Sie Ihre Administration, es wieder zu öffnen.",
        ),
        UserMessage::AccountExists => Advice::new(
            "Sie haben schon ein Konto",
            format!(
                "Zu Ihrer Adresse gibt es ein Konto, und {} ist nicht damit verknüpft.",
                place.connection.unwrap_or("dieser Anmeldedienst")
            ),
            "Melden Sie sich an wie bisher. Geht das nicht, bitten Sie Ihre Administration, beides zu verknüpfen.",
        ),
        UserMessage::EmailConflict => Advice::new(
            "Diese Adresse gehört zu einem anderen Konto",
            "Eine Adresse kann nur zu einem Konto gehören.",
            "Melden Sie sich mit dem Konto an, das sie hat, oder fragen Sie Ihre Administration.",
        ),
        UserMessage::WrongPassword => Advice::new(
            "Das hat nicht gepasst",
            "Benutzername oder Passwort stimmt nicht.",
            "Prüfen Sie beides und versuchen Sie es noch einmal.",
        ),
        UserMessage::TooManyAttempts => Advice::new(
            "Zu viele Versuche",
            "Zum Schutz des Kontos machen wir eine Pause.",
            "Warten Sie fünfzehn Minuten und versuchen Sie es dann noch einmal.",
        ),
        UserMessage::TooManyMails => Advice::new(
            "Zurzeit kann keine weitere E-Mail gesendet werden",
            "Der Code aus der neuesten E-Mail für diese Anmeldung gilt noch, zehn Minuten lang ab dem Versand.",
            "In fünfzehn Minuten können Sie eine weitere anfordern.",
        ),
        UserMessage::TooManyAccounts => Advice::new(
            "Zurzeit keine neuen Konten",
            "In der letzten Stunde haben sich sehr viele Personen zum ersten Mal angemeldet.",
            "Versuchen Sie es in einer Stunde noch einmal. Wenn es eilt, nennen Sie Ihrer Administration die Nummer der Anfrage unten.",
        ),
        UserMessage::NeedsLocalAccount => Advice::new(
            "Hier geht es für Sie nicht weiter",
            format!(
                "{} verlangt eine weitere Prüfung, die für Sie noch nicht möglich ist.",
                place.application.unwrap_or("Die Anwendung")
            ),
            "Sie haben nichts falsch gemacht. Fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::NoVerifiedAddress => Advice::new(
            "Hier geht es für Sie nicht weiter",
            format!(
                "{} schickt einen Code per E-Mail, und von Ihnen ist keine bestätigte Adresse bekannt.",
                place.application.unwrap_or("Die Anwendung")
            ),
            "Sie haben nichts falsch gemacht. Fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::PasskeyCopied => Advice::new(
            "Dieser Passkey kann nicht verwendet werden",
            "Es sieht so aus, als gäbe es eine Kopie davon. Deshalb wird damit niemand angemeldet.",
            "Nehmen Sie einen anderen Passkey. Sagen Sie es Ihrer Administration, die diesen entfernt, und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::EnrolmentRefused => Advice::new(
            "Hier geht es für Sie nicht weiter",
            format!(
                "{} verlangt, dass etwas Neues eingerichtet wird, und womit Sie sich sonst bestätigen, wurde nicht verwendet.",
                place.application.unwrap_or("Die Anwendung")
            ),
            "Sie haben nichts falsch gemacht. Fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::NoWayLeft => Advice::new(
            "Hier geht es für Sie nicht weiter",
            format!(
                "{} nimmt in diesem Schritt nichts an, was Sie im Moment verwenden können.",
                place.application.unwrap_or("Die Anwendung")
            ),
            "Gehen Sie zurück und wählen Sie einen anderen Weg, oder fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::BackupCodesReplaced => Advice::new(
            "Diese Ersatzcodes gelten nicht",
            "Inzwischen wurden in einem anderen Fenster oder Browser andere Ersatzcodes für Ihr Konto erzeugt.",
            "Werfen Sie die von hier weg und behalten Sie die anderen. Gehen Sie dann zurück zur Anwendung und melden Sie sich noch einmal an.",
        ),
        UserMessage::NoProofLeft => Advice::new(
            "Hier geht es für Sie nicht weiter",
            "Um eine Authenticator-App einzurichten, brauchen Sie einen Ihrer Ersatzcodes, und alle sind benutzt.",
            "Bitten Sie Ihre Administration, Ihre Ersatzcodes zurückzusetzen, und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::LinkedElsewhere => Advice::new(
            "Diese Anmeldung gehört zu einem anderen Konto",
            format!(
                "{provider} meldet Sie hier an einem anderen Konto an, und verknüpfen lässt sie sich nur mit einem."
            ),
            "Melden Sie sich damit an und lösen Sie zuerst dort die Verknüpfung, oder fragen Sie Ihre Administration.",
        ),
        UserMessage::ProofOfAnother => Advice::new(
            "Das zeigt nicht, dass es Ihr Konto ist",
            format!(
                "{provider} hat Sie mit einer Identität zurückgeschickt, die nicht zu diesem Konto führt. Geändert wurde nichts."
            ),
            "Wählen Sie dort die Identität, die Sie bisher verwendet haben, oder weisen Sie es anders nach.",
        ),
        UserMessage::MailElsewhere => Advice::new(
            "Geben Sie den Code dort ein, wo Sie ihn angefordert haben",
            "Dieser Link gilt einmal, und nur in dem Browser, in dem er angefordert wurde.",
            "Kehren Sie dorthin zurück und geben Sie den Code aus der E-Mail ein. Ist er schon verwendet, melden Sie sich bei der Anwendung neu an. Sie haben ihn nicht angefordert? Dann schließen Sie diese Seite.",
        ),
        UserMessage::NotAdministrator => Advice::new(
            "Die Konsole ist für Administratoren",
            "Dieses Konto darf sich bei Anwendungen anmelden, sie aber nicht verwalten.",
            "Melden Sie sich mit einem Administratorkonto an, oder bitten Sie einen Administrator um diese Rolle.",
        ),
        UserMessage::NotAllowed => Advice::new(
            format!("{application} lässt Sie nicht herein"),
            format!("Die Regeln von {application} erlauben diese Anmeldung nicht."),
            "Wenn Sie glauben, dass sie es sollten, fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::RuleFailed => Advice::new(
            format!("Sie können nicht weiter zu {application}"),
            "Eine Regel für diese Anmeldung funktioniert nicht, deshalb wird niemand durchgelassen.",
            "Sie haben nichts falsch gemacht. Fragen Sie Ihre Administration und nennen Sie die Nummer der Anfrage unten.",
        ),
        UserMessage::MissingAttributesInvalid => Advice::new(
            "Einige Angaben brauchen noch einen Blick",
            "Mindestens eine davon ist so nicht verwendbar.",
            "Berichtigen Sie, was markiert ist, und machen Sie weiter.",
        ),
        UserMessage::ServiceBusy => Advice::new(
            "Wir sind einen Moment lang ausgelastet",
            "Ihre Anmeldung bleibt erhalten, nichts geht verloren.",
            "Versuchen Sie es noch einmal; es geht dort weiter, wo Sie sind.",
        ),
        UserMessage::SomethingWentWrong => Advice::new(
            "Bei uns ist etwas schiefgegangen",
            "Es lag nicht an Ihnen.",
            "Versuchen Sie es noch einmal. Bleibt es dabei, nennen Sie Ihrer Administration die Nummer der Anfrage unten.",
        ),
        UserMessage::LogoutFailed => Advice::new(
            "Sie sind vielleicht noch angemeldet",
            "Die Bitte um Abmeldung ließ sich nicht prüfen, darum haben wir nichts getan.",
            "Melden Sie sich in der Anwendung noch einmal ab.",
        ),
    }
}
