# Tage und Zeiten.
book-weekday = { $number ->
    [1] Montag
    [2] Dienstag
    [3] Mittwoch
    [4] Donnerstag
    [5] Freitag
    [6] Samstag
   *[7] Sonntag
}
book-weekday-short = { $number ->
    [1] Mo
    [2] Di
    [3] Mi
    [4] Do
    [5] Fr
    [6] Sa
   *[7] So
}
book-month-short = { $number ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}
book-day = { $weekday }, { $date }
book-day-of-month = { $day }. { $month }
book-day-short = { $weekday }, { $day }. { $month }
book-all-of = ganztägig am { $day }
book-all-days = ganztägig von { $first } bis { $last }
book-clock = { $time } { $zone ->
    [WET] WEZ
    [WEST] WESZ
    [CET] MEZ
    [CEST] MESZ
    [EET] OEZ
    [EEST] OESZ
   *[other] { $zone }
}
book-from-to = { $from } bis { $to }
book-hours = { $count ->
    [1] 1 Stunde
   *[other] { $count } Stunden
}
book-minutes = { $count ->
    [1] 1 Minute
   *[other] { $count } Minuten
}
# So, dass es auch hinter „für“ und „bis“ stehen kann.
book-days = { $count ->
    [1] 1 Tag
   *[other] { $count } Tage
}

# Bedingungen.
book-cancel-free = Du kannst kostenlos absagen, bis es beginnt.
book-cancel-kept = Wenn du absagst oder nicht kommst, werden { $share } der Anzahlung einbehalten.
book-cancel-until = Du kannst kostenlos absagen bis { $until }. Wenn du später absagst oder nicht kommst, werden { $share } der Anzahlung einbehalten.
book-kept-none = Es wurde nichts angezahlt, und du schuldest nichts.
book-kept-nothing = Die ganze Anzahlung von { $deposit } geht an dich zurück.
book-kept-all = Nach den Bedingungen wird die Anzahlung von { $deposit } einbehalten.
book-kept-part = Nach den Bedingungen werden { $kept } von { $deposit } Anzahlung einbehalten; der Rest geht an dich zurück.

# Die Räume eines Studios.
book-title = Session buchen · { $studio }
book-about = Räume von { $studio }, die du buchen kannst: Sieh, was frei ist, und sichere dir einen Termin.
book-heading = Session buchen
book-none = Hier lässt sich noch kein Raum buchen
book-none-said = { $studio } hat noch keinen Raum für Buchungen auf dieser Seite geöffnet.
book-ask = Frag { $studio } nach einem anderen Termin.
book-ask-mail = Frag { $studio } nach einem anderen Termin:
book-see-beats = Zu den Beats
book-see-free = Freie Termine ansehen
book-of-room = für { $room }
book-see-rooms = Zu den Räumen dieses Studios
book-rate-hour = { $amount } je Stunde
book-rate-day = { $amount } je Tag

# Ein Raum.
book-room-about = { $room } bei { $studio }: Sieh, was frei ist, und sichere dir einen Termin.
book-all-rooms = Alle Räume
book-where = Wo
book-price = Preis
book-with = Mit
book-all-day = ganztägig
book-ahead = Anzahlung
book-ahead-none = keine; du bestätigst über einen Link, den du per Mail bekommst
book-ahead-share = { $share } des Preises
book-cancelling = Absagen
book-cancelling-free = kostenlos, bis es beginnt
book-cancelling-kept = kostenlos, bis es beginnt; wenn du nicht kommst, werden { $share } der Anzahlung einbehalten
book-cancelling-until = kostenlos bis { $length } vor Beginn; später, oder wenn du nicht kommst, werden { $share } der Anzahlung einbehalten
book-find = Einen Termin finden
book-length = Wie lange
book-sessions = Sessions
book-lockouts = Ganztägig, der Raum für dich allein
book-from = Ab
book-show-free = Freie Termine zeigen
book-free = Frei für { $length }, { $span }
book-nothing-free = Nichts ist frei für { $length }, { $span }
book-clocks = Alle Zeiten sind die des Raums, { $zone }.
book-asked-only = Frag das Studio
book-asked-only-said = Diesen Raum buchst du, indem du das Studio selbst fragst.

# Was frei ist.
slots-span = { $from } bis { $until }
slots-begin = Beginnen kann es am
slots-days-from = { $length } ab { $day }
slots-none = Bis { $day } ist für diese Länge nichts frei; weiter im Voraus lässt sich der Raum nicht buchen.
slots-next = Der nächste freie Termin ist am
slots-first = Der erste freie Termin ist am
slots-other-days = Andere Tage
slots-earlier = Frühere Tage
slots-later = Spätere Tage
slots-closed = An diesen Tagen ist der Raum geschlossen.
slots-closed-between = An diesen Tagen ist der Raum nicht für { $length } hintereinander geöffnet.
slots-too-long = Der Raum ist nicht für { $length } am Stück geöffnet.
slots-horizon = { $days ->
    [1] Dieser Raum lässt sich höchstens einen Tag im Voraus buchen.
   *[other] Dieser Raum lässt sich höchstens { $days } Tage im Voraus buchen.
}
slots-begun = Was zu haben war, hat schon begonnen.
slots-notice = Dieser Raum lässt sich nur bis { $length } vor Beginn buchen.
slots-taken = Solange der Raum geöffnet ist, ist er belegt.
slots-taken-along = Solange der Raum geöffnet ist, ist er belegt oder etwas, das du dazu möchtest.
slots-day-closed = Geschlossen
slots-day-too-long = Nicht so lange geöffnet
slots-day-horizon = Zu weit im Voraus
slots-day-notice = Zu kurzfristig
slots-day-taken = Ausgebucht
slots-day-none = Nichts frei

# Ein Termin, und wer ihn will.
slot-title = { $room } buchen · { $studio }
slot-heading = { $room } buchen
slot-other-times = Andere Termine
slot-see-other-times = Andere Termine ansehen
slot-time = Dein Termin
slot-clocks = Ortszeit des Raums ({ $zone }).
slot-address = Du findest ihn hier: { $address }.
slot-paid-ahead = Davon vorab, als Anzahlung
slot-who = Wer kommt?
slot-name = Name
slot-email = E-Mail-Adresse
slot-email-help = Dorthin gehen deine Buchung und die Einladung für deinen Kalender. Ein Konto ist nicht nötig.
slot-notes = Worum es geht, wenn du es sagen magst
slot-paid-now = Jetzt zahlst du { $deposit } von { $price }.
slot-keep = Termin vormerken
slot-pay = Weiter zur Zahlung von { $deposit }
slot-keep-help = Es wird nichts abgebucht. Wir schicken dir einen Link; bestätige die Buchung damit innerhalb von { $minutes } Minuten.
slot-pay-help = Der Termin ist { $minutes } Minuten für dich vorgemerkt, bis die Anzahlung bezahlt ist.
slot-asked = Sieh in deine Mails
slot-asked-said = Wir haben einen Link an { $email } geschickt. Bestätige die Buchung damit, und { $room } gehört dir: { $when }.
slot-back-to-room = Zurück zum Raum
slot-pay-again = Zur Buchung, um es noch einmal zu versuchen

# Eine Buchung.
booking-back = Zurück zur Buchung
booking-kept-until = Dein Termin ist vorgemerkt bis { $until }. Danach kann ihn jemand anderes buchen.
booking-waiting = Wir warten auf deine Zahlung
booking-waiting-said = Dein Termin ist vorgemerkt bis { $until }. Wenn du schon bezahlt hast, merkt es diese Seite gleich; du musst nicht noch einmal zahlen.
booking-pay-deposit = Zahl die Anzahlung, dann gehört der Termin dir
booking-confirm-yours = Bestätige deine Buchung
booking-on-its-way = Deine Zahlung ist unterwegs
booking-on-its-way-said = Deine Bank braucht bei dieser Zahlungsart etwas Zeit. Du musst nichts tun: Dein Termin ist vorgemerkt, und du hörst per Mail von uns.
booking-lapsed = Der Termin ist nicht mehr vorgemerkt
booking-lapsed-said = Es ist nichts gebucht. Was du vielleicht noch dafür bezahlt hast, geht von selbst zurück.
booking-blocked = Der Raum wird freigehalten
booking-confirmed = Deine Buchung ist bestätigt
booking-confirmed-said = { $studio } freut sich auf dich.
booking-cancelled = Diese Buchung ist abgesagt
booking-missed = Zu dieser Buchung kam niemand
booking-confirm = Buchung bestätigen
booking-another = Einen anderen Termin buchen
booking-when = Wann
booking-clocks = Zeitzone: { $zone }
booking-room = Raum
booking-deposit = Anzahlung
booking-deposit-now = Anzahlung, jetzt zu zahlen
booking-rest = Noch zu zahlen
booking-calendar = In deinen Kalender
booking-move = Verschieben
booking-cancel = Absagen
booking-address = Bewahr die Adresse dieser Seite auf: Wer sie hat, kann diese Buchung ändern.

# Absagen.
booking-cancel-title = { $room } absagen · { $studio }
booking-cancel-ask = Diese Buchung absagen?
booking-cancel-none-kept = Es wird nichts einbehalten: Was du angezahlt hast, geht an dich zurück.
booking-cancel-all-kept = Die Frist ist vorbei: Die Anzahlung von { $deposit } wird einbehalten.
booking-cancel-part-kept = Die Frist ist vorbei: { $kept } von { $deposit } Anzahlung werden einbehalten; der Rest geht an dich zurück.
booking-cancel-note = Ein Wort an das Studio, wenn du magst
booking-cancel-do = Buchung absagen
booking-cancel-keep = Buchung behalten

# Verschieben.
booking-move-title = { $room } verschieben · { $studio }
booking-move-heading = Deine Session verschieben
booking-move-now = { $room } gehört dir: { $when }.
booking-move-free = Frei für dieselbe Länge, { $span }
booking-move-nothing-free = Nichts ist frei für dieselbe Länge, { $span }
booking-move-clocks = Es kostet, was es gekostet hat. Alle Zeiten sind die des Raums, { $zone }.
booking-move-new = Der neue Termin: { $when }.
booking-move-other = Einen anderen Termin wählen
