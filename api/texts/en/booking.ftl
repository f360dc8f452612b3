# Days and times.
book-weekday = { $number ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
book-weekday-short = { $number ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
book-month-short = { $number ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
book-day = { $weekday }, { $date }
book-day-of-month = { $day } { $month }
book-day-short = { $weekday }, { $day } { $month }
book-all-of = all of { $day }
book-all-days = all days from { $first } to { $last }
book-clock = { $time } { $zone }
book-from-to = { $from } to { $to }
book-hours = { $count ->
    [1] 1 hour
   *[other] { $count } hours
}
book-minutes = { $count ->
    [1] 1 minute
   *[other] { $count } minutes
}
book-days = { $count ->
    [1] 1 whole day
   *[other] { $count } whole days
}

# Terms.
book-cancel-free = You can cancel it for nothing until it begins.
book-cancel-kept = If you cancel it, or do not come, { $share } of the deposit are kept.
book-cancel-until = You can cancel it for nothing until { $until }. If you cancel later, or do not come, { $share } of the deposit are kept.
book-kept-none = Nothing was paid ahead, and nothing is owed.
book-kept-nothing = All of the deposit of { $deposit } goes back to you.
book-kept-all = By its terms the deposit of { $deposit } is kept.
book-kept-part = By its terms { $kept } of the deposit of { $deposit } are kept; the rest goes back to you.

# The rooms of a studio.
book-title = Book a session · { $studio }
book-about = Rooms of { $studio } that you can book: see what is free, and keep a time.
book-heading = Book a session
book-none = No room can be booked here yet
book-none-said = { $studio } has opened none of its rooms to bookings on this page.
book-ask = Ask { $studio } for another time.
book-ask-mail = Ask { $studio } for another time:
book-see-beats = See the beats
book-see-free = See what is free
book-of-room = of { $room }
book-see-rooms = See the rooms of this studio
book-rate-hour = { $amount } an hour
book-rate-day = { $amount } a day

# A room.
book-room-about = { $room } at { $studio }: see what is free, and keep a time.
book-all-rooms = All rooms
book-where = Where
book-price = Price
book-with = With
book-all-day = all day
book-ahead = Paid ahead
book-ahead-none = nothing; a mailed link confirms it
book-ahead-share = { $share } of the price, as a deposit
book-cancelling = Cancelling
book-cancelling-free = for nothing until it begins
book-cancelling-kept = for nothing until it begins; if you do not come, { $share } of the deposit are kept
book-cancelling-until = for nothing until { $length } before it begins; later, or if you do not come, { $share } of the deposit are kept
book-find = Find a time
book-length = For how long
book-sessions = Sessions
book-lockouts = The room for you alone
book-from = From
book-show-free = Show what is free
book-free = Free for { $length }, { $span }
book-nothing-free = Nothing is free for { $length }, { $span }
book-clocks = All times are the room’s own, { $zone }.
book-asked-only = Ask the studio
book-asked-only-said = This room is booked by asking the studio itself.

# What is free.
slots-span = { $from } to { $until }
slots-begin = It can begin on
slots-days-from = { $length } from { $day }
slots-none = Nothing of this length is free up to { $day }, as far ahead as the room is booked.
slots-next = The next free time is on
slots-first = The first free time is on
slots-other-days = Other days
slots-earlier = Earlier days
slots-later = Later days
slots-closed = The room is closed on these days.
slots-closed-between = On these days the room is not open for { $length } one after the other.
slots-too-long = The room is not open for { $length } at a stretch.
slots-horizon = { $days ->
    [1] Bookings of this room open a day ahead.
   *[other] Bookings of this room open { $days } days ahead.
}
slots-begun = What was to be had has begun already.
slots-notice = Bookings of this room close { $length } ahead.
slots-taken = While the room is open, it is booked.
slots-taken-along = While the room is open, it or what you want with it is booked.
slots-day-closed = Closed
slots-day-too-long = Not open for so long
slots-day-horizon = Too far ahead
slots-day-notice = Too short notice
slots-day-taken = Booked out
slots-day-none = Nothing free

# A slot, and who wants it.
slot-title = Book { $room } · { $studio }
slot-heading = Book { $room }
slot-other-times = Other times
slot-see-other-times = See other times
slot-time = Your time
slot-clocks = Times are the room’s own, { $zone }.
slot-address = You find it at { $address }.
slot-paid-ahead = Paid ahead, as a deposit
slot-who = Who comes?
slot-name = Name
slot-email = E-mail address
slot-email-help = Your booking and its invitation for your calendar go there. No account needed.
slot-notes = What is it about, if you like to say
slot-paid-now = { $deposit } of { $price } is paid now.
slot-keep = Keep this time
slot-pay = Go to the payment of { $deposit }
slot-keep-help = Nothing is charged. We send you a link; confirm the booking by it within { $minutes } minutes.
slot-pay-help = The time is kept for you for { $minutes } minutes, until the deposit is paid.
slot-asked = Look into your mail
slot-asked-said = We have sent a link to { $email }. Confirm by it, and { $room } is yours: { $when }.
slot-back-to-room = Back to the room
slot-pay-again = Go to the booking and try again

# A booking.
booking-back = Back to the booking
booking-kept-until = Your time is kept until { $until }. After that somebody else may book it.
booking-waiting = Waiting for your payment
booking-waiting-said = Your time is kept until { $until }. If you have paid already, this page notices within moments; you need not pay again.
booking-pay-deposit = Pay the deposit, and it is yours
booking-confirm-yours = Confirm your booking
booking-on-its-way = Your payment is on its way
booking-on-its-way-said = Your bank takes its time with this way of paying. You need not do anything: your time is kept, and you hear by mail.
booking-lapsed = The time to keep it is over
booking-lapsed-said = Nothing is booked. What you may still have paid for it goes back by itself.
booking-blocked = The room is kept free
booking-confirmed = Your booking is confirmed
booking-confirmed-said = { $studio } is looking forward to you.
booking-cancelled = This booking is cancelled
booking-missed = This booking was missed
booking-confirm = Confirm the booking
booking-another = Book another time
booking-when = When
booking-clocks = Times of { $zone }
booking-room = Room
booking-deposit = Deposit
booking-deposit-now = Deposit, to pay now
booking-rest = Left to pay
booking-calendar = Add to your calendar
booking-move = Move it
booking-cancel = Cancel it
booking-address = Keep the address of this page: whoever has it can change this booking.

# Calling it off.
booking-cancel-title = Cancel { $room } · { $studio }
booking-cancel-ask = Cancel this booking?
booking-cancel-none-kept = Nothing is kept: whatever you have paid ahead goes back to you.
booking-cancel-all-kept = The deadline is over: the deposit of { $deposit } is kept.
booking-cancel-part-kept = The deadline is over: { $kept } of the deposit of { $deposit } are kept; the rest goes back to you.
booking-cancel-note = A word to the studio, if you like
booking-cancel-do = Cancel the booking
booking-cancel-keep = Keep it

# Moving it.
booking-move-title = Move { $room } · { $studio }
booking-move-heading = Move your session
booking-move-now = { $room } is yours: { $when }.
booking-move-free = Free for the same length, { $span }
booking-move-nothing-free = Nothing is free for the same length, { $span }
booking-move-clocks = It costs what it has cost. All times are the room’s own, { $zone }.
booking-move-new = It will be { $when }.
booking-move-other = Choose another time
