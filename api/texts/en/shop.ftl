# The start: all shops.
home-heading = Beats, straight from the studio
home-about = Listen, license and download beats from their makers.
home-none = No beats here yet
home-none-lead = As soon as a studio publishes its first beat, its shop stands here.
home-none-yours = Is this your studio? Sign up, upload a beat, let the preview render, and publish it.
home-sign-up = Sign up
home-sign-in = Sign in
home-make = Do you make music yourself?
home-make-sign-up = Sign up
home-make-open = and open a shop of your own, or
home-make-sign-in = sign in

# A shop.
shop-about = Beats by { $studio }: listen, license, download.
shop-lead = Press play. License what you love; the files are yours at once.
shop-book = Book a session in the studio
shop-released = See released work
shop-deal = Buy { $buy }, get { $free } free ({ $tiers }): the cheapest costs nothing.
shop-find = Find beats
shop-title = Title
shop-search = Search by title
shop-show = Show
shop-clear = Clear
shop-more = Tempo, price, licence, key, mood, tag
shop-tempo = Tempo, BPM
shop-lowest = From
shop-highest = To
shop-price = Price, { $currency }
shop-at-least = At least
shop-at-most = At most
shop-hint-from = from
shop-hint-to = to
shop-licence = Licence
shop-key = Key
shop-compatible = Compatible keys too
shop-mood = Mood
shop-tag = Tag
shop-any = Any
shop-no-fit = No beat fits
# Before and behind the title that was looked for, which stands in its own element.
shop-not-called = Nothing here is called “
shop-not-called-end = ”.
shop-not-called-else = ”, of what else you ask for.
shop-widen = Widen the tempo or the price, or take a word away.
shop-show-all = Show all beats
shop-nothing = Nothing on sale yet
shop-nothing-help = New beats appear here the moment they are published.
shop-labels = Moods and tags
shop-from-price = From { $price }
shop-not-on-sale = Not on sale
shop-licences-for = { $price }: licences for { $title }
shop-pages = Pages
shop-newer = Newer beats
shop-older = Older beats
shop-bundles = Bundles
shop-add = Add to cart
shop-see-shops = See all shops
shop-see-beats = See the beats of this shop
shop-see-licences = See what is on sale for this beat

# What a shop is narrowed by and cannot be.
filter-tier = There is no such licence. Choose one from the list.
filter-key = There is no such key. Choose one from the list.
filter-key-first = Choose a key: those that are compatible with it are shown as well.
filter-tempo = Give a tempo in BPM, such as 92.5.
filter-tempo-crossed = No tempo lies between these: give the slower one first.
filter-price = Give a price in { $currency }, such as { $example }.
filter-price-crossed = No price lies between these: give the lower one first.

# The currency of the prices.
currencies-label = Currency of the prices
currencies-prices-in = Prices in
currencies-not-sold = Nothing is sold here in the currency that you asked for. These are the prices in { $currency }.

# A beat.
beat-about = { $title } by { $studio }. { $facts }
beat-facts = Tempo, key and length
beat-see-licences = see the licences
beat-licences = Licences
beat-sold = This beat was sold exclusively. It is not licensed any more.
beat-sold-otherwise = This beat is not sold in { $currency }. Choose another currency.
beat-not-on-sale = This beat has no licence on sale at the moment.
beat-compared = The licences of this beat compared
beat-licence = Licence
beat-get = You get
beat-may = You may
beat-term = Term
beat-publishing-makers = Publishing kept by the makers
beat-publishing = Publishing kept
beat-price = Price
beat-found = Fits your plan
beat-held = Whoever holds a lease may buy it first, until { $until }.
beat-read-contract = Read the contract
beat-contract-of = of the { $tier }
beat-offer = Make an offer
beat-offer-in = Make an offer in { $currency }
beat-offer-for = for the { $tier }
beat-free = Free download
beat-credits = Credits
beat-samples = Samples
beat-share = Share this beat
beat-share-address = Its address
beat-share-player = Its player for your own site

# The tier finder.
finder-open = Not sure which? Say what you plan
finder-label = Find the licence that fits
finder-example = 80,000
finder-need = And I need
finder-wav = A WAV
finder-stems = The stems
finder-exclusive = Nobody else may license it
finder-find = Find my licence
finder-streams = Streams
finder-copies = Copies sold or given away
finder-videos = Music videos
finder-stations = Radio stations
finder-performances = Paid performances
finder-unread = { $fields }: give a whole number, such as 80,000 or 80k.
finder-cheapest = is the cheapest that fits:
finder-which-fits = { $tier }, which fits
finder-too-far = No licence of this beat goes that far.
finder-too-far-help = Make an offer where one is taken, or plan a little less.

# What a tier lacks: each follows its name, and is said of it. There are two or more planned.
finder-lacks-uses = allows no { $uses }
finder-lacks-some = ends at { $limit } of the { $planned } { $uses } that you plan
finder-lacks-wav = comes without the WAV
finder-lacks-stems = comes without the stems
finder-lacks-exclusivity = leaves the beat on sale for others
finder-lacks-and = { $before } and { $last }
finder-some-streams = streams
finder-some-copies = copies
finder-some-videos = music videos
finder-some-stations = radio stations
finder-some-performances = paid performances

# The contract of a tier.
shop-contract-about = The whole contract of the { $tier } of { $title }.
shop-contract-add = Add { $tier } · { $price }
shop-contract-note = This is the contract that you accept by paying. You receive it as a PDF with your files.

# The player on other sites, and the picture of a link.
embed-open = Open
embed-licences = licences for { $title }, in a new window
card-busy = Many pictures are being painted at this moment.
card-busy-remedy = Try again in a minute.

# A free download, and news by mail.
free-title = { $title }: free download
free-email = E-mail address
free-send = Send me the link
free-look = Look into your mail
free-sent = We have sent a link to { $email }. It confirms your address and brings the file.
free-of = Free download of { $title }
free-back = Back to the beat
free-no-more = { $title } is not downloaded for free any more
free-no-more-help = There is more to hear.
free-yours = Your free download of { $title }
free-confirm = Confirm and download
free-here = Your address is confirmed, and the tagged preview is here.
free-download = Download the MP3
free-to-shop = Back to the shop
free-agreed = You agreed to hear news of this studio by mail.
free-unsubscribe = Unsubscribe
free-news = News of { $studio }
free-unsubscribed = You are unsubscribed
free-unsubscribed-said = { $studio } mails no news to { $email } any more.
free-ask-unsubscribe = Unsubscribe?
free-ask-unsubscribe-said = { $studio } may mail you news of its beats to { $email }.

# A studio's portfolio.
portfolio-title = Portfolio · { $studio }
portfolio-about = Released work of { $studio }: roles, credits, and where to listen.
portfolio-shop = Hear the beats on sale
portfolio-elsewhere = { $name } elsewhere
portfolio-none = Nothing to hear yet
portfolio-none-help = Released work appears here once { $name } has chosen it.
portfolio-listen = Where to listen to { $title }
portfolio-credits = Credits
portfolio-credits-of = of { $title }
portfolio-pages = Pages
portfolio-earlier = Earlier on the list
portfolio-more = More work
