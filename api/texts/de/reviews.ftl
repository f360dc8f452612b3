# Die Abnahme eines Mixes.
review-title = { $song }: Abnahme
review-gone = Dieser Link öffnet nichts mehr
review-back = Zurück zur Abnahme

# Wie sie steht.
review-preparing = Noch gibt es nichts zu hören
review-preparing-said = Du bekommst eine Mail, sobald { $studio } die erste Fassung schickt.
review-open = Fassung { $number } ist da: Hör sie dir an
review-round-of = Runde { $number } von { $rounds }.
review-revising = Fassung { $number } wird überarbeitet
review-revising-said = Runde { $number } von { $rounds } ist zu Ende. Du bekommst eine Mail, sobald { $studio } die nächste Fassung schickt.
review-approved = Fassung { $number } ist freigegeben
review-approved-by = Freigegeben von { $name } am { $when }.
review-approved-somebody = Freigegeben am { $when }.
review-approved-silence = In der vereinbarten Zeit hat niemand widersprochen, deshalb gilt sie seit dem { $when } als freigegeben.
review-decides-you = Dein Wort entscheidet.
review-decides-other = { $name } entscheidet.
review-silence = Ohne Antwort bis zum { $until } gilt sie als freigegeben.
review-say = Sag, was du davon hältst.

# Ihre Runden.
review-rounds = Runden
review-round = Runde { $number }
review-round-revised = überarbeitet
review-round-approved = freigegeben
review-round-open = offen
review-round-not-needed = nicht nötig
review-round-left = übrig
review-decide = Entscheiden
review-comment = Kommentieren

# Ihre Fassungen.
review-versions = Fassungen
review-loudness = Alle laufen so laut wie die leiseste, damit nicht die lautere gewinnt, nur weil sie lauter ist.
review-version = Fassung { $number }
review-version-replaced = Ersetzt
review-version-open = In Abnahme
review-version-approved = Freigegeben
review-version-revised = Überarbeitet
review-turned-down = um { $gain } leiser
review-comments = { $count ->
    [0] Keine Kommentare
    [1] 1 Kommentar
   *[other] { $count } Kommentare
}
review-on-version = zu Fassung { $number }
review-listen = Fassung { $number } anhören
review-replaced = Das Studio hat sie durch eine spätere Fassung ersetzt.
review-being-made = Sie wird gerade vorbereitet; lade die Seite gleich noch einmal.

# Ihre Kommentare.
review-comments-on = Kommentare zu Fassung { $number }
review-waveform = Wellenform von Fassung { $number }, { $length } lang
review-from = Bei, etwa 1:23
review-to = Bis, wenn es ein Abschnitt ist
review-here = Hier
review-place-help = Lass beides leer, wenn es um das Ganze geht.
review-words = Was soll sich ändern?
review-voice = Oder sprich es ein: eine Aufnahme von höchstens 8 MB
review-you-speak = Du sprichst als { $name }.
review-nothing-said = Noch hat niemand etwas gesagt.
review-settled = erledigt
review-voice-of = Sprachnachricht von { $author }
review-voice-checking = Die Sprachnachricht wird noch geprüft.
review-voice-refused = Die Sprachnachricht ist nicht zu hören: { $why }.
review-voice-unread = sie ließ sich nicht lesen
review-answer = Antworten
review-your-answer = Deine Antwort
review-say-it = Oder sprich sie ein
review-settle = Als erledigt markieren
review-unsettle = Doch nicht erledigt
review-comment-of = Kommentar von { $author }, { $when }
review-older = Ältere Kommentare

# Die Entscheidung.
review-your-decision = Deine Entscheidung zu Fassung { $number }
review-your-opinion = Was du von Fassung { $number } hältst
review-decision-words = Ein Wort dazu, wenn du magst
review-extra = Alle enthaltenen Runden sind verbraucht. Eine Überarbeitung braucht eine weitere Runde, die { $price } kostet; das Studio stellt sie in Rechnung.
review-extra-agree = Für eine Überarbeitung: Ich bin mit einer weiteren Runde für { $price } einverstanden
review-used-up = Alle enthaltenen Runden sind verbraucht. Bitte das Studio um eine weitere, wenn sich noch etwas ändern soll.
review-approve = Fassung { $number } freigeben
review-would-approve = Ich würde sie freigeben
review-revise = Um eine Überarbeitung bitten
review-would-revise = Ich würde sie überarbeiten lassen

# Wer zuhört.
review-people = Wer zuhört
review-you = { $name } (du)
review-person-decides = entscheidet
review-person-listens = hört zu
review-person-approves = würde diese Fassung freigeben
review-person-revises = würde sie überarbeiten lassen
review-yours = Diese Seite gehört dir: Wer ihre Adresse hat, hört, kommentiert und entscheidet in deinem Namen.
