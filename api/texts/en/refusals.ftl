# Refusals by their codes. English has none: what the domain says of each is said.
