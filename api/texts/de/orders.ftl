# Der Warenkorb.
cart-title = Warenkorb · { $studio }
cart-heading = Dein Warenkorb
cart-empty = Er ist noch leer
cart-empty-help = Such dir einen Beat und eine Lizenz aus, dann wartet beides hier auf dich.
cart-see-beats = Zu den Beats
cart-lines = Lizenzen im Warenkorb
cart-read-contract = Vertrag lesen
cart-remove = Entfernen
cart-list = Summe der Listenpreise
cart-total = Gesamt
cart-prices-in = Preise in { $currency }
cart-change-to = Zu { $currency } wechseln
cart-coupon = Gutschein
cart-apply = Einlösen
cart-country = Dein Land, für die Steuer
cart-choose = Auswählen
cart-set = Übernehmen
cart-check-out = Zur Kasse
cart-country-first = Gib zuerst dein Land an: Die Steuer hängt davon ab.
cart-licensee = Name des Lizenznehmers
cart-licensee-help = So, wie er im Vertrag stehen soll: dein bürgerlicher Name oder der deiner Firma.
cart-email = E-Mail-Adresse
cart-email-help = Dorthin gehen deine Dateien und Verträge.
cart-get-files = Dateien holen
cart-pay = { $total } bezahlen
cart-accepting = Wenn du fortfährst, nimmst du die Lizenzverträge oben an. Ein Konto ist nicht nötig.
cart-remove-gone = Entferne, was nicht mehr zu haben ist, und geh dann zur Kasse.
cart-gone-beat = Ein Beat, den es nicht mehr gibt
cart-stale-gone = Wird nicht mehr verkauft.
cart-stale-currency = Wird nicht mehr in { $currency } verkauft.
cart-stale-terms = Die Bedingungen haben sich geändert.
cart-stale-price = Kostet jetzt { $now }, du hast { $seen } gesehen.
cart-contract-note = Diesen Vertrag nimmst du an, indem du bezahlst, was jetzt in deinem Warenkorb liegt. Du erhältst ihn als PDF mit deinen Dateien.
cart-back = Zurück zum Warenkorb
cart-back-to-beats = Zurück zu den Beats
cart-to-order = Zur Bestellung, um es noch einmal zu versuchen
cart-lost = dein Browser speichert hier keine Cookies, ohne die es keinen Warenkorb gibt; deine Auswahl ist deshalb weg
cart-lost-remedy = erlaube Cookies für diese Seite und wähle die Lizenz dann noch einmal

# Was vereinbart wurde, dort, wo es bestellt wird.
agreed-order = Für { $price } bestellen
agreed-country-help = Nach seinem Satz ist die Steuer im Preis enthalten oder kommt hinzu.
agreed-country-first = Gib zuerst dein Land an: Die Steuer hängt davon ab und mit ihr der Gesamtbetrag.
agreed-files-go = Die Dateien gehen an { $email }.
agreed-accepting = Wenn du fortfährst, nimmst du den Lizenzvertrag unten an.

# Wo ein Angebot gemacht wird.
offer-form-title = Ein Angebot für { $title } machen
offer-form-heading = Ein Angebot machen
offer-form-lead = { $title }, { $tier }. Zu haben für { $price }.
offer-form-amount = Was würdest du zahlen, in { $currency }?
offer-form-currency = Das Studio nimmt Angebote nur in { $currency } an.
offer-form-email-help = Dorthin kommt die Antwort. Ein Konto ist nicht nötig.
offer-form-words = Ein Wort an das Studio, wenn du magst
offer-form-make = Angebot machen
offer-form-help = Es wird nichts abgebucht. Nimmt das Studio an, kannst du zu deinem Preis bestellen.
offer-form-sent = Dein Angebot ist unterwegs
offer-form-sent-said = Sieh in deine Mails: Wir haben einen Link an { $email } geschickt. Damit siehst du, wie dein Angebot steht, nimmst es zurück und antwortest. Das Studio kann { $days ->
    [1] einen Tag
   *[other] { $days } Tage
} lang antworten.
offer-form-back = Zurück zum Beat
offer-see-beat = Zum Beat

# Ein Angebot, für den, der es gemacht hat.
offer-title = Angebot für { $title }
offer-back = Zurück zum Angebot
offer-to-order = Zur Bestellung
offer-answer = Deine Antwort
offer-accept = { $amount } annehmen
offer-other-amount = Oder nenn einen anderen Betrag, in { $currency }
offer-words = Ein Wort dazu, wenn du magst
offer-counter = Das anbieten
offer-decline = Ablehnen
offer-take-back = Angebot zurückziehen
offer-steps = Wie verhandelt wurde
offer-step-offered = Du hast { $amount } geboten
offer-step-asked = Das Studio hat { $amount } verlangt
offer-step-accepted = Du hast angenommen
offer-step-studio-accepted = Das Studio hat angenommen
offer-step-declined = Du hast abgelehnt
offer-step-studio-declined = Das Studio hat abgelehnt
offer-step-withdrawn = Du hast das Angebot zurückgezogen
offer-step-sold = Der Beat wurde exklusiv an jemand anderen verkauft
offer-step-bought = Bestellt und bezahlt
offer-step-expired = Die Zeit war abgelaufen
offer-over = Die Zeit für dieses Angebot ist abgelaufen
offer-over-said = Du kannst gern ein neues machen.
offer-ordered = Du hast bestellt
offer-ordered-said = Auf der Seite der Bestellung siehst du, wie sie steht.
offer-open = Dein Angebot liegt beim Studio
offer-open-said = { $studio } kann bis zum { $until } antworten; du erfährst es per Mail.
offer-countered = { $studio } verlangt { $amount }
offer-countered-said = Bis zum { $until } kannst du annehmen, ablehnen oder einen anderen Betrag nennen.
offer-accepted = { $amount } sind vereinbart
offer-accepted-said = Zu diesem Preis kannst du bis zum { $until } bestellen, einmal.
offer-held = Wer eine Lease des Beats hat, darf ihn bis zum { $until } zuerst kaufen; danach kannst du ihn bestellen.
offer-bought = Du hast gekauft
offer-bought-said = Deine Dateien liegen auf der Seite der Bestellung.
offer-declined = Ihr seid euch nicht einig geworden
offer-declined-said = Die Lizenz gibt es zu ihrem Preis, und ein neues Angebot ist willkommen.
offer-withdrawn = Dieses Angebot ist beendet
offer-withdrawn-said = Es wurde nichts abgebucht, und niemand schuldet etwas.

# Wer einen Beat vor allen anderen exklusiv kaufen darf.
first-title = { $title }: vor allen anderen kaufen
first-heading = Kauf ihn vor allen anderen
first-lead = Du hast eine Lease dieses Beats. Bis zum { $until } kannst du ihn für { $price } exklusiv kaufen; danach können es auch andere.
first-upgrade = Wenn du deine Lease darauf erweiterst, wird angerechnet, was du bezahlt hast, und du zahlst { $price }: Die Mail, die dich hierher geführt hat, führt auch dorthin.

# Eine Bestellung und wie sie steht.
order-title = Bestellung { $reference }
order-back = Zurück zur Bestellung
order-files-ready = Fertige Dateien
order-ready-of = { $ready } von { $owed }
order-pay = Zur Zahlung
order-look-again = Noch einmal nachsehen
order-looks-itself = Die Seite sieht auch von selbst nach.
order-earlier-disputed = Eine frühere Zahlung wird bestritten
order-earlier-disputed-said = Deine Bank bestreitet, was du für die frühere Lizenz bezahlt hattest und was hier angerechnet ist. Die Dateien werden zurückgehalten, bis sie entschieden hat; hast du nichts bestritten, frag deine Bank.
order-disputed = Die Zahlung wird bestritten
order-disputed-said = Deine Bank bestreitet die Zahlung. Die Dateien werden zurückgehalten, bis sie entschieden hat; hast du nichts bestritten, frag deine Bank.
order-upgrade-ended = Diese Erweiterung ist beendet
order-upgrade-ended-said = Was du für die frühere Lizenz bezahlt hattest, ist zurückgegangen. Es war hier angerechnet, deshalb ist es mit dieser Lizenz und ihren Dateien ebenfalls vorbei. Was du für die Erweiterung selbst bezahlt hast, liegt noch beim Studio: Frag dort nach.
order-returned = Diese Bestellung wurde zurückgegeben
order-returned-said = Alles, was bezahlt war, ist zurückgegangen, und damit ist es mit der Lizenz und ihren Dateien vorbei.
order-holds-again = Die Lizenz davor, { $reference }, gilt wieder.
order-processing = Deine Zahlung ist unterwegs
order-processing-said = Deine Bank lässt sich bei dieser Zahlungsart Zeit, bis zu ein paar Tage. Du musst nichts tun: Die Dateien kommen an { $email }, sobald sie gezahlt hat.
order-nearly-done = Fast fertig
order-queued-said = Du hast bezahlt, und jemand war gerade dabei, den Beat exklusiv zu kaufen. Sobald das entschieden ist, bringt diese Seite die Dateien, oder dein Geld geht zurück.
order-capturing-said = Der Beat gehört exklusiv dir; deine Zahlung wird gerade eingezogen. Diese Seite bringt die Dateien von selbst.
order-pay-again = Deine Zahlung ist nicht angekommen
order-pay-again-said = Deine Bank hat die Zahlung scheitern lassen, Tage nachdem du zugestimmt hattest; es wurde nichts abgebucht. Du kannst bis zum { $until } noch einmal bezahlen, mit einer Karte oder von einem anderen Konto. Hast du das schon getan, bemerkt es diese Seite gleich.
order-awaiting = Deine Zahlung wird erwartet
order-awaiting-said = Hast du schon bezahlt, bemerkt es diese Seite gleich; du musst nicht noch einmal bezahlen.
order-shut = Diese Bestellung kann nicht mehr bezahlt werden
order-shut-said = Das Studio ist geschlossen. Hast du schon bezahlt, bemerkt es diese Seite gleich.
order-shut-remedy = diese Bestellung kann nicht mehr bezahlt werden, und es wird nichts abgebucht; hast du schon bezahlt, sagt die Bestellung, was daraus wird
order-making = Danke. Deine Dateien entstehen gerade
order-making-said = { $owed ->
    [1] { $ready } von { $owed } Datei ist fertig.
   *[other] { $ready } von { $owed } Dateien sind fertig.
} Der Rest entsteht gerade; diese Seite bringt ihn von selbst.
order-ready = Deine Dateien sind fertig
order-ready-said = Alles ist da. Dieselben Links sind unterwegs an { $email }.
order-unpaid = Diese Bestellung wurde nicht bezahlt
order-unpaid-why = ihre Zeit ist abgelaufen; es wurde nichts abgebucht
order-refunded = Dein Geld geht zurück
order-refunded-why = der Beat war weg, bevor deine Zahlung ankam

# Was eine Bestellung gebracht hat.
order-contract = Lizenzvertrag, PDF
order-mp3 = MP3, 320 kbit/s
order-wav = WAV, 24 Bit
order-stems = Stems, ZIP
order-withheld = Zurückgehalten
order-being-made = Entsteht gerade
order-download = Herunterladen
order-claim = Auf einen Content-ID-Anspruch antworten
order-claim-with = mit { $reference }
order-online = Wo dein Song online ist
order-online-help = Nenn dem Studio deinen Kanal oder deine Künstlerseite, dann kann es Ansprüche darauf aufheben lassen.
order-channel = Adresse eines Kanals, Videos oder einer Künstlerseite
order-channel-add = Hinzufügen
order-paid = Bezahlt
order-given-back = Zurückgegeben
order-licensee = Lizenznehmer
order-email = E-Mail
order-placed = Bestellt am
order-receipt = Beleg, PDF
order-keep = Bewahr die Adresse dieser Seite auf: Sie öffnet deine Dateien wieder, ohne Konto. Wer die Adresse hat, kann sie herunterladen.

# Wie weit eine Lizenz ausgeschöpft ist.
meter-replaces = Eine Erweiterung: Sie ist an die Stelle von { $reference } getreten.
meter-superseded = Diese Lizenz wurde erweitert: { $reference } ist an ihre Stelle getreten. Ihre Dateien bleiben hier.
meter-heading = Wie weit deine Lizenz reicht
meter-streams = Streams
meter-copies = Kopien
meter-music-videos = Musikvideos
meter-radio-stations = Radiosender
meter-performances = Bezahlte Auftritte
meter-said = { $used } von { $limit } ({ $percent } %)
meter-source = { $source }: { $total } am { $day }
meter-reached = Die Grenze ist erreicht.
meter-close = Die Grenze ist fast erreicht.
meter-tell = Melden, was der Song erreicht hat
meter-tell-help = Nenn für jede Quelle die Gesamtzahl von Anfang an. Die neueste zählt, du kannst sie also jederzeit berichtigen.
meter-cap = Was gezählt wird
meter-who = Wer es zählt
meter-total = Wie viel insgesamt
meter-day = Gezählt bis zum
meter-report = Melden
meter-for = für { $reference }
meter-upgrade = Diese Lizenz erweitern und den Unterschied zahlen
meter-no-cap = diese Art der Nutzung gibt es nicht
meter-no-cap-remedy = wähle eine von denen, die angeboten werden
meter-no-total = das ist keine ganze Zahl
meter-no-total-remedy = nenn die Gesamtzahl von Anfang an, etwa 85000 oder 85.000
meter-no-day = das ist kein Tag
meter-no-day-remedy = nenn den Tag, an dem die Zahl abgelesen wurde, als Jahr-Monat-Tag

# Erweiterungen einer Lizenz.
upgrade-title = { $reference } erweitern
upgrade-heading = Erweitere deine Lizenz
upgrade-lead = { $reference }: { $tier }. { $credited }, die du bezahlt hast, werden auf jede dieser Lizenzen angerechnet.
upgrade-compared = Die Erweiterungen dieser Lizenz im Vergleich
upgrade-licence = Lizenz
upgrade-get = Du bekommst
upgrade-may = Du darfst
upgrade-term = Laufzeit
upgrade-full = Regulärer Preis
upgrade-you-pay = Du zahlst
upgrade-do = Erweitern
upgrade-to = zu { $name }
upgrade-contract-of = für { $name }
upgrade-help = Die neue Lizenz tritt an die Stelle von { $reference }, sobald sie bezahlt ist. Wenn du fortfährst, nimmst du ihren Vertrag an. Was du bisher genutzt hast, zählt zu ihren Grenzen; deine Dateien bleiben dir, und neue kommen dazu.
upgrade-none = Es gibt keine Erweiterung
upgrade-see = Zu den Erweiterungen
upgrade-contract-title = { $tier }: Erweiterung von { $reference }
upgrade-contract-note = Diesen Vertrag nimmst du an, indem du die Erweiterung bezahlst. Du erhältst ihn als PDF mit deinen Dateien.

# Was auf einen Anspruch an einem Song antwortet.
claim-title = Ansprüche zu { $reference }
claim-nothing = Hier gibt es nichts gegen einen Anspruch
claim-heading = Auf einen Anspruch an deinem Song antworten
claim-lead = Ein Dienst hat den Beat in deinem Song gefunden und erhebt für jemand anderen Anspruch darauf? Hier steht, was du schreiben kannst und was deine Lizenz beweist.
claim-download = Alles herunterladen
claim-archive-sealed = Ein ZIP-Archiv: das Zertifikat, der versiegelte Vertrag und der Text.
claim-archive = Ein ZIP-Archiv: das Zertifikat und der Text. Der versiegelte Vertrag kommt dazu, sobald er fertig ist.
claim-write = Was du schreiben kannst
claim-write-help = Kopier das in das Formular, in dem der Dienst fragt, warum der Anspruch falsch ist.
claim-licence = Deine Lizenz
claim-clause = Klausel { $number } deines Vertrags:
claim-online = Wo der Song online ist
# Es folgt ein Link und was nach ihm kommt.
claim-none-told = Du hast noch keine Adresse genannt. Nenn sie auf
claim-none-told-link = der Seite der Bestellung
claim-none-told-why = , dann weiß das Studio, wen es durchlassen soll.

# Ein Kostenvoranschlag.
quote-title = Kostenvoranschlag { $reference }
quote-back = Zurück zum Kostenvoranschlag
quote-lines = Leistungen
quote-recoupable = verrechenbar mit dem, was das Werk einbringt
quote-net = Vor Steuern
quote-stages = Wann bezahlt wird
quote-stage-on = Wird am { $day } in Rechnung gestellt
quote-stage-signed = Wird in Rechnung gestellt, sobald alle den Vertrag unterschrieben haben
quote-stage-accepted = Wird in Rechnung gestellt, wenn du annimmst
quote-stage-end = Wird am Ende in Rechnung gestellt
quote-stage-reached = Wird in Rechnung gestellt, wenn es erreicht ist
quote-stage-phase = Wird in Rechnung gestellt, wenn dies fertig ist: { $phase }
quote-stage-ended = Wird nicht mehr in Rechnung gestellt
quote-phase-ideation = Ideen und Briefing
quote-phase-arrangement = Arrangement
quote-phase-recording = Aufnahme
quote-phase-editing = Schnitt
quote-phase-mixing = Mix
quote-phase-mastering = Master
quote-invoice-overdue = überfällig
quote-invoice-open = zu bezahlen
quote-invoice-partly-paid = teilweise bezahlt
quote-invoice-paid = bezahlt
quote-invoice-disputed = bestritten
quote-invoice-credited = gutgeschrieben
quote-late-flat = Wird eine Rechnung { $days ->
    [0] zu spät
    [1] mehr als einen Tag zu spät
   *[other] mehr als { $days } Tage zu spät
} bezahlt, werden einmalig { $amount } berechnet, höchstens aber { $cap } der Rechnung.
quote-late-monthly = Wird eine Rechnung { $days ->
    [0] zu spät
    [1] mehr als einen Tag zu spät
   *[other] mehr als { $days } Tage zu spät
} bezahlt, werden für jeden ganzen Monat { $share } dessen berechnet, was noch zu bezahlen ist; alles zusammen ist höchstens { $cap } der Rechnung, und auf eine Gebühr wird nichts berechnet.
quote-answer = Deine Antwort
quote-name = Dein Name
quote-accept = { $total } annehmen
quote-accepting = Mit der Annahme bestellst du, was oben steht, zu diesen Preisen und mit diesem Zahlungsplan.
quote-reason = Nicht, was du willst? Sag, warum
quote-decline = Ablehnen
quote-from = Von
quote-for = Für
quote-address = Anschrift
quote-valid-until = Gültig bis
quote-version = Fassung
quote-fingerprint = Fingerabdruck dieser Fassung
quote-over = Die Zeit für diesen Kostenvoranschlag ist abgelaufen
quote-over-said = Du schuldest dafür nichts. Bitte { $studio } um einen neuen, wenn du ihn noch willst.
quote-sent = { $studio } veranschlagt { $total }
quote-sent-said = Du kannst ihn bis zum { $until } annehmen. Vorher schuldest du nichts.
quote-changing = Dieser Kostenvoranschlag wird gerade geändert
quote-changing-said = { $studio } schreibt eine neue Fassung und schickt sie dir per Mail. Dies ist die, die du zuvor hattest.
quote-accepted = Du hast diesen Kostenvoranschlag angenommen
quote-accepted-by = Angenommen von { $name } am { $when }.
quote-accepted-said = Er bleibt so, wie du ihn gelesen hast.
quote-declined = Du hast diesen Kostenvoranschlag abgelehnt
quote-declined-said = Du schuldest dafür nichts. Du hast geschrieben: „{ $why }“
quote-withdrawn = { $studio } hat diesen Kostenvoranschlag zurückgezogen
quote-withdrawn-said = Du schuldest dafür nichts.
quote-ended = { $studio } hat diesen Kostenvoranschlag beendet
quote-ended-said = Was in Rechnung gestellt wurde, bleibt, wie es ist, und der Rest wird nicht mehr verlangt. { $studio } schreibt: „{ $why }“

# Eine Rechnung oder eine Rechnungskorrektur.
invoice-named = Rechnung { $reference }
invoice-credit-note-named = Rechnungskorrektur { $reference }
invoice-credit-note = Rechnungskorrektur
invoice-back = Zurück zur Rechnung
invoice-pay = Bezahlen
invoice-transfer = Oder per Überweisung, mit dem Verwendungszweck „{ $reference }“
invoice-lines = Leistungen
invoice-became-credited = Gutgeschrieben
invoice-became-paid = Bezahlt
invoice-became-disputed = Bestritten
invoice-became-owed-back = Geht an dich zurück
invoice-became-open = Noch zu bezahlen
invoice-issued = Ausgestellt
invoice-supplied = Geleistet
invoice-due = Fällig
invoice-quote = Kostenvoranschlag
invoice-credits = Rechnungskorrektur zu
invoice-late-one = Verspätete Rechnung
invoice-no-tax = Keine Steuer
invoice-note = { $amount } gutgeschrieben
invoice-note-said = Was du davon bezahlt hast, geht an dich zurück; den Rest schuldest du nicht mehr.
invoice-processing = Deine Zahlung ist unterwegs
invoice-processing-said = Deine Bank lässt sich bei dieser Zahlungsart Zeit, bis zu ein paar Tage. Du musst nichts tun: Was daraus geworden ist, erfährst du per Mail.
invoice-is-due = Sie ist am { $day } fällig.
invoice-was-due = Sie war am { $day } fällig.
invoice-overdue = { $amount } überfällig
invoice-open = { $amount } zu bezahlen
invoice-left = Noch { $amount } zu bezahlen
invoice-partly-paid = Ein Teil davon ist bezahlt.
invoice-paid = Bezahlt
invoice-paid-said = Danke: Für diese Rechnung schuldest du nichts mehr.
invoice-disputed = Die Zahlung wird bestritten
invoice-disputed-said = Deine Bank bestreitet, was du bezahlt hattest. Bis sie entschieden hat, wird nichts verlangt; hast du nichts bestritten, frag deine Bank.
invoice-credited = Gutgeschrieben
invoice-credited-said = Diese Rechnung wurde ganz gutgeschrieben: Du schuldest dafür nichts.

# Die Master eines Projekts.
masters-title = Master von { $project }
masters-left = Noch zu bezahlen
masters-pay = Bezahlen
masters-and = { $said } und { $next }
masters-here = Deine Master sind da
masters-here-said = Lade sie herunter und bewahr eine Kopie auf. Zu jedem gehören ein Prüfbericht und eine Prüfsumme.
masters-others-locked = Weitere öffnen sich, sobald der Rest bezahlt ist.
masters-others-making = Weitere entstehen noch.
masters-withheld = Deine Master werden zurückgehalten
masters-ready = Deine Master sind fertig
masters-locked = Sie bleiben verschlossen, bis der ganze Rest bezahlt ist, und öffnen sich dann von selbst: { $why }.
masters-and-this = { $said }, und { $next }
masters-can-be-paid = { $amounts } kannst du jetzt bezahlen
masters-to-be-invoiced = { $amounts } stellt { $studio } noch in Rechnung
masters-bank-disputes = { $amounts } bestreitet eine Bank
masters-disputed = Eine Bank bestreitet { $amounts }, die für { $project } bezahlt wurden. Die Master öffnen sich wieder, sobald sie für die Zahlung entschieden hat.
masters-making = Deine Master entstehen gerade
masters-making-said = Komm in ein paar Minuten wieder oder warte auf die Mail: Sie kommt von selbst.
masters-failed = Deine Master brauchen etwas länger
masters-failed-said = Mit einem Master ist etwas schiefgegangen, und { $studio } sieht, was. Du musst nichts tun.
masters-none = Noch gibt es keine Master
masters-none-said = Sie entstehen, sobald ein Mix freigegeben ist. Du erfährst per Mail, wenn sie da sind.
masters-song = Mix { $version } · { $how }
masters-song-superseded = eine spätere Fassung ist an seine Stelle getreten
masters-song-later = seither wurde eine spätere Fassung geschickt
masters-song-making = entsteht gerade
masters-song-delayed = verzögert sich
masters-song-locked = verschlossen, bis der Rest bezahlt ist
masters-song-ready = fertig
masters-file-making = Entsteht gerade
masters-file-delayed = Verzögert sich
masters-file-superseded = Ersetzt
masters-file-locked = Verschlossen
masters-passed = alle Prüfungen bestanden
masters-see-report = siehe Bericht
masters-report = Prüfbericht
masters-data = als Daten
masters-on = zu { $title }
masters-keep = Bewahr die Adresse dieser Seite auf: Wer sie hat, kann die Master herunterladen.
