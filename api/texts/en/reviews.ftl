# The review of a mix.
review-title = { $song }: review
review-gone = This link opens nothing any more
review-back = Back to the review

# How it stands.
review-preparing = There is nothing to hear yet
review-preparing-said = You get a mail when { $studio } sends the first version.
review-open = Version { $number } is here to be heard
review-round-of = Round { $number } of { $rounds }.
review-revising = Version { $number } is being revised
review-revising-said = Round { $number } of { $rounds } has ended. You get a mail when { $studio } sends the next version.
review-approved = Version { $number } is approved
review-approved-by = { $name } approved it on { $when }.
review-approved-somebody = It was approved on { $when }.
review-approved-silence = Nobody objected in the time that was agreed upon, and so it counts as approved on { $when }.
review-decides-you = Your word decides.
review-decides-other = { $name } decides.
review-silence = Without an answer by { $until } it counts as approved.
review-say = Say what you think of it.

# Its rounds.
review-rounds = Rounds
review-round = Round { $number }
review-round-revised = revised
review-round-approved = approved
review-round-open = open
review-round-not-needed = not needed
review-round-left = left
review-decide = Decide
review-comment = Comment

# Its versions.
review-versions = Versions
review-loudness = All play at the loudness of the quietest, so that the louder one does not win by being louder.
review-version = Version { $number }
review-version-replaced = Replaced
review-version-open = Under review
review-version-approved = Approved
review-version-revised = Revised
review-turned-down = turned down by { $gain }
review-comments = { $count ->
    [0] No comments
    [1] 1 comment
   *[other] { $count } comments
}
review-on-version = on version { $number }
review-listen = Listen to version { $number }
review-replaced = The studio replaced it by a later version.
review-being-made = It is being made ready; load the page again in a moment.

# Its comments.
review-comments-on = Comments on version { $number }
review-waveform = Waveform of version { $number }, { $length } long
review-from = At, such as 1:23
review-to = Until, if it is a part
review-here = Here
review-place-help = Leave both out to speak of all of it.
review-words = What should change?
review-voice = Or say it: a recording of at most 8 MB
review-you-speak = You speak as { $name }.
review-nothing-said = Nothing has been said yet.
review-settled = settled
review-voice-of = Voice note of { $author }
review-voice-checking = The voice note is being looked through.
review-voice-refused = The voice note cannot be heard: { $why }.
review-voice-unread = it could not be read
review-answer = Answer
review-your-answer = Your answer
review-say-it = Or say it
review-settle = Mark as settled
review-unsettle = Not settled after all
review-comment-of = comment of { $author } of { $when }
review-older = Older comments

# The decision.
review-your-decision = Your decision on version { $number }
review-your-opinion = What you think of version { $number }
review-decision-words = A word to it, if you like
review-extra = All rounds that were included are used. A revision takes an extra round, which costs { $price }; the studio bills it.
review-extra-agree = For a revision: I agree to an extra round for { $price }
review-used-up = All rounds that were included are used. Ask the studio for another one if something is still to be changed.
review-approve = Approve version { $number }
review-would-approve = I would approve it
review-revise = Ask for a revision
review-would-revise = I would have it revised

# Who listens.
review-people = Who listens
review-you = { $name } (you)
review-person-decides = decides
review-person-listens = listens
review-person-approves = would approve this version
review-person-revises = would have it revised
review-yours = This page is yours: whoever has its address listens, comments and decides in your name.
