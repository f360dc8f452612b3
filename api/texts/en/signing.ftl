# Around every page of signing.
sign-steps = Steps
sign-step-read = Read
sign-step-agree = Agree
sign-step-sign = Sign
sign-back = Back to the agreement
sign-read-now = Read it as it is now
# The text of the consent names this link.
sign-want-paper = I want paper
sign-closed-mailed = It goes to the address that the agreement was sent to, whoever asks.
sign-look-into-mail = Look into your mail

# Agreements by their template.
sign-kind-split-sheet = Split sheet
sign-kind-producer = Producer agreement
sign-kind-mix-master = Mixing and mastering agreement
sign-kind-work-for-hire = Work for hire agreement
sign-kind-collaboration = Collaboration agreement
sign-kind-composer = Composer agreement

# Who signs, and how far they have come.
sign-who = Who signs
sign-so-far = { $signed } of { $all } signed
sign-you = (you)
sign-for = for { $name }
sign-signed-on-paper = Signed on paper, { $when }
sign-signed-on = Signed, { $when }
sign-signed = Signed
sign-declined = Declined
sign-wants-paper = Wants paper
sign-has-not = Has not signed
sign-still-to = Still to sign

# What is different.
sign-was = was:
sign-is-now = is now:

# The link from the mail.
sign-open-heading = { $studio } asks you to sign
sign-open-code = Opening it sends a code to { $email }, to make sure that nobody signs in your name. You need no account.
sign-open-title = “
sign-open-title-after = ”
sign-open-button = Open the agreement
sign-open-once = This link opens once. If you are not { $name }, close this page.
sign-closed-used = This link was opened before
sign-closed-replaced = There is a newer link
sign-closed-executed = It was signed by all
sign-closed-executed-said = Everybody has signed, and it is in force. The sealed PDF is in our mail “Signed by all”; keep it.
sign-closed-over = There is nothing to sign any more
sign-closed-not-a-signer = You do not sign this any more
sign-closed-nothing = This link opens nothing
sign-closed-again = Send me a new link
sign-closed-verify = See it verified
sign-again-said = A new link is on its way to the address that the agreement was sent to. Look into the spam folder, too.

# The session of the browser, and the code that opens it.
sign-session-none = This browser has no open session for this agreement.
sign-session-none-remedy = Open the link in your mail. If it was opened before, its page sends you a new one. If you have just come from there, allow cookies for this site first: the session is kept by one.
sign-session-none-heading = Open it from your mail
sign-code-missing = The code from your mail comes first.
sign-code-missing-heading = Type the code first
sign-code-type = Type the code
sign-code-title = Code
sign-code-heading = Type the code from your mail
sign-code-on-its-way = It is on its way to { $email }, and good for ten minutes.
sign-code-spent = The last code can no longer be used.
sign-code-label = Six digits
sign-code-button = Go on
sign-code-again = Send another code

# The agreement to be read.
sign-read-asks = { $studio } asks you, { $name }, to sign.
sign-read-asks-for = { $studio } asks you to sign for { $party }.
sign-read-until = It can be signed until { $when }.
sign-read-changed-signed = Changed since you signed
sign-read-changed-read = Changed since you read it
sign-read-words-changed = It cannot be signed as it stands
sign-read-shares = Who gets what
sign-read-shares-help = Of every 1,000.00 that a side earns, before costs that were agreed upon.
sign-read-text = The agreement
sign-read-pdf = Read it as a PDF
sign-read-file = { $reference } version { $number }.pdf
sign-read-notes = The notes in plain words beside the clauses help to understand them; where the two differ, the clause decides.
sign-read-fingerprint = Fingerprint of this text
sign-read-others = Not ready to sign?
sign-read-propose = Propose other shares, or say what is wrong
sign-read-delegate = Let somebody else sign for you
sign-read-on = Go on to sign

# The consent to sign electronically.
sign-consent-heading = Signing without paper
sign-consent-version = Version { $version } of this text. It is kept with your signature.
sign-consent-button = I agree to sign electronically
sign-consent-read = Read the text

# The signature.
sign-signature-heading = Sign “
sign-signature-heading-after = ”
sign-signature-version = You sign version { $version }, as you have read it.
sign-signature-for = You sign for { $party }.
sign-signature-name = Type your full name
sign-signature-i-am = I am “
sign-signature-where = ”, and sign where “
sign-signature-was-asked = ” was asked to. Both names are kept as evidence.
sign-signature-a-person = ”, a person whose name is the company’s, too.
sign-signature-capacity = In what capacity do you sign for { $company }?
sign-signature-capacity-example = Managing director
sign-signature-draw = Or draw your signature as well, if you like
sign-signature-pad = A field to draw in with finger, pen or mouse. Your typed name alone is enough.
sign-signature-undo = Take back the last stroke
sign-signature-clear = Clear the drawing
sign-signature-kept = Your name, the time, your network address ({ $ip }) and the name of your browser are kept as evidence and printed on the evidence page.
sign-signature-button = Sign

# Other answers than a signature.
sign-ask-name = Their full name
sign-ask-email = Their e-mail address
sign-ask-delegate = Let somebody else sign
sign-ask-delegate-button = Hand it on
sign-ask-delegate-said = They get a link of their own and sign for you. { $studio } is told.
sign-ask-delegate-words = What should they know? You may leave it empty
sign-ask-delegate-readers = They and { $studio } read this, and nobody else.
sign-ask-delegated = You have handed it on
sign-ask-delegated-said = { $name } gets a mail with a link and signs for you. You have nothing left to do.
sign-ask-decline = Decline
sign-ask-decline-button = Decline for good
sign-ask-decline-said = Nobody can sign this agreement any more once you decline. { $studio } and the others are told why.
sign-ask-decline-words = Why?
sign-ask-decline-readers = { $studio } and everybody who was asked to sign read this.
sign-ask-paper = Sign on paper
sign-ask-paper-button = Ask for paper
sign-ask-paper-said = { $studio } is told and sends you the agreement on paper, at no cost. What you have signed in it here is void, and you cannot sign it here as it stands: once { $studio } has the paper with your signature, it enters that. If { $studio } changes the agreement, you are asked to sign here anew.
sign-ask-paper-words = Where should it be sent, or anything else to say
sign-ask-paper-readers = { $studio } reads this, and nobody else.
sign-ask-change = Ask for a change
sign-ask-change-button = Send it
sign-ask-change-said = { $studio } reads it and answers. Until then nobody signs.
sign-ask-change-words = What should be otherwise?
sign-ask-change-readers = { $studio } reads this; if it takes the change, everybody who signs does.

# A change of the shares.
sign-counter-title = Propose
sign-counter-heading = Propose a change
sign-counter-said = Propose other shares, or leave them and say what else is wrong. { $studio } is asked first. If your proposal is accepted, those whose part changes sign again; the others need not.
sign-counter-changed = Changed while you typed
sign-counter-overtaken = Somebody else has changed the agreement while you typed. What you typed is still here; look at what is different, and send it again.
sign-counter-composition = The composition: melody, harmony, words
sign-counter-composition-off = The composition totals { $total } %, not 100 %.
sign-counter-master = The master: the recording
sign-counter-master-off = The master totals { $total } %, not 100 %.
sign-counter-whole = Together exactly 100 %, with up to four decimals.
sign-counter-no-share = “{ $typed }” for { $name } is no share: type a number from 0 to 100, with up to four decimals.
sign-counter-gets = Gets
sign-counter-gets-of = of 1,000.00
sign-counter-together = Together
sign-counter-somebody = Somebody
sign-counter-words = Why, or what else is wrong?
sign-counter-button = Send the proposal

# The change as the studio reads it.
sign-proposal-title = Proposal · { $title }
sign-proposal-gone = It no longer waits
sign-proposal-gone-said = This change of “{ $title }” was answered, or another has taken its place.
sign-proposal-a-signer = A signer
sign-proposal-words = { $by } asks in words for a change. The text is as it was.
sign-proposal-change = { $by } proposes a change: version { $version }.
sign-proposal-until = Until { $studio } has answered, nobody can sign.
sign-proposal-different = What is different
sign-proposal-sign-in = To read the whole document, and to answer, sign in.

# How it stands.
sign-done-executed = Everybody has signed
sign-done-holds = The agreement holds.
sign-done-holds-since = The agreement holds since { $when }.
sign-done-sealing = Its file is being sealed; this page brings it by itself.
sign-done-declined-own = You have declined
sign-done-declined-own-said = Everybody is told.
sign-done-declined = It was declined
sign-done-declined-said = Nobody can sign it any more.
sign-done-voided = It was taken back
sign-done-voided-said = { $studio } has taken it back.
sign-done-expired = Its time is over
sign-done-expired-said = Not everybody had signed in time.
sign-done-paper = You get it on paper
sign-done-paper-said = { $studio } knows and sends it to you.
sign-done-countered-own = Your proposal is on its way
sign-done-countered-own-said = { $studio } answers it, and you get a mail. Until then nobody signs.
sign-done-countered = Somebody proposes a change
sign-done-countered-said = { $studio } answers first. You get a mail if anything is left to do.
sign-done-signed = You have signed
sign-done-missing = { $count ->
    [1] One more signature is missing. When all are there you get the sealed file by mail.
   *[other] { $count } more signatures are missing. When all are there you get the sealed file by mail.
}
sign-done-not-yet = It is not your turn yet
sign-done-not-yet-said = Others sign first. You get a mail when it is.
sign-done-download = Download the sealed PDF
sign-done-level = Sealed at level { $level }.
sign-done-verify = Verify it
sign-done-verify-after = , now or in years.
sign-done-checksum = Checksum of the file
sign-done-read = Read the agreement as a PDF
sign-done-proposed = What you propose
sign-done-evidence = What is on record
sign-done-chain = Each entry carries the fingerprint of the one before it, so that none can be changed, left out or moved unnoticed.
sign-done-chain-whole = All { $count } fit together.
sign-done-head = Fingerprint of the last entry
sign-done-consented = You have consented to electronic records.
sign-done-consented-until = You have consented to electronic records. Until everybody has signed you may withdraw that:
sign-done-void-then = What you signed here is void then.
sign-done-withdraw = Withdraw that for what is to come
sign-done-stands = what you signed stands.
sign-done-withdrawn = You have withdrawn your consent to electronic records. What you signed stands; what is to come reaches you on paper.

# The consent taken back after all have signed.
sign-records-heading = Records on paper from now on
sign-records-title = You consented to electronic records when you signed “
sign-records-title-after = ”. You may withdraw that.
sign-records-said = It holds for what is to come: the studio is told, and you get no more mails about this agreement but letters. What you have signed stands, and the sealed file stays here for you.
sign-records-withdraw = Withdraw my consent to electronic records
sign-records-shared = This page may be shown to others. That it is you who withdraws, a link shows that we mail you.
sign-records-mail = Mail me the link
sign-records-mailed = A link goes to the address that the agreement was sent to, once a day at the most. Nothing is withdrawn before it is opened and confirmed. Look into the spam folder, too.

# The page that verifies a file.
verify-title = Verify a document
verify-title-of = Verify { $reference }
verify-about = Check a sealed contract: who sealed it, when, and whether anything was changed since.
verify-lead = Who sealed it, when, and whether anything was changed since.
verify-step-choose = Choose the PDF, or drop it below.
verify-step-judged = Its seal, its timestamps and the evidence in it are judged.
verify-step-verdict = You read the verdict, and what it rests on.
verify-a-file = Verify a file
verify-file = The sealed PDF
verify-file-help = At most { $most } MB. The file is read, judged by itself, and not kept.
verify-button = Verify
verify-offline = The same by yourself, offline:
verify-others = Other programs can check the file too, once they trust
verify-others-root = this installation's root certificate
verify-others-until = until then they call its seal valid by an unknown signer.

# Why nothing is verified.
verify-unknown = No document with this reference was sealed here. If you have the file, it can be verified all the same.
verify-busy = Many files are being verified at this moment. Try again in a minute.
verify-no-file = Choose the PDF first, then verify it.
verify-late = The file took too long to arrive. Try again.
verify-too-large = The file is larger than { $most } MB. Contracts that were sealed here are far smaller; larger files can be verified with the program, `ledgerline verify`.
verify-incomplete = The file did not arrive whole. Try again.

# What is remembered of a document.
verify-licence = Licence contract
verify-agreement = Agreement
verify-what-of = { $what } of { $studio }
verify-sealed-on = Sealed on { $when }.
verify-level = Level { $level }.
verify-level-bb = Sealed. When, says the clock of whoever sealed.
verify-level-bt = Sealed, and a timestamp proves that it existed then.
verify-level-blt = Sealed and timestamped, with everything in the file that proves both.
verify-level-blta = Sealed and timestamped, with its proof in the file and a timestamp over all of it: it can be checked for years to come.
verify-replaced = Replaced.
verify-replaced-by = It was replaced by { $reference }, which all who are affected have signed. What it says holds until { $from } alone.
verify-revisions = Revisions
verify-revisions-help = Your file is genuine if its SHA-256 is one of these. Each proves the same content; a later one proves more.
verify-revision = Revision { $number }, { $level }
verify-revision-newest = { $when }, the newest
verify-all-revisions = All revisions
verify-known-newest = This is { $reference }, the newest revision.
verify-known-older = This is { $reference }, revision { $revision }; a newer one, with further proof of the same content, is there.

# The verdict on a file.
verify-unchanged = Unchanged
verify-unchanged-said = It was sealed by a studio of this installation, and is as it was sealed.
verify-stranger = Unchanged, and sealed by nobody known here
verify-stranger-said = It is as it was sealed by whoever holds the certificate below. Anybody can make such a seal, in any name: rely on it only if the certificate’s fingerprint is the one that the studio publishes.
verify-refused = Do not rely on this file
verify-refused-said = It is not what was sealed. Below stands what was found, and what to do.
verify-forged-said = The file is as it was sealed, and the evidence of its signing in it does not hold. Ask whoever sealed it how that came.
verify-impostor-said = It carries the reference { $reference }, of a document that was sealed here, and it was not sealed here: its seal is somebody else’s. What it says may be forged.
verify-never-sealed = Not a sealed document
verify-never-sealed-said = Receipts and certificates are made anew whenever they are asked for, and carry no seal. Below stands what this file says that it is, and what to do.
verify-not-sealed = Not sealed
verify-not-sealed-said = This file carries no seal, so nothing can be said about who made it or changed it.
verify-real = What was sealed here under { $reference }:
verify-real-link = the SHA-256 of every genuine file

# What the verdict rests on.
verify-findings = Findings
verify-note = Note
verify-warning = Warning
verify-fault = Fault
verify-signatures = Seals and timestamps
verify-seal = Seal
verify-timestamp = Timestamp over the file
verify-does-not-hold = { $what }, does not hold
verify-when = When
verify-by-timestamp = { $when }, by a timestamp
verify-by-clock = { $when }, by the clock of whoever sealed
verify-why = Why
verify-covers = Covers
verify-covers-all = the whole file
verify-covers-part = the first { $count } bytes; what follows was compared with what may follow
verify-valid = Valid { $days }
verify-evidence = How it was signed
verify-evidence-unvouched = Nobody known here has sealed this. It is what the file says of itself, and whoever made it may have made it up.
verify-evidence-whole = The evidence of { $reference } is whole: each of its { $count } entries follows from the one before.
verify-evidence-compared = The document, its signatures and its evidence page say the same.
verify-evidence-not-compared = Another version of this program made the file, so its pages were not compared with the evidence. Compare them with what stands here.
verify-event-from = { $when }, from { $ip }
verify-head = Its head
verify-acceptance = How it was accepted
verify-accepted = It was accepted with order { $order }, placed on { $when }.
verify-accepted-as-shown = Its text is the one that was offered then.
verify-accepted-otherwise = Its text is not quite the one that was offered then: something else than the sale has changed it, such as licences granted meanwhile.
verify-accepted-untold = Whether its text is the one that was offered then, cannot be told here.
verify-attachments = Files within the file
verify-this-file = This file
