# Figures and words that many pages use.
words-free = Free
words-coupon = Coupon { $code }
words-bulk = Buy { $buy }, get { $free } free
words-no-tax = No tax ({ $country })
words-tax = { $name } { $rate } % ({ $country })
words-tax-within = Included: { $name } { $rate } % ({ $country })
words-reverse-charge = Reverse charge ({ $country })
words-stems = stems
words-minor = { $note } minor
words-major = { $note } major
words-bytes = { $count ->
    [1] 1 byte
   *[other] { $count } bytes
}

# What a licence allows, a line for each kind of use.
words-uses = Unlimited use
words-streams = { $count ->
    [0] No streams
    [1] 1 stream
   *[other] { $count } streams
}
words-streams-unlimited = Unlimited streams
words-copies = { $count ->
    [0] No copies
    [1] 1 copy
   *[other] { $count } copies
}
words-copies-unlimited = Unlimited copies
words-videos = { $count ->
    [0] No music videos
    [1] 1 music video
   *[other] { $count } music videos
}
words-videos-unlimited = Unlimited music videos
words-stations = { $count ->
    [0] No radio stations
    [1] 1 radio station
   *[other] { $count } radio stations
}
words-stations-unlimited = Unlimited radio stations
words-performances = { $count ->
    [0] No paid performances
    [1] 1 paid performance
   *[other] { $count } paid performances
}
words-performances-unlimited = Unlimited paid performances
words-cap-upgrades = At a limit you upgrade and pay the difference.
words-cap-ends = At a limit the licence ends.

# Terms.
words-for-ever = For ever
words-years = { $count ->
    [1] 1 year
   *[other] { $count } years
}
words-months = { $count ->
    [1] 1 month
   *[other] { $count } months
}

# Tiers by the words of the trade.
words-mp3-lease = MP3 lease
words-wav-lease = WAV lease
words-trackout-lease = Trackout lease
words-unlimited-lease = Unlimited lease
words-exclusive-licence = Exclusive licence
words-exclusive = Exclusive
words-non-exclusive = Non-exclusive

# By what right a sample is used.
words-cleared = cleared
words-cleared-for-leases = cleared for leases
words-royalty-free = royalty-free
words-not-cleared = not cleared, to be cleared by you before a release

# Dates.
words-date = { $day } { $month } { $year }
words-january = January
words-february = February
words-march = March
words-april = April
words-may = May
words-june = June
words-july = July
words-august = August
words-september = September
words-october = October
words-november = November
words-december = December
