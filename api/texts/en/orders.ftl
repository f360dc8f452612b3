# The cart.
cart-title = Cart · { $studio }
cart-heading = Your cart
cart-empty = Nothing in it yet
cart-empty-help = Find a beat, choose a licence, and it waits here for you.
cart-see-beats = See the beats
cart-lines = Licences in the cart
cart-read-contract = Read the contract
cart-remove = Remove
cart-list = Sum of the list
cart-total = Total
cart-prices-in = Prices in { $currency }
cart-change-to = Change to { $currency }
cart-coupon = Coupon
cart-apply = Apply
cart-country = Your country, for the tax
cart-choose = Choose
cart-set = Set
cart-check-out = Check out
cart-country-first = Set your country first: the tax depends on it.
cart-licensee = Name of the licensee
cart-licensee-help = As it shall stand in the contract: your legal name or your company’s.
cart-email = E-mail address
cart-email-help = Your files and contracts are sent there.
cart-get-files = Get the files
cart-pay = Pay { $total }
cart-accepting = By going on you accept the licence contracts above. No account needed.
cart-remove-gone = Remove what is not on sale any more, then check out.
cart-gone-beat = A beat that is gone
cart-stale-gone = Not on sale any more.
cart-stale-currency = Not sold in { $currency } any more.
cart-stale-terms = Its terms have changed.
cart-stale-price = Costs { $now } now, you saw { $seen }.
cart-contract-note = This is the contract that you accept by paying what is in your cart now. You receive it as a PDF with your files.
cart-back = Back to the cart
cart-back-to-beats = Back to the beats
cart-to-order = Go to the order and try again
cart-lost = your browser keeps no cookies here, and a cart is kept by one, so that what you chose is gone
cart-lost-remedy = allow cookies for this site, then choose the licence again

# What was agreed upon, where it is ordered.
agreed-order = Order it for { $price }
agreed-country-help = By its rate, tax is within the price or comes on top.
agreed-country-first = Set your country first: the tax depends on it, and with it the total.
agreed-files-go = The files go to { $email }.
agreed-accepting = By going on you accept the licence contract below.

# Where an offer is made.
offer-form-title = Make an offer for { $title }
offer-form-heading = Make an offer
offer-form-lead = { $title }, { $tier }. On sale for { $price }.
offer-form-amount = What would you pay, in { $currency }?
offer-form-currency = The studio takes offers in { $currency } alone.
offer-form-email-help = The answer comes there. No account needed.
offer-form-words = A word to the studio, if you like
offer-form-make = Make the offer
offer-form-help = Nothing is charged. If the studio accepts, you can order at your price.
offer-form-sent = Your offer is on its way
offer-form-sent-said = Look into your mail: we have sent a link to { $email }. By it you see how your offer stands, take it back, and answer. The studio can answer for { $days ->
    [1] a day
   *[other] { $days } days
}.
offer-form-back = Back to the beat
offer-see-beat = See the beat

# An offer, for whoever has made it.
offer-title = Offer for { $title }
offer-back = Back to the offer
offer-to-order = Go to the order
offer-answer = Your answer
offer-accept = Accept { $amount }
offer-other-amount = Or name another amount, in { $currency }
offer-words = A word to it, if you like
offer-counter = Offer this
offer-decline = Decline
offer-take-back = Take the offer back
offer-steps = How it went
offer-step-offered = You offered { $amount }
offer-step-asked = The studio asked { $amount }
offer-step-accepted = You accepted
offer-step-studio-accepted = The studio accepted
offer-step-declined = You declined
offer-step-studio-declined = The studio declined
offer-step-withdrawn = You took the offer back
offer-step-sold = The beat was sold exclusively to somebody else
offer-step-bought = Ordered and paid
offer-step-expired = The time was over
offer-over = The time for this offer is over
offer-over-said = You are welcome to make another one.
offer-ordered = You have ordered it
offer-ordered-said = The order’s page tells how it stands.
offer-open = Your offer is with the studio
offer-open-said = { $studio } can answer until { $until }, and you hear of it by mail.
offer-countered = { $studio } asks { $amount }
offer-countered-said = You can accept, decline, or name another amount until { $until }.
offer-accepted = { $amount } is agreed upon
offer-accepted-said = You can order it at that price until { $until }, once.
offer-held = Whoever holds a lease of the beat may buy it first, until { $until }; you can order it after that.
offer-bought = You have bought it
offer-bought-said = Your files are on the order’s page.
offer-declined = It did not come to a deal
offer-declined-said = The licence is on sale at its price, and another offer is welcome.
offer-withdrawn = This offer has ended
offer-withdrawn-said = Nothing was charged, and nobody owes anything.

# Who may buy an exclusive before others.
first-title = { $title }: buy it first
first-heading = Buy it before others
first-lead = You hold a lease of this beat. Until { $until } you can buy it exclusively for { $price }; after that others may.
first-upgrade = If you upgrade your lease to it, what you have paid is credited and you pay { $price }: the mail that led you here leads there, too.

# An order, and how it stands.
order-title = Order { $reference }
order-back = Back to the order
order-files-ready = Files ready
order-ready-of = { $ready } of { $owed }
order-pay = Go to the payment
order-look-again = Look again
order-looks-itself = The page looks by itself, too.
order-earlier-disputed = An earlier payment is disputed
order-earlier-disputed-said = Your bank disputes what you had paid for the earlier licence, which is credited here. The files are withheld until it has decided; if you did not dispute it, ask your bank.
order-disputed = The payment is disputed
order-disputed-said = Your bank disputes the payment. The files are withheld until it has decided; if you did not dispute it, ask your bank.
order-upgrade-ended = This upgrade has ended
order-upgrade-ended-said = What you had paid for the earlier licence has gone back. It was credited here, so that this licence and its files have ended with it. What you paid for the upgrade itself is still with the studio: ask it.
order-returned = This order was given back
order-returned-said = All that was paid has gone back, and with it the licence and its files have ended.
order-holds-again = The licence before it, { $reference }, holds again.
order-processing = Your payment is on its way
order-processing-said = Your bank takes its time with this way of paying, up to a few days. You need not do anything: the files come to { $email } once it has paid.
order-nearly-done = Nearly done
order-queued-said = You have paid, and somebody was about to buy the beat exclusively. As soon as that is decided, this page brings the files or your money goes back.
order-capturing-said = The exclusive is yours; your payment is being collected. This page brings the files by itself.
order-pay-again = Your payment did not come through
order-pay-again-said = Your bank has let the payment fail, days after you had agreed to it; nothing was charged. You can pay again until { $until }, with a card or from another account. If you have done so already, this page notices within moments.
order-awaiting = Waiting for your payment
order-awaiting-said = If you have paid already, this page notices within moments; you need not pay again.
order-shut = This order can no longer be paid
order-shut-said = Its studio is closed. If you have paid already, this page notices within moments.
order-shut-remedy = this order can no longer be paid, and nothing is charged; if you have paid already, the order tells what becomes of that
order-making = Thank you. Your files are being made
order-making-said = { $owed ->
    [1] { $ready } of { $owed } file is ready.
   *[other] { $ready } of { $owed } files are ready.
} The rest is being made; this page brings it by itself.
order-ready = Your files are ready
order-ready-said = Everything is here. The same links are on their way to { $email }.
order-unpaid = This order was not paid
order-unpaid-why = its time ran out; nothing was charged
order-refunded = Your money goes back
order-refunded-why = the beat was gone before your payment arrived

# What an order has brought.
order-contract = Licence contract, PDF
order-mp3 = MP3, 320 kbit/s
order-wav = WAV, 24 bit
order-stems = Stems, ZIP
order-withheld = Withheld
order-being-made = Being made
order-download = Download
order-claim = Answer a Content ID claim
order-claim-with = with { $reference }
order-online = Where your song is online
order-online-help = Tell the studio your channel or artist page, and it can have claims on it released.
order-channel = Address of a channel, video or artist page
order-channel-add = Add
order-paid = Paid
order-given-back = Given back
order-licensee = Licensee
order-email = E-mail
order-placed = Placed
order-receipt = Receipt, PDF
order-keep = Keep the address of this page: it opens your files again, without an account. Whoever has it can download them.

# The meter of a licence.
meter-replaces = An upgrade: it has taken the place of { $reference }.
meter-superseded = This licence was upgraded: { $reference } has taken its place. Its files stay here.
meter-heading = How far your licence goes
meter-streams = streams
meter-copies = copies
meter-music-videos = music videos
meter-radio-stations = radio stations
meter-performances = paid performances
meter-said = { $used } of { $limit } ({ $percent } %)
meter-source = { $source }: { $total } on { $day }
meter-reached = The limit is reached.
meter-close = Close to the limit.
meter-tell = Tell what the song has come to
meter-tell-help = Give the whole count of each source from the beginning. The latest counts, so you can correct it at any time.
meter-cap = What is counted
meter-who = Who counts it
meter-total = How many in all
meter-day = Counted to the day
meter-report = Report
meter-for = for { $reference }
meter-upgrade = Upgrade this licence and pay the difference
meter-no-cap = this is no kind of use
meter-no-cap-remedy = choose one of those offered
meter-no-total = this is not a whole number
meter-no-total-remedy = give the whole count from the beginning, such as 85000 or 85,000
meter-no-day = this is not a day
meter-no-day-remedy = give the day on which the count was read, as year-month-day

# Upgrades of a licence.
upgrade-title = Upgrade { $reference }
upgrade-heading = Upgrade your licence
upgrade-lead = { $reference } is a { $tier }. { $credited } that you have paid is credited to each of these.
upgrade-compared = The upgrades of this licence compared
upgrade-licence = Licence
upgrade-get = You get
upgrade-may = You may
upgrade-term = Term
upgrade-full = Its price
upgrade-you-pay = You pay
upgrade-do = Upgrade
upgrade-to = to { $name }
upgrade-contract-of = of the { $name }
upgrade-help = The new licence takes the place of { $reference } as soon as it is paid. By going on you accept its contract. What you have used so far counts towards its limits; your files stay yours, and new ones come with it.
upgrade-none = There is no upgrade
upgrade-see = See the upgrades
upgrade-contract-title = { $tier }: upgrade of { $reference }
upgrade-contract-note = This is the contract that you accept by paying the upgrade. You receive it as a PDF with your files.

# What answers a claim on a song.
claim-title = Claims on { $reference }
claim-nothing = Nothing answers a claim here
claim-heading = Answer a claim on your song
claim-lead = A service has found the beat in your song and claims it for somebody else? Here is what to write, and what proves your licence.
claim-download = Download all of it
claim-archive-sealed = One ZIP archive: the certificate, the sealed contract and the text.
claim-archive = One ZIP archive: the certificate and the text. The sealed contract joins them once it is ready.
claim-write = What to write
claim-write-help = Copy this into the form in which the service asks why the claim is wrong.
claim-licence = Your licence
claim-clause = Clause { $number } of your contract:
claim-online = Where the song is online
# A link follows, and what comes after it.
claim-none-told = You have not told any address. Tell them on
claim-none-told-link = the order’s page
claim-none-told-why = , and the studio knows whom to let pass.

# A quote.
quote-title = Quote { $reference }
quote-back = Back to the quote
quote-lines = What is done
quote-recoupable = recoupable from what the work earns
quote-net = Before tax
quote-stages = When it is paid
quote-stage-on = Invoiced on { $day }
quote-stage-signed = Invoiced once the agreement is signed by all
quote-stage-accepted = Invoiced when you accept
quote-stage-end = Invoiced at the end
quote-stage-reached = Invoiced when it is reached
quote-stage-phase = Invoiced when this is done: { $phase }
quote-stage-ended = Invoiced no more
quote-phase-ideation = ideas and brief
quote-phase-arrangement = arrangement
quote-phase-recording = recording
quote-phase-editing = editing
quote-phase-mixing = mix
quote-phase-mastering = master
quote-invoice-overdue = overdue
quote-invoice-open = to be paid
quote-invoice-partly-paid = partly paid
quote-invoice-paid = paid
quote-invoice-disputed = disputed
quote-invoice-credited = credited
quote-late-flat = If an invoice is paid { $days ->
    [0] late
    [1] more than a day late
   *[other] more than { $days } days late
}, { $amount } is charged, once, and no more than { $cap } of it.
quote-late-monthly = If an invoice is paid { $days ->
    [0] late
    [1] more than a day late
   *[other] more than { $days } days late
}, { $share } of what is left to pay is charged for each whole month; all of that together is no more than { $cap } of the invoice, and nothing is charged on a fee.
quote-answer = Your answer
quote-name = Your name
quote-accept = Accept { $total }
quote-accepting = By accepting you order what stands above, at these prices and with this schedule.
quote-reason = Not what you want? Say why
quote-decline = Decline
quote-from = From
quote-for = For
quote-address = Address
quote-valid-until = Valid until
quote-version = Version
quote-fingerprint = Fingerprint of this version
quote-over = The time for this quote is over
quote-over-said = Nothing is owed for it. Ask { $studio } for a new one if you still want it.
quote-sent = { $studio } quotes { $total }
quote-sent-said = You can accept it until { $until }. Nothing is owed before that.
quote-changing = This quote is being changed
quote-changing-said = { $studio } writes another version of it and mails you that. This is the one that you had before.
quote-accepted = You have accepted this quote
quote-accepted-by = Accepted by { $name } on { $when }.
quote-accepted-said = It is frozen as you have read it.
quote-declined = You have declined this quote
quote-declined-said = Nothing is owed for it. You wrote: “{ $why }”
quote-withdrawn = { $studio } has taken this quote back
quote-withdrawn-said = Nothing is owed for it.
quote-ended = { $studio } has ended this quote
quote-ended-said = What was invoiced stays as it is, and the rest is not asked for any more. { $studio } writes: “{ $why }”

# An invoice or a credit note.
invoice-named = Invoice { $reference }
invoice-credit-note-named = Credit note { $reference }
invoice-credit-note = Credit note
invoice-back = Back to the invoice
invoice-pay = Pay
invoice-transfer = Or by bank transfer, with the number { $reference }
invoice-lines = What it is for
invoice-became-credited = Credited
invoice-became-paid = Paid
invoice-became-disputed = Disputed
invoice-became-owed-back = To be given back to you
invoice-became-open = Left to pay
invoice-issued = Issued
invoice-supplied = Supplied
invoice-due = Due
invoice-quote = Quote
invoice-credits = Credits
invoice-late-one = Late invoice
invoice-no-tax = No tax
invoice-note = { $amount } credited
invoice-note-said = What you have paid of it goes back to you; the rest is owed no more.
invoice-processing = Your payment is on its way
invoice-processing-said = Your bank takes its time with this way of paying, up to a few days. You need not do anything: you hear by mail what has come of it.
invoice-is-due = It is due on { $day }.
invoice-was-due = It was due on { $day }.
invoice-overdue = { $amount } overdue
invoice-open = { $amount } to pay
invoice-left = { $amount } left to pay
invoice-partly-paid = A part of it is paid.
invoice-paid = Paid
invoice-paid-said = Thank you: nothing is owed for this invoice.
invoice-disputed = The payment is disputed
invoice-disputed-said = Your bank disputes what you had paid. Nothing is asked for until it has decided; if you did not dispute it, ask your bank.
invoice-credited = Credited
invoice-credited-said = All of this invoice was credited: nothing is owed for it.

# The masters of a project.
masters-title = Masters of { $project }
masters-left = Left to pay
masters-pay = Pay
masters-and = { $said } and { $next }
masters-here = Your masters are here
masters-here-said = Download them, and keep a copy. Each has a quality report and a checksum.
masters-others-locked = Others open once what is left is paid.
masters-others-making = Others are still being made.
masters-withheld = Your masters are withheld
masters-ready = Your masters are ready
masters-locked = They are locked until all of the balance is paid, and open then by themselves: { $why }.
masters-and-this = { $said }, and { $next }
masters-can-be-paid = { $amounts } can be paid now
masters-to-be-invoiced = { $amounts } is still to be invoiced by { $studio }
masters-bank-disputes = a bank disputes { $amounts }
masters-disputed = A bank disputes { $amounts } that was paid for { $project }. They open again once it has decided for the payment.
masters-making = Your masters are being made
masters-making-said = Come back in a few minutes, or wait for the mail: it is sent by itself.
masters-failed = Your masters take a little longer
masters-failed-said = Something went wrong with a master, and { $studio } has been shown what. You need not do anything.
masters-none = There are no masters yet
masters-none-said = They are made as soon as a mix is approved. You hear by mail when they are here.
masters-song = Mix { $version } · { $how }
masters-song-superseded = a later version took its place
masters-song-later = a later version was sent since
masters-song-making = being made
masters-song-delayed = delayed
masters-song-locked = locked until the balance is paid
masters-song-ready = ready
masters-file-making = Being made
masters-file-delayed = Delayed
masters-file-superseded = Superseded
masters-file-locked = Locked
masters-passed = all checks passed
masters-see-report = see the report
masters-report = Quality report
masters-data = as data
masters-on = on { $title }
masters-keep = Keep the address of this page: whoever has it can download the masters.
