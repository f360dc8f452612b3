# Wenn etwas schiefgegangen ist, nach dem Status.
errors-sign-in = Anmelden
errors-start = Zum Anfang
errors-studio-closed = Dieses Studio ist geschlossen
errors-link-expired = Dieser Link ist abgelaufen
errors-link-used = Dieser Link wurde schon benutzt
errors-nothing-here = Hier ist nichts
errors-changed = Das hat sich inzwischen geändert
errors-not-from-here = Nicht von hier aus
errors-sign-in-first = Melde dich zuerst an
errors-slower = Bitte etwas langsamer
errors-not-now = Gerade geht es nicht
errors-ours = Bei uns ist etwas schiefgegangen
errors-did-not-work = Das hat nicht geklappt
errors-file-not-given = Diese Datei kann nicht heruntergeladen werden
errors-master-not-given = Dieser Master kann jetzt nicht heruntergeladen werden

# Was schiefgegangen ist und was dagegen hilft.
errors-kept = Was hier gekauft oder unterschrieben wurde, bleibt unter seinem Link erreichbar
errors-signed-out = Du bist in diesem Browser nicht mehr angemeldet
errors-signed-out-remedy = Geh zurück und sende es noch einmal. Für das, was nur Mitgliedern offensteht, melde dich zuerst an.
errors-reload = Geh zurück, lade die Seite neu und sende es noch einmal.
errors-no-address = Unter dieser Adresse gibt es nichts.
errors-no-address-remedy = Prüfe die Adresse oder suche vom Anfang aus.
errors-link-expired-remedy = Bitte den Absender um einen neuen.
errors-link-invalid-remedy = Öffne ihn noch einmal vollständig aus deiner Mail: Ein Teil einer Adresse öffnet nichts.
errors-bad-form = Dieses Formular ist nicht so angekommen, wie es sollte.
