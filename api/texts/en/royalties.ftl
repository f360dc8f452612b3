# The portal of a payee.
royalties-from = Royalties from { $studio }
royalties-heading = { $payee }, your statements
royalties-none = There is none yet. You are mailed when there is one.
royalties-open-one = Open one to see what every amount is made of.
royalties-money = Your money in { $currency }
royalties-earned = Earned
royalties-paid = Paid to you
royalties-owed = Owed by the newest statement
royalties-of-that-due = Of that due for payout
royalties-by-period = Earned by period, before reserves, costs and advances
royalties-bars = Bars of what was earned by period in { $currency }; the table below has the same figures
royalties-as-table = The same as a table
royalties-table = Earned by period in { $currency }
royalties-period = Period
royalties-statements = Statements
royalties-listed = { $reference } · earned { $earned } · owed to you { $balance }
royalties-due = due for payout
royalties-route = Where your money goes
royalties-payments = What was paid
royalties-keep = Keep the address of this page to yourself: whoever has it sees what you earn. { $studio } can give you another, and each mail about a statement brings a fresh one.
royalties-span = { $from } to { $through }
royalties-month = { $month } { $year }
royalties-file-unread = This file cannot be read now

# Why nothing is paid out.
royalties-waits-nothing = Nothing is owed to you for now.
royalties-waits-minimum = It is less than what is paid out at the least, and stays with what you earn next.
royalties-waits-hold = It is held for now: { $reason }.

# Where money goes, or what is missing for that.
royalties-route-service = The payment service sends it to the account that you have named there. To change that, ask for a fresh link to it.
royalties-route-bank = By the bank, to { $holder }, account { $account }, as told on { $day }. If that is wrong, tell { $studio }.
royalties-route-waits = The payment service still waits for you: open the link in our mail, and say where your money goes. Until then it waits for you.
royalties-route-none = { $studio } does not know yet where your money goes. Ask for the link to the payment service, or tell it your bank account.

# A statement.
royalties-statement = Royalty statement { $reference }
royalties-statement-lead = { $due } due for payout by this statement, of { $balance } that is owed to you.
royalties-statement-pdf = Statement, PDF
royalties-statement-csv = Table, CSV
royalties-statement-being-made = The PDF is being made. Come back in a minute.
royalties-statement-account = Account: { $name }
royalties-statement-closing = Closing balance
royalties-statement-unrecouped = Costs and advances still to be recouped
royalties-statement-titles = What earned
royalties-statement-open = Open a title to see each line behind it, and to say that one is wrong.
royalties-statement-units = { $count ->
    [1] { $units } unit
   *[other] { $units } units
}
royalties-statement-more = { $count ->
    [1] And 1 more, in the table as well.
   *[other] And { $count } more, all of them in the table.
}
royalties-statement-charges = Charged in this period
royalties-statement-reserves = Held back until
royalties-statement-all = All your statements
royalties-advance = { $day }: advance
royalties-advance-for = { $day }: advance, { $note }
royalties-cost = { $day }: cost
royalties-cost-for = { $day }: cost, { $note }

# What an account comes to, step by step.
royalties-step-opening = Opening balance
royalties-step-paid = Paid to you since
royalties-step-earned = Earned in this period
royalties-step-held = Held back in reserve
royalties-step-released = Released from reserve
royalties-step-adjusted = Rounding, and costs given back
royalties-step-costs = Recouped costs
royalties-step-tax = Tax withheld
royalties-step-advances = Recouped advances

# By what a title has earned.
royalties-several = Several together
royalties-kind-share = your share
royalties-kind-royalty = your royalty
royalties-kind-borne = royalties that you pay
royalties-kind-borne-to = royalties that you pay to { $name }
royalties-kind-retroactive = your royalty, from record one
royalties-kind-held = royalty on income held back

# The lines of a title.
royalties-lines = { $title }, line by line
royalties-lines-none = No line on this page is yours.
royalties-lines-lead = What was received for each line, and what of it is yours before costs, reserves and advances.
royalties-lines-carried = Some of this title’s money had been waiting since an earlier period. Its lines are not among these.
royalties-lines-received = { $facts } · received { $amount }
royalties-lines-wrong = Something is wrong with it
royalties-lines-what = What is wrong?
royalties-lines-once = { $studio } reads it and answers by mail. A line is disputed once.
royalties-lines-dispute = Dispute this line
royalties-lines-open = You disputed this line: it waits for an answer.
royalties-lines-accepted = You disputed this line: the studio agrees.
royalties-lines-declined = You disputed this line: the studio does not agree.
royalties-lines-answers = { $studio } answers:
royalties-lines-more = More lines
royalties-lines-to-statement = Back to the statement
royalties-lines-back = Back to the lines

# How something was used.
royalties-streamed = { $units } streamed
royalties-downloaded = { $units } downloaded
royalties-physical = { $units } sold on a carrier
royalties-video = { $units } used in videos
royalties-performed = { $units } performed or broadcast
royalties-mechanical = { $units } reproduced
royalties-sync = { $units } synchronised
royalties-licensed = { $units } licensed
royalties-used = { $units } used

# The way to the payment service.
payee-invited = Say where your money goes
payee-invited-said = { $studio } pays out your share of what is sold. The payment service asks you who you are and where the money goes; { $studio } sees neither.
payee-go = Go to the payment service
payee-incomplete = Something is still missing
payee-incomplete-said = The payment service has more to ask, or still looks at what you have told it. Until then your money waits for you.
payee-go-on = Go on at the payment service
payee-ready = Your money finds you
payee-ready-said = The payment service knows all it has to. What { $studio } pays out goes there from now on.
payee-back = Back
payee-link-over = the time of this link is over, or a later one was mailed
payee-link-over-remedy = open the link that was mailed last, or ask the studio for a fresh one
