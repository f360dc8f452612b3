# Was jede Seite beim Unterschreiben umgibt.
sign-steps = Schritte
sign-step-read = Lesen
sign-step-agree = Zustimmen
sign-step-sign = Unterschreiben
sign-back = Zurück zum Vertrag
sign-read-now = Lies ihn, wie er jetzt ist
# Der englische Text der Zustimmung nennt diesen Link bei seinem englischen Namen.
sign-want-paper = Ich möchte Papier (I want paper)
sign-closed-mailed = Er geht an die Adresse, an die der Vertrag gesendet wurde, egal, wer ihn anfordert.
sign-look-into-mail = Sieh in deine Mails

# Verträge nach ihrer Vorlage.
sign-kind-split-sheet = Split Sheet
sign-kind-producer = Produzentenvertrag
sign-kind-mix-master = Vertrag über Mix und Mastering
sign-kind-work-for-hire = Vertrag über ein Auftragswerk
sign-kind-collaboration = Vertrag über eine Zusammenarbeit
sign-kind-composer = Vertrag über eine Auftragskomposition

# Wer unterschreibt, und wie weit es ist.
sign-who = Wer unterschreibt
sign-so-far = { $signed } von { $all } unterschrieben
sign-you = (du)
sign-for = für { $name }
sign-signed-on-paper = Auf Papier unterschrieben am { $when }
sign-signed-on = Unterschrieben am { $when }
sign-signed = Unterschrieben
sign-declined = Abgelehnt
sign-wants-paper = Möchte Papier
sign-has-not = Hat nicht unterschrieben
sign-still-to = Unterschrift fehlt noch

# Was anders ist.
sign-was = vorher:
sign-is-now = jetzt:

# Der Link aus der Mail.
sign-open-heading = { $studio } bittet dich um deine Unterschrift
sign-open-code = Wenn du den Vertrag öffnest, geht ein Code an { $email }, damit niemand in deinem Namen unterschreibt. Du brauchst kein Konto.
sign-open-title = „
sign-open-title-after = “
sign-open-button = Vertrag öffnen
sign-open-once = Dieser Link öffnet sich nur einmal. Wenn du nicht { $name } bist, schließ diese Seite.
sign-closed-used = Dieser Link wurde schon geöffnet
sign-closed-replaced = Es gibt einen neueren Link
sign-closed-executed = Alle haben unterschrieben
sign-closed-executed-said = Alle haben unterschrieben, und der Vertrag gilt. Das versiegelte PDF ist in unserer Mail „Signed by all“; bewahre sie auf.
sign-closed-over = Es gibt nichts mehr zu unterschreiben
sign-closed-not-a-signer = Du unterschreibst hier nicht mehr
sign-closed-nothing = Dieser Link öffnet nichts
sign-closed-again = Neuen Link senden
sign-closed-verify = Die Prüfung ansehen
sign-again-said = Ein neuer Link ist unterwegs an die Adresse, an die der Vertrag gesendet wurde. Sieh auch im Spam-Ordner nach.

# Die Sitzung des Browsers und der Code, der sie öffnet.
sign-session-none = In diesem Browser ist keine Sitzung für diesen Vertrag offen.
sign-session-none-remedy = Öffne den Link in deiner Mail. Wurde er schon geöffnet, sendet dir seine Seite einen neuen. Wenn du gerade von dort kommst, erlaube zuerst Cookies für diese Seite: Ohne sie gibt es keine Sitzung.
sign-session-none-heading = Öffne ihn aus deiner Mail
sign-code-missing = Zuerst kommt der Code aus deiner Mail.
sign-code-missing-heading = Gib zuerst den Code ein
sign-code-type = Code eingeben
sign-code-title = Code
sign-code-heading = Gib den Code aus deiner Mail ein
sign-code-on-its-way = Er ist unterwegs an { $email } und gilt zehn Minuten.
sign-code-spent = Der letzte Code gilt nicht mehr.
sign-code-label = Sechs Ziffern
sign-code-button = Weiter
sign-code-again = Einen neuen Code senden

# Der Vertrag zum Lesen.
sign-read-asks = { $studio } bittet dich, { $name }, um deine Unterschrift.
sign-read-asks-for = { $studio } bittet dich, für { $party } zu unterschreiben.
sign-read-until = Du kannst bis zum { $when } unterschreiben.
sign-read-changed-signed = Geändert, seit du unterschrieben hast
sign-read-changed-read = Geändert, seit du es gelesen hast
sign-read-words-changed = So kann es nicht unterschrieben werden
sign-read-shares = Wer was bekommt
sign-read-shares-help = Von je 1.000,00, die eine Seite einbringt, vor den vereinbarten Kosten.
sign-read-text = Der Vertrag
sign-read-pdf = Als PDF lesen
sign-read-file = { $reference } Version { $number }.pdf
sign-read-notes = Die Anmerkungen in einfachen Worten neben den Klauseln helfen, sie zu verstehen; wo beide voneinander abweichen, gilt die Klausel. Der Vertrag ist auf Englisch verfasst.
sign-read-fingerprint = Fingerabdruck dieses Textes
sign-read-others = Noch nicht bereit zu unterschreiben?
sign-read-propose = Andere Anteile vorschlagen oder sagen, was nicht stimmt
sign-read-delegate = Jemand anderen für dich unterschreiben lassen
sign-read-on = Weiter zur Unterschrift

# Die Zustimmung, elektronisch zu unterschreiben.
sign-consent-heading = Ohne Papier unterschreiben
sign-consent-version = Version { $version } dieses Textes. Sie wird mit deiner Unterschrift aufbewahrt.
sign-consent-button = Ich bin einverstanden, elektronisch zu unterschreiben
sign-consent-read = Den Text lesen

# Die Unterschrift.
sign-signature-heading = „
sign-signature-heading-after = “ unterschreiben
sign-signature-version = Du unterschreibst Version { $version }, so wie du sie gelesen hast.
sign-signature-for = Du unterschreibst für { $party }.
sign-signature-name = Gib deinen vollständigen Namen ein
sign-signature-i-am = Ich bin „
sign-signature-where = “ und unterschreibe, wo „
sign-signature-was-asked = “ gefragt war. Beide Namen werden als Beweis aufbewahrt.
sign-signature-a-person = “, ein Mensch, der so heißt wie die Firma.
sign-signature-capacity = In welcher Funktion unterschreibst du für { $company }?
sign-signature-capacity-example = Geschäftsführung
sign-signature-draw = Zeichne deine Unterschrift dazu, wenn du magst
sign-signature-pad = Ein Feld, in das du mit Finger, Stift oder Maus zeichnest. Dein eingetippter Name allein genügt.
sign-signature-undo = Letzten Strich zurücknehmen
sign-signature-clear = Zeichnung löschen
sign-signature-kept = Dein Name, die Zeit, deine Netzwerkadresse ({ $ip }) und der Name deines Browsers werden als Beweis aufbewahrt und auf die Beweisseite gedruckt.
sign-signature-button = Unterschreiben

# Andere Antworten als eine Unterschrift.
sign-ask-name = Vollständiger Name der Person
sign-ask-email = E-Mail-Adresse der Person
sign-ask-delegate = Jemand anderen unterschreiben lassen
sign-ask-delegate-button = Weitergeben
sign-ask-delegate-said = Die Person bekommt einen eigenen Link und unterschreibt für dich. { $studio } erfährt davon.
sign-ask-delegate-words = Was sollte sie wissen? Du kannst das leer lassen
sign-ask-delegate-readers = Das lesen diese Person und { $studio }, sonst niemand.
sign-ask-delegated = Du hast es weitergegeben
sign-ask-delegated-said = { $name } bekommt eine Mail mit einem Link und unterschreibt für dich. Für dich ist nichts mehr zu tun.
sign-ask-decline = Ablehnen
sign-ask-decline-button = Endgültig ablehnen
sign-ask-decline-said = Wenn du ablehnst, kann niemand mehr diesen Vertrag unterschreiben. { $studio } und die anderen erfahren, warum.
sign-ask-decline-words = Warum?
sign-ask-decline-readers = Das lesen { $studio } und alle, die um ihre Unterschrift gebeten wurden.
sign-ask-paper = Auf Papier unterschreiben
sign-ask-paper-button = Papier anfordern
sign-ask-paper-said = { $studio } erfährt davon und schickt dir den Vertrag kostenlos auf Papier. Was du hier darin unterschrieben hast, ist dann ungültig, und so, wie er ist, kannst du ihn hier nicht unterschreiben: Sobald { $studio } das Papier mit deiner Unterschrift hat, wird sie hier eingetragen. Ändert { $studio } den Vertrag, wirst du hier neu um deine Unterschrift gebeten.
sign-ask-paper-words = Wohin soll es gehen, oder was möchtest du sonst sagen?
sign-ask-paper-readers = Das liest { $studio }, sonst niemand.
sign-ask-change = Um eine Änderung bitten
sign-ask-change-button = Absenden
sign-ask-change-said = { $studio } liest es und antwortet. Bis dahin unterschreibt niemand.
sign-ask-change-words = Was soll anders sein?
sign-ask-change-readers = Das liest { $studio }; wird die Änderung angenommen, lesen es alle, die unterschreiben.

# Eine Änderung der Anteile.
sign-counter-title = Vorschlagen
sign-counter-heading = Eine Änderung vorschlagen
sign-counter-said = Schlag andere Anteile vor, oder lass sie stehen und sag, was sonst nicht stimmt. { $studio } wird zuerst gefragt. Wird dein Vorschlag angenommen, unterschreiben die noch einmal, deren Teil sich ändert; die anderen müssen nicht.
sign-counter-changed = Geändert, während du geschrieben hast
sign-counter-overtaken = Jemand anderes hat den Vertrag geändert, während du geschrieben hast. Was du eingegeben hast, steht noch hier; sieh dir an, was anders ist, und sende es noch einmal.
sign-counter-composition = Die Komposition: Melodie, Harmonie, Text
sign-counter-composition-off = Die Komposition ergibt { $total } %, nicht 100 %.
sign-counter-master = Der Master: die Aufnahme
sign-counter-master-off = Der Master ergibt { $total } %, nicht 100 %.
sign-counter-whole = Zusammen genau 100 %, mit bis zu vier Nachkommastellen.
sign-counter-no-share = „{ $typed }“ für { $name } ist kein Anteil: Gib eine Zahl von 0 bis 100 ein, mit bis zu vier Nachkommastellen.
sign-counter-gets = Bekommt
sign-counter-gets-of = von 1.000,00
sign-counter-together = Zusammen
sign-counter-somebody = Jemand
sign-counter-words = Warum, oder was stimmt sonst nicht?
sign-counter-button = Vorschlag senden

# Die Änderung, wie das Studio sie liest.
sign-proposal-title = Vorschlag · { $title }
sign-proposal-gone = Er wartet nicht mehr
sign-proposal-gone-said = Diese Änderung von „{ $title }“ wurde beantwortet, oder eine andere ist an ihre Stelle getreten.
sign-proposal-a-signer = Eine unterzeichnende Person
sign-proposal-words = { $by } bittet in Worten um eine Änderung. Der Text ist, wie er war.
sign-proposal-change = { $by } schlägt eine Änderung vor: Version { $version }.
sign-proposal-until = Bis { $studio } geantwortet hat, kann niemand unterschreiben.
sign-proposal-different = Was anders ist
sign-proposal-sign-in = Um das ganze Dokument zu lesen und zu antworten, melde dich an.

# Wie es steht.
sign-done-executed = Alle haben unterschrieben
sign-done-holds = Der Vertrag gilt.
sign-done-holds-since = Der Vertrag gilt seit dem { $when }.
sign-done-sealing = Seine Datei wird gerade versiegelt und erscheint von selbst auf dieser Seite.
sign-done-declined-own = Du hast abgelehnt
sign-done-declined-own-said = Alle erfahren davon.
sign-done-declined = Der Vertrag wurde abgelehnt
sign-done-declined-said = Niemand kann ihn mehr unterschreiben.
sign-done-voided = Der Vertrag wurde zurückgenommen
sign-done-voided-said = { $studio } hat ihn zurückgenommen.
sign-done-expired = Die Zeit ist abgelaufen
sign-done-expired-said = Nicht alle haben rechtzeitig unterschrieben.
sign-done-paper = Du bekommst ihn auf Papier
sign-done-paper-said = { $studio } weiß davon und schickt ihn dir.
sign-done-countered-own = Dein Vorschlag ist unterwegs
sign-done-countered-own-said = { $studio } antwortet darauf, und du bekommst eine Mail. Bis dahin unterschreibt niemand.
sign-done-countered = Jemand schlägt eine Änderung vor
sign-done-countered-said = { $studio } antwortet zuerst. Du bekommst eine Mail, wenn noch etwas zu tun ist.
sign-done-signed = Du hast unterschrieben
sign-done-missing = { $count ->
    [1] Eine Unterschrift fehlt noch. Wenn alle da sind, bekommst du die versiegelte Datei per Mail.
   *[other] { $count } Unterschriften fehlen noch. Wenn alle da sind, bekommst du die versiegelte Datei per Mail.
}
sign-done-not-yet = Du bist noch nicht an der Reihe
sign-done-not-yet-said = Zuerst unterschreiben andere. Du bekommst eine Mail, sobald du dran bist.
sign-done-download = Versiegeltes PDF herunterladen
sign-done-level = Versiegelt auf Stufe { $level }.
sign-done-verify = Prüfe es
sign-done-verify-after = , jetzt oder in vielen Jahren.
sign-done-checksum = Prüfsumme der Datei
sign-done-read = Vertrag als PDF lesen
sign-done-proposed = Was du vorschlägst
sign-done-evidence = Was festgehalten ist
sign-done-chain = Jeder Eintrag trägt den Fingerabdruck des vorigen, sodass keiner unbemerkt geändert, weggelassen oder verschoben werden kann.
sign-done-chain-whole = Alle { $count } passen zusammen.
sign-done-head = Fingerabdruck des letzten Eintrags
sign-done-consented = Du hast elektronischen Unterlagen zugestimmt.
sign-done-consented-until = Du hast elektronischen Unterlagen zugestimmt. Bis alle unterschrieben haben, kannst du das widerrufen:
sign-done-void-then = Was du hier unterschrieben hast, ist dann ungültig.
sign-done-withdraw = Widerrufe das für alles, was noch kommt
sign-done-stands = was du unterschrieben hast, gilt weiter.
sign-done-withdrawn = Du hast deine Zustimmung zu elektronischen Unterlagen widerrufen. Was du unterschrieben hast, gilt weiter; was noch kommt, erreicht dich auf Papier.

# Die Zustimmung, widerrufen, nachdem alle unterschrieben haben.
sign-records-heading = Unterlagen ab jetzt auf Papier
sign-records-title = Du hast elektronischen Unterlagen zugestimmt, als du „
sign-records-title-after = “ unterschrieben hast. Du kannst das widerrufen.
sign-records-said = Das gilt für alles, was noch kommt: Das Studio erfährt davon, und zu diesem Vertrag bekommst du keine Mails mehr, sondern Briefe. Was du unterschrieben hast, gilt weiter, und die versiegelte Datei bleibt hier für dich liegen.
sign-records-withdraw = Meine Zustimmung zu elektronischen Unterlagen widerrufen
sign-records-shared = Diese Seite kann auch anderen gezeigt werden. Dass du es bist, der widerruft, zeigt ein Link, den wir dir mailen.
sign-records-mail = Link an mich senden
sign-records-mailed = Ein Link geht an die Adresse, an die der Vertrag gesendet wurde, höchstens einmal am Tag. Nichts ist widerrufen, bevor du ihn öffnest und bestätigst. Sieh auch im Spam-Ordner nach.

# Die Seite, die eine Datei prüft.
verify-title = Ein Dokument prüfen
verify-title-of = { $reference } prüfen
verify-about = Prüfe einen versiegelten Vertrag: wer ihn wann versiegelt hat und ob seither etwas geändert wurde.
verify-lead = Wer es wann versiegelt hat und ob seither etwas geändert wurde.
verify-step-choose = Wähle das PDF aus, oder zieh es unten in das Feld.
verify-step-judged = Sein Siegel, seine Zeitstempel und die Beweise darin werden geprüft.
verify-step-verdict = Du liest das Ergebnis und worauf es beruht.
verify-a-file = Eine Datei prüfen
verify-file = Das versiegelte PDF
verify-file-help = Höchstens { $most } MB. Die Datei wird gelesen, für sich geprüft und nicht aufbewahrt.
verify-button = Prüfen
verify-offline = Dasselbe bei dir, ohne Netz:
verify-others = Auch andere Programme können die Datei prüfen, sobald sie
verify-others-root = dem Stammzertifikat dieser Installation vertrauen
verify-others-until = bis dahin nennen sie das Siegel gültig, aber von unbekannter Hand.

# Warum nichts geprüft wird.
verify-unknown = Unter dieser Referenz wurde hier kein Dokument versiegelt. Wenn du die Datei hast, kannst du sie trotzdem prüfen.
verify-busy = Im Moment werden viele Dateien geprüft. Versuch es in einer Minute noch einmal.
verify-no-file = Wähle zuerst das PDF aus und prüfe es dann.
verify-late = Die Datei war zu lange unterwegs. Versuch es noch einmal.
verify-too-large = Die Datei ist größer als { $most } MB. Verträge, die hier versiegelt wurden, sind viel kleiner; größere Dateien lassen sich mit dem Programm prüfen, `ledgerline verify`.
verify-incomplete = Die Datei ist nicht vollständig angekommen. Versuch es noch einmal.

# Was von einem Dokument bekannt ist.
verify-licence = Lizenzvertrag
verify-agreement = Vertrag
verify-what-of = { $what } von { $studio }
verify-sealed-on = Versiegelt am { $when }.
verify-level = Stufe { $level }.
verify-level-bb = Versiegelt. Wann, sagt die Uhr dessen, der versiegelt hat.
verify-level-bt = Versiegelt, und ein Zeitstempel beweist, dass es zu dieser Zeit bestand.
verify-level-blt = Versiegelt und mit Zeitstempel, und die Datei enthält alles, was beides beweist.
verify-level-blta = Versiegelt und mit Zeitstempel, mit den Beweisen in der Datei und einem Zeitstempel über alles: So lässt es sich noch in vielen Jahren prüfen.
verify-replaced = Ersetzt.
verify-replaced-by = Dieser Vertrag wurde durch { $reference } ersetzt, unterschrieben von allen, die es betrifft. Was er sagt, gilt nur bis zum { $from }.
verify-revisions = Revisionen
verify-revisions-help = Deine Datei ist echt, wenn ihr SHA-256 einer von diesen ist. Jede beweist denselben Inhalt; eine spätere beweist mehr.
verify-revision = Revision { $number }, { $level }
verify-revision-newest = { $when }, die neueste
verify-all-revisions = Alle Revisionen
verify-known-newest = Das ist { $reference }, die neueste Revision.
verify-known-older = Das ist { $reference }, Revision { $revision }; es gibt eine neuere, mit weiteren Beweisen für denselben Inhalt.

# Das Urteil über eine Datei.
verify-unchanged = Unverändert
verify-unchanged-said = Ein Studio dieser Installation hat diese Datei versiegelt, und sie ist noch so wie damals.
verify-stranger = Unverändert, und von niemandem versiegelt, der hier bekannt ist
verify-stranger-said = Diese Datei ist noch so, wie sie der Inhaber des Zertifikats unten versiegelt hat. So ein Siegel kann jeder machen, auf jeden Namen: Verlass dich nur darauf, wenn der Fingerabdruck des Zertifikats der ist, den das Studio veröffentlicht.
verify-refused = Verlass dich nicht auf diese Datei
verify-refused-said = Sie ist nicht, was versiegelt wurde. Unten steht, was gefunden wurde und was zu tun ist.
verify-forged-said = Die Datei ist so, wie sie versiegelt wurde, aber die Beweise ihrer Unterzeichnung darin stimmen nicht. Frag, wer sie versiegelt hat, wie das kommt.
verify-impostor-said = Sie trägt die Referenz { $reference } eines Dokuments, das hier versiegelt wurde, wurde aber selbst nicht hier versiegelt: Ihr Siegel ist von jemand anderem. Was darin steht, kann gefälscht sein.
verify-never-sealed = Kein versiegeltes Dokument
verify-never-sealed-said = Belege und Bescheinigungen entstehen jedes Mal neu, wenn jemand sie abruft, und tragen kein Siegel. Unten steht, was diese Datei zu sein angibt und was zu tun ist.
verify-not-sealed = Nicht versiegelt
verify-not-sealed-said = Diese Datei trägt kein Siegel. Deshalb lässt sich nicht sagen, von wem sie ist und ob jemand sie geändert hat.
verify-real = Was hier unter { $reference } versiegelt wurde:
verify-real-link = der SHA-256 jeder echten Datei

# Worauf das Urteil beruht.
verify-findings = Befunde
verify-note = Hinweis
verify-warning = Warnung
verify-fault = Fehler
verify-signatures = Siegel und Zeitstempel
verify-seal = Siegel
verify-timestamp = Zeitstempel über die Datei
verify-does-not-hold = { $what }, gilt nicht
verify-when = Wann
verify-by-timestamp = { $when }, nach einem Zeitstempel
verify-by-clock = { $when }, nach der Uhr dessen, der versiegelt hat
verify-why = Warum
verify-covers = Umfasst
verify-covers-all = die ganze Datei
verify-covers-part = die ersten { $count } Byte; was folgt, wurde mit dem verglichen, was folgen darf
verify-valid = Gültig { $days }
verify-evidence = Wie es unterschrieben wurde
verify-evidence-unvouched = Niemand, der hier bekannt ist, hat das versiegelt. Es ist, was die Datei über sich selbst sagt; wer sie gemacht hat, kann es erfunden haben.
verify-evidence-whole = Die Beweiskette von { $reference } ist heil: Jeder ihrer { $count } Einträge folgt aus dem vorigen.
verify-evidence-compared = Das Dokument, seine Unterschriften und seine Beweisseite sagen dasselbe.
verify-evidence-not-compared = Eine andere Version dieses Programms hat die Datei erstellt, deshalb wurden ihre Seiten nicht mit den Beweisen verglichen. Vergleiche sie mit dem, was hier steht.
verify-event-from = { $when }, von { $ip }
verify-head = Ihr letzter Fingerabdruck
verify-acceptance = Wie die Lizenz angenommen wurde
verify-accepted = Sie wurde mit der Bestellung { $order } vom { $when } angenommen.
verify-accepted-as-shown = Ihr Text ist der, der damals angeboten wurde.
verify-accepted-otherwise = Ihr Text ist nicht ganz der, der damals angeboten wurde: Etwas anderes als der Verkauf hat ihn geändert, zum Beispiel Lizenzen, die inzwischen erteilt wurden.
verify-accepted-untold = Ob ihr Text der ist, der damals angeboten wurde, lässt sich hier nicht sagen.
verify-attachments = Dateien in der Datei
verify-this-file = Diese Datei
