# Das Portal eines Empfängers.
royalties-from = Tantiemen von { $studio }
royalties-heading = { $payee }, deine Abrechnungen
royalties-none = Es gibt noch keine. Sobald es eine gibt, bekommst du eine Mail.
royalties-open-one = Öffne eine, um zu sehen, woraus jeder Betrag besteht.
royalties-money = Dein Geld in { $currency }
royalties-earned = Verdient
royalties-paid = An dich gezahlt
royalties-owed = Guthaben laut neuester Abrechnung
royalties-of-that-due = Davon auszuzahlen
royalties-by-period = Verdient nach Zeitraum, vor Rückstellungen, Kosten und Vorschüssen
royalties-bars = Balken mit dem, was du nach Zeitraum in { $currency } verdient hast; die Tabelle darunter hat dieselben Zahlen
royalties-as-table = Dasselbe als Tabelle
royalties-table = Verdient nach Zeitraum in { $currency }
royalties-period = Zeitraum
royalties-statements = Abrechnungen
royalties-listed = { $reference } · verdient { $earned } · Guthaben { $balance }
royalties-due = auszuzahlen
royalties-route = Wohin dein Geld geht
royalties-payments = Was gezahlt wurde
royalties-keep = Behalte die Adresse dieser Seite für dich: Wer sie hat, sieht, was du verdienst. { $studio } kann dir eine andere geben, und jede Mail zu einer Abrechnung bringt eine neue.
royalties-span = { $from } bis { $through }
royalties-month = { $month } { $year }
royalties-file-unread = Diese Datei kann jetzt nicht gelesen werden

# Warum nichts ausgezahlt wird.
royalties-waits-nothing = Dir steht vorerst nichts zu.
royalties-waits-minimum = Es ist weniger als der Mindestbetrag einer Auszahlung und kommt zu dem, was du als Nächstes verdienst.
royalties-waits-hold = Es ist vorerst gesperrt: { $reason }.

# Wohin Geld geht, oder was dafür fehlt.
royalties-route-service = Der Zahlungsdienst schickt es auf das Konto, das du dort angegeben hast. Um das zu ändern, bitte um einen neuen Link dorthin.
royalties-route-bank = Per Überweisung an { $holder }, Konto { $account }, wie am { $day } angegeben. Wenn das nicht stimmt, sag { $studio } Bescheid.
royalties-route-waits = Der Zahlungsdienst wartet noch auf dich: Öffne den Link in unserer Mail und sag, wohin dein Geld gehen soll. Bis dahin wartet es auf dich.
royalties-route-none = { $studio } weiß noch nicht, wohin dein Geld gehen soll. Bitte um den Link zum Zahlungsdienst oder nenne { $studio } dein Bankkonto.

# Eine Abrechnung.
royalties-statement = Tantiemenabrechnung { $reference }
royalties-statement-lead = { $due } sind laut dieser Abrechnung auszuzahlen, von { $balance }, die dir zustehen.
royalties-statement-pdf = Abrechnung, PDF
royalties-statement-csv = Tabelle, CSV
royalties-statement-being-made = Das PDF entsteht gerade. Komm in einer Minute wieder.
royalties-statement-account = Konto: { $name }
royalties-statement-closing = Endsaldo
royalties-statement-unrecouped = Kosten und Vorschüsse, die noch einzuspielen sind
royalties-statement-titles = Womit du verdient hast
royalties-statement-open = Öffne einen Titel, um jede Zeile dahinter zu sehen und zu sagen, wenn eine nicht stimmt.
royalties-statement-units = { $count ->
    [1] { $units } Einheit
   *[other] { $units } Einheiten
}
royalties-statement-more = { $count ->
    [1] Und 1 weiterer, auch er in der Tabelle.
   *[other] Und { $count } weitere, alle in der Tabelle.
}
royalties-statement-charges = In diesem Zeitraum belastet
royalties-statement-reserves = Zurückgehalten bis
royalties-statement-all = Alle deine Abrechnungen
royalties-advance = { $day }: Vorschuss
royalties-advance-for = { $day }: Vorschuss, { $note }
royalties-cost = { $day }: Kosten
royalties-cost-for = { $day }: Kosten, { $note }

# Worauf ein Konto hinausläuft, Schritt für Schritt.
royalties-step-opening = Anfangssaldo
royalties-step-paid = Seitdem an dich gezahlt
royalties-step-earned = In diesem Zeitraum verdient
royalties-step-held = Als Rückstellung zurückgehalten
royalties-step-released = Aus der Rückstellung freigegeben
royalties-step-adjusted = Rundung und zurückgegebene Kosten
royalties-step-costs = Eingespielte Kosten
royalties-step-tax = Einbehaltene Steuer
royalties-step-advances = Eingespielte Vorschüsse

# Wodurch ein Titel verdient hat.
royalties-several = Mehrere zusammen
royalties-kind-share = dein Anteil
royalties-kind-royalty = deine Beteiligung
royalties-kind-borne = Beteiligungen, die du zahlst
royalties-kind-borne-to = Beteiligungen, die du an { $name } zahlst
royalties-kind-retroactive = deine Beteiligung, vom ersten Stream an
royalties-kind-held = Beteiligung an zurückgehaltenen Einnahmen

# Die Zeilen eines Titels.
royalties-lines = { $title }, Zeile für Zeile
royalties-lines-none = Auf dieser Seite gehört dir keine Zeile.
royalties-lines-lead = Was für jede Zeile eingenommen wurde und was davon dir gehört, vor Kosten, Rückstellungen und Vorschüssen.
royalties-lines-carried = Ein Teil des Geldes für diesen Titel hatte seit einem früheren Zeitraum gewartet. Dessen Zeilen sind hier nicht dabei.
royalties-lines-received = { $facts } · eingenommen { $amount }
royalties-lines-wrong = Damit stimmt etwas nicht
royalties-lines-what = Was stimmt nicht?
royalties-lines-once = { $studio } liest es und antwortet per Mail. Einer Zeile kannst du einmal widersprechen.
royalties-lines-dispute = Dieser Zeile widersprechen
royalties-lines-open = Du hast dieser Zeile widersprochen: Das wartet auf eine Antwort.
royalties-lines-accepted = Du hast dieser Zeile widersprochen: Das Studio stimmt zu.
royalties-lines-declined = Du hast dieser Zeile widersprochen: Das Studio stimmt nicht zu.
royalties-lines-answers = { $studio } antwortet:
royalties-lines-more = Weitere Zeilen
royalties-lines-to-statement = Zurück zur Abrechnung
royalties-lines-back = Zurück zu den Zeilen

# Wie etwas genutzt wurde.
royalties-streamed = { $units } gestreamt
royalties-downloaded = { $units } heruntergeladen
royalties-physical = { $units } auf Tonträgern verkauft
royalties-video = { $units } in Videos genutzt
royalties-performed = { $units } aufgeführt oder gesendet
royalties-mechanical = { $units } vervielfältigt
royalties-sync = { $units } in Film oder Werbung genutzt
royalties-licensed = { $units } lizenziert
royalties-used = { $units } genutzt

# Der Weg zum Zahlungsdienst.
payee-invited = Sag, wohin dein Geld gehen soll
payee-invited-said = { $studio } zahlt dir deinen Anteil an dem aus, was verkauft wird. Der Zahlungsdienst fragt dich, wer du bist und wohin das Geld gehen soll; { $studio } sieht weder das eine noch das andere.
payee-go = Zum Zahlungsdienst
payee-incomplete = Es fehlt noch etwas
payee-incomplete-said = Der Zahlungsdienst hat noch Fragen oder prüft noch, was du ihm gesagt hast. Bis dahin wartet dein Geld auf dich.
payee-go-on = Beim Zahlungsdienst weitermachen
payee-ready = Dein Geld findet dich
payee-ready-said = Der Zahlungsdienst weiß alles, was er wissen muss. Was { $studio } auszahlt, geht ab jetzt dorthin.
payee-back = Zurück
payee-link-over = dieser Link ist abgelaufen, oder es wurde ein späterer geschickt
payee-link-over-remedy = öffne den Link, der zuletzt geschickt wurde, oder bitte das Studio um einen neuen
