# What stands around every page.
base-skip = Skip to the content
base-cart = Cart
base-in-cart = in it
base-verify = Verify a document
base-runs-on = Runs on
base-language = Language

# Players, of every page that has something to listen to.
player-preview = Preview of { $title }
player-listen = Listen to the preview
player-being-made = The preview is being made.
