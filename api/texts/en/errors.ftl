# Where something went wrong, by what the status says.
errors-sign-in = Sign in
errors-start = Go to the start
errors-studio-closed = This studio is closed
errors-link-expired = This link has expired
errors-link-used = This link has been used
errors-nothing-here = Nothing here
errors-changed = That has changed meanwhile
errors-not-from-here = Not from here
errors-sign-in-first = Sign in first
errors-slower = A little slower, please
errors-not-now = Not just now
errors-ours = Something went wrong on our side
errors-did-not-work = That did not work
errors-file-not-given = This file cannot be downloaded
errors-master-not-given = This master cannot be downloaded now

# What went wrong, and what to do about it.
errors-kept = What was bought or signed here stays where its link leads
errors-signed-out = Your sign-in on this browser has ended
errors-signed-out-remedy = Go back and send it again. What is for members alone, sign in for first.
errors-reload = Go back, reload the page and send it again.
errors-no-address = There is nothing under this address.
errors-no-address-remedy = Check the address, or look for it from the start.
errors-link-expired-remedy = Ask whoever has sent it for a fresh one.
errors-link-invalid-remedy = Open it from your mail once more, whole: part of an address opens nothing.
errors-bad-form = This form did not arrive as it should.
