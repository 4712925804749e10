### Logging in with DigiD or another service ($name), beside the letter. Nobody has to; it is asked for only to see everything about a child.

## Before logging in

# Title of the page that explains logging in, and text of the link to it. $name: "DigiD".
login-title = Inloggen met { $name }

# First sentence of that page, for a parent or guardian. $name: "DigiD".
login-lead-guardian = Met { $name } laat u zien wie u bent.

# First sentence of that page, for a young person. $name: "DigiD".
login-lead-young = Met { $name } laat je zien wie je bent.

# What it is good for, for a parent or guardian.
login-why-guardian = Alles over uw kind ziet u pas als u bent ingelogd.

# What it is good for, for a young person.
login-why-young = Alles over jou zie je pas als je bent ingelogd.

# That it is not needed for anything else, for a parent or guardian.
login-voluntary-guardian = Verder hoeft inloggen niet. U kunt ook zonder inloggen ja of nee zeggen.

# That it is not needed for anything else, for a young person.
login-voluntary-young = Verder hoeft inloggen niet. Je kunt ook zonder inloggen ja of nee zeggen.

# Heading above what the portal gets to know.
login-asked = Wat krijgen wij te zien?

# What the portal gets to know, for a parent or guardian. The code is a name for this person that is used towards this portal alone.
login-asked-guardian = Wij vragen niet naar uw naam of uw burgerservicenummer. Wij krijgen een code die alleen bij ons geldt. Zo zien wij dat u het weer bent.

# What the portal gets to know, for a young person. The code is a name for this person that is used towards this portal alone.
login-asked-young = Wij vragen niet naar je naam of je burgerservicenummer. Wij krijgen een code die alleen bij ons geldt. Zo zien wij dat jij het weer bent.

## On the way there and back

# Title of the page that sends the reader on by itself. $name: "DigiD".
login-there = Naar { $name }

# On that page, in case the reader's browser stays there.
login-there-text = Gebeurt er niets? Kies dan de knop.

# Button on that page. $name: "DigiD".
login-there-button = Verder naar { $name }

# Title of the page to which the service sends the reader back. It is not known here who reads.
login-back = Terug in Trefpunt

# On that page. The button is "login-back-button".
login-back-text = Kies Verder. Dan staat er of het is gelukt.

# Button on that page.
login-back-button = Verder

## Afterwards

# Title when the reader is logged in, for a parent or guardian.
login-done-guardian = U bent ingelogd

# Title when the reader is logged in, for a young person.
login-done-young = Je bent ingelogd

# Below that title, for a parent or guardian. "Uitloggen" is the button of the same name in the header. $name: "DigiD".
login-done-text-guardian = U bent ingelogd met { $name }. Bent u klaar? Kies dan Uitloggen.

# Below that title, for a young person. "Uitloggen" is the button of the same name in the header. $name: "DigiD".
login-done-text-young = Je bent ingelogd met { $name }. Ben je klaar? Kies dan Uitloggen.

# Button to the page with everything about a child, for a parent or guardian.
login-everything-guardian = Alles over uw kind

# Button to the page with everything about the reader, for a young person.
login-everything-young = Alles over jou

# Button to the page of the signal that the letter was about.
login-to-signal = Naar het signaal

## When it did not work

# Title: logging in failed, or the reader stopped.
login-failed = Het inloggen is niet gelukt

# Below that title.
login-failed-text = Er is niets veranderd. Probeer het nog eens, of ga verder zonder inloggen.

# Button: to the page that explains logging in.
login-again = Opnieuw inloggen

# Title: with this letter somebody else logged in before. Who that was is not known and not told.
login-another = Eerder logde iemand anders in

# Below that title.
login-another-text = Met deze brief is eerder iemand anders ingelogd. Daarom kan het nu niet. Klopt dat niet? Bel dan de gemeente.

# Title: the service gives no answer.
login-later = Inloggen kan nu even niet

# Below that title.
login-later-text = De dienst om in te loggen geeft geen antwoord. Probeer het straks nog eens, of ga verder zonder inloggen.
