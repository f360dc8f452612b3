# Der Anfang: alle Shops.
home-heading = Beats, direkt aus dem Studio
home-about = Beats anhören, lizenzieren und herunterladen, direkt von denen, die sie machen.
home-none = Hier gibt es noch keine Beats
home-none-lead = Sobald ein Studio seinen ersten Beat veröffentlicht, steht hier sein Shop.
home-none-yours = Ist das dein Studio? Registriere dich, lade einen Beat hoch, lass die Vorschau rendern und veröffentliche ihn.
home-sign-up = Registrieren
home-sign-in = Anmelden
home-make = Machst du selbst Musik?
home-make-sign-up = Registriere dich
home-make-open = und eröffne deinen eigenen Shop, oder
home-make-sign-in = melde dich an

# Ein Shop.
shop-about = Beats von { $studio }: anhören, lizenzieren, herunterladen.
shop-lead = Drück auf Play. Lizenziere, was dir gefällt; die Dateien hast du sofort.
shop-book = Session im Studio buchen
shop-released = Veröffentlichte Arbeiten ansehen
shop-deal = Kauf { $buy } und bekomm { $free } gratis dazu ({ $tiers }): Der günstigste kostet nichts.
shop-find = Beats finden
shop-title = Titel
shop-search = Nach Titel suchen
shop-show = Anzeigen
shop-clear = Zurücksetzen
shop-more = Tempo, Preis, Lizenz, Tonart, Stimmung, Tag
shop-tempo = Tempo, BPM
shop-lowest = Von
shop-highest = Bis
shop-price = Preis, { $currency }
shop-at-least = Mindestens
shop-at-most = Höchstens
shop-hint-from = von
shop-hint-to = bis
shop-licence = Lizenz
shop-key = Tonart
shop-compatible = Auch passende Tonarten
shop-mood = Stimmung
shop-tag = Tag
shop-any = Beliebig
shop-no-fit = Kein Beat passt
# Vor und nach dem gesuchten Titel, der in einem eigenen Element steht.
shop-not-called = Hier heißt nichts „
shop-not-called-end = “.
shop-not-called-else = “, das auch sonst zu deiner Suche passt.
shop-widen = Erweitere Tempo oder Preis, oder nimm ein Wort weg.
shop-show-all = Alle Beats zeigen
shop-nothing = Noch nichts im Verkauf
shop-nothing-help = Neue Beats erscheinen hier, sobald sie veröffentlicht sind.
shop-labels = Stimmungen und Tags
shop-from-price = Ab { $price }
shop-not-on-sale = Nicht im Verkauf
shop-licences-for = { $price }: Lizenzen für { $title }
shop-pages = Seiten
shop-newer = Neuere Beats
shop-older = Ältere Beats
shop-bundles = Bundles
shop-add = In den Warenkorb
shop-see-shops = Alle Shops ansehen
shop-see-beats = Beats dieses Shops ansehen
shop-see-licences = Ansehen, was es für diesen Beat gibt

# Wonach ein Shop nicht gefiltert werden kann.
filter-tier = Diese Lizenz gibt es nicht. Wähle eine aus der Liste.
filter-key = Diese Tonart gibt es nicht. Wähle eine aus der Liste.
filter-key-first = Wähle eine Tonart: Dann werden auch die gezeigt, die zu ihr passen.
filter-tempo = Gib ein Tempo in BPM an, etwa 92,5.
filter-tempo-crossed = Dazwischen liegt kein Tempo: Gib das langsamere zuerst an.
filter-price = Gib einen Preis in { $currency } an, etwa { $example }.
filter-price-crossed = Dazwischen liegt kein Preis: Gib den niedrigeren zuerst an.

# Die Währung der Preise.
currencies-label = Währung der Preise
currencies-prices-in = Preise in
currencies-not-sold = In der gewünschten Währung wird hier nichts verkauft. Das sind die Preise in { $currency }.

# Ein Beat.
beat-about = { $title } von { $studio }. { $facts }
beat-facts = Tempo, Tonart und Länge
beat-see-licences = zu den Lizenzen
beat-licences = Lizenzen
beat-sold = Dieser Beat wurde exklusiv verkauft. Er wird nicht mehr lizenziert.
beat-sold-otherwise = Diesen Beat gibt es nicht in { $currency }. Wähle eine andere Währung.
beat-not-on-sale = Für diesen Beat gibt es gerade keine Lizenz zu kaufen.
beat-compared = Die Lizenzen dieses Beats im Vergleich
beat-licence = Lizenz
beat-get = Du bekommst
beat-may = Du darfst
beat-term = Laufzeit
beat-publishing-makers = Verlagsanteil, der bei den Urhebern bleibt
beat-publishing = Verlagsanteil der Urheber
beat-price = Preis
beat-found = Passt zu deinem Plan
beat-held = Wer den Beat schon geleast hat, darf bis { $until } zuerst kaufen.
beat-read-contract = Vertrag lesen
beat-contract-of = für { $tier }
beat-offer = Angebot machen
beat-offer-in = Angebot in { $currency } machen
beat-offer-for = für { $tier }
beat-free = Kostenloser Download
beat-credits = Credits
beat-samples = Samples
beat-share = Diesen Beat teilen
beat-share-address = Seine Adresse
beat-share-player = Sein Player für deine eigene Website

# Die Suche nach der passenden Lizenz.
finder-open = Noch unsicher? Sag, was du vorhast
finder-label = Die passende Lizenz finden
finder-example = 80.000
finder-need = Und ich brauche
finder-wav = Eine WAV-Datei
finder-stems = Die Stems
finder-exclusive = Exklusivität: Niemand sonst darf ihn lizenzieren
finder-find = Meine Lizenz finden
finder-streams = Streams
finder-copies = Verkaufte oder verschenkte Kopien
finder-videos = Musikvideos
finder-stations = Radiosender
finder-performances = Bezahlte Auftritte
finder-unread = { $fields }: Gib eine ganze Zahl an, etwa 80.000 oder 80k.
finder-cheapest = ist die günstigste Lizenz, die passt:
finder-which-fits = { $tier }, die passt
finder-too-far = So weit reicht keine Lizenz dieses Beats.
finder-too-far-help = Mach ein Angebot, wo das möglich ist, oder plane etwas weniger.

# Was einer Lizenz fehlt: Jedes folgt ihrem Namen und sagt etwas über sie. Geplant sind zwei oder mehr.
finder-lacks-uses = erlaubt keine { $uses }
finder-lacks-some = reicht nur für { $limit } der geplanten { $planned } { $uses }
finder-lacks-wav = kommt ohne WAV
finder-lacks-stems = kommt ohne Stems
finder-lacks-exclusivity = lässt den Beat für andere im Verkauf
finder-lacks-and = { $before } und { $last }
finder-some-streams = Streams
finder-some-copies = Kopien
finder-some-videos = Musikvideos
finder-some-stations = Radiosender
finder-some-performances = bezahlten Auftritte

# Der Vertrag einer Lizenz.
shop-contract-about = Der ganze Lizenzvertrag „{ $tier }“ für { $title }.
shop-contract-add = { $tier } · { $price } in den Warenkorb
shop-contract-note = Diesen Vertrag nimmst du an, indem du bezahlst. Du erhältst ihn als PDF mit deinen Dateien.

# Der Player auf anderen Seiten und das Bild zu einem Link.
embed-open = Öffnen
embed-licences = Lizenzen für { $title }, in einem neuen Fenster
card-busy = Gerade werden viele Bilder gemalt.
card-busy-remedy = Versuch es in einer Minute noch einmal.

# Ein kostenloser Download, und Neuigkeiten per E-Mail.
free-title = { $title }: kostenloser Download
free-email = E-Mail-Adresse
free-send = Schick mir den Link
free-look = Sieh in deine Mails
free-sent = Wir haben einen Link an { $email } geschickt. Er bestätigt deine Adresse und führt zur Datei.
free-of = Kostenloser Download von { $title }
free-back = Zurück zum Beat
free-no-more = { $title } gibt es nicht mehr kostenlos
free-no-more-help = Es gibt noch mehr zu hören.
free-yours = Dein kostenloser Download von { $title }
free-confirm = Bestätigen und herunterladen
free-here = Deine Adresse ist bestätigt, und hier ist die Vorschau mit Tag.
free-download = MP3 herunterladen
free-to-shop = Zurück zum Shop
free-agreed = Du hast zugestimmt, von diesem Studio Neuigkeiten per E-Mail zu bekommen.
free-unsubscribe = Abbestellen
free-news = Neuigkeiten von { $studio }
free-unsubscribed = Abbestellt
free-unsubscribed-said = { $studio } schickt keine Neuigkeiten mehr an { $email }.
free-ask-unsubscribe = Neuigkeiten abbestellen?
free-ask-unsubscribe-said = { $studio } darf Neuigkeiten über Beats an { $email } schicken.

# Das Portfolio eines Studios.
portfolio-title = Portfolio · { $studio }
portfolio-about = Veröffentlichte Arbeiten von { $studio }: Rollen, Credits und wo man sie hören kann.
portfolio-shop = Beats im Verkauf anhören
portfolio-elsewhere = { $name } anderswo
portfolio-none = Noch nichts zu hören
portfolio-none-help = Veröffentlichte Arbeiten erscheinen hier, sobald { $name } sie ausgewählt hat.
portfolio-listen = Wo { $title } zu hören ist
portfolio-credits = Credits
portfolio-credits-of = von { $title }
portfolio-pages = Seiten
portfolio-earlier = Weiter vorn in der Liste
portfolio-more = Mehr Arbeiten
