### What the reader did here, and the texts they read then.

## What the reader did

# Title of the page with what the reader did here. In the words of the reader.
history-title = Wat ik hier deed

# First line of that page: nobody sees what another of the family did.
history-lead = Hier staan alleen eigen stappen. Wat een ander koos, is niet te zien.

# On that page, when there is nothing yet.
history-none = Hier staat nog niets.

# One step. In the words of the reader.
history-opened = Ik kwam hier voor het eerst.

# One step: the reader gave consent.
history-agreed = Ik zei ja.

# One step: the reader did not give consent, or took a yes back before everyone had chosen.
history-refused = Ik zei nee.

# One step: the reader withdrew consent.
history-withdrawn = Ik trok de toestemming in.

# One step: the reader objected to a signal.
history-objected = Ik maakte bezwaar.

# One step.
history-objection-withdrawn = Ik nam het bezwaar terug.

# One step: the reader asked the municipality to see what is kept.
history-access-asked = Ik vroeg om alles te zien.

# One step: the reader asked the municipality to erase what is kept.
history-erasure-asked = Ik vroeg om gegevens te wissen.

# One step.
history-request-withdrawn = Ik nam het verzoek terug.

# Behind a step: how it was done. A professional wrote down what the reader said.
history-how-oral = Ik zei het tegen een medewerker. Die schreef het op.

# Behind a step: how it was done.
history-how-written = Ik zette het op papier. Een medewerker nam het over.

# Behind a step: how it was done.
history-how-assisted = Dat was aan de balie van de gemeente.

# Link behind a step: to the text as it was when the reader chose. $version names it, such as 2026-11-23.
history-read-text = Lees de tekst van toen: versie { $version }

## The text as it was

# Title of the page with the text that the reader was shown when they chose.
history-text-title = De tekst van toen

# Under that title. $version names the text, $language is the name of a language.
history-text-what = Dit is versie { $version }. Taal: { $language }.

# Below that: names and dates are left out of kept texts; the sign … stands for each.
history-text-blanks = Waar … staat, stond een naam of een dag.

# Link back to the page with what the reader did.
history-back = Terug naar wat ik hier deed
