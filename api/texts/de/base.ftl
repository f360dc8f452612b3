# Was jede Seite umgibt.
base-skip = Zum Inhalt springen
base-cart = Warenkorb
base-in-cart = darin
base-verify = Ein Dokument prüfen
base-runs-on = Läuft mit
base-language = Sprache

# Player auf allen Seiten, auf denen es etwas zu hören gibt.
player-preview = Vorschau von { $title }
player-listen = Vorschau anhören
player-being-made = Die Vorschau wird gerade erstellt.
