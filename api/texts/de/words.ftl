# Zahlen und Wörter vieler Seiten.
words-free = Kostenlos
words-coupon = Gutschein { $code }
words-bulk = Kauf { $buy }, bekomm { $free } gratis
words-no-tax = Keine Steuer ({ $country })
words-tax = { $name } { $rate } % ({ $country })
words-tax-within = Enthalten: { $name } { $rate } % ({ $country })
words-reverse-charge = Steuerschuldnerschaft des Leistungsempfängers ({ $country })
words-stems = Stems
words-minor = { $note }-Moll
words-major = { $note }-Dur
words-bytes = { $count } Byte

# Was eine Lizenz erlaubt, eine Zeile je Nutzungsart.
words-uses = Unbegrenzte Nutzung
words-streams = { $count ->
    [0] Keine Streams
    [1] 1 Stream
   *[other] { $count } Streams
}
words-streams-unlimited = Unbegrenzt viele Streams
words-copies = { $count ->
    [0] Keine Kopien
    [1] 1 Kopie
   *[other] { $count } Kopien
}
words-copies-unlimited = Unbegrenzt viele Kopien
words-videos = { $count ->
    [0] Keine Musikvideos
    [1] 1 Musikvideo
   *[other] { $count } Musikvideos
}
words-videos-unlimited = Unbegrenzt viele Musikvideos
words-stations = { $count ->
    [0] Keine Radiosender
    [1] 1 Radiosender
   *[other] { $count } Radiosender
}
words-stations-unlimited = Unbegrenzt viele Radiosender
words-performances = { $count ->
    [0] Keine bezahlten Auftritte
    [1] 1 bezahlter Auftritt
   *[other] { $count } bezahlte Auftritte
}
words-performances-unlimited = Unbegrenzt viele bezahlte Auftritte
words-cap-upgrades = Ist eine Grenze erreicht, wechselst du in eine höhere Lizenz und zahlst den Unterschied.
words-cap-ends = Ist eine Grenze erreicht, endet die Lizenz.

# Laufzeiten.
words-for-ever = Unbefristet
words-years = { $count ->
    [1] 1 Jahr
   *[other] { $count } Jahre
}
words-months = { $count ->
    [1] 1 Monat
   *[other] { $count } Monate
}

# Lizenzstufen in den Worten der Branche.
words-mp3-lease = MP3-Lease
words-wav-lease = WAV-Lease
words-trackout-lease = Trackout-Lease
words-unlimited-lease = Unlimited-Lease
words-exclusive-licence = Exklusivlizenz
words-exclusive = Exklusiv
words-non-exclusive = Nicht exklusiv

# Mit welchem Recht ein Sample verwendet wird.
words-cleared = geklärt
words-cleared-for-leases = geklärt für Leases
words-royalty-free = lizenzfrei
words-not-cleared = nicht geklärt, vor einer Veröffentlichung von dir zu klären

# Daten.
words-date = { $day }. { $month } { $year }
words-january = Januar
words-february = Februar
words-march = März
words-april = April
words-may = Mai
words-june = Juni
words-july = Juli
words-august = August
words-september = September
words-october = Oktober
words-november = November
words-december = Dezember
