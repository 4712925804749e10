### What the reader did here, and the texts they read then.

## What the reader did

history-title = What I did here
history-lead = Only own steps are here. What somebody else chose cannot be seen.
history-none = There is nothing here yet.
history-opened = I came here for the first time.
history-agreed = I said yes.
history-refused = I said no.
history-withdrawn = I withdrew the consent.
history-objected = I objected.
history-objection-withdrawn = I took the objection back.
history-access-asked = I asked to see everything.
history-erasure-asked = I asked to have data erased.
history-request-withdrawn = I took the request back.
history-how-oral = I said it to a member of staff, who wrote it down.
history-how-written = I put it on paper, and a member of staff copied it.
history-how-assisted = That was at the municipality's desk.
history-read-text = Read the text of that time: version { $version }

## The text as it was

history-text-title = The text of that time
history-text-what = This is version { $version }. Language: { $language }.
history-text-blanks = Where … stands, there was a name or a day.
history-back = Back to what I did here
