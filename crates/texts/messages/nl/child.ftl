### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

# Title of the page with what is kept about the child. The reader is a guardian.
child-title-guardian = Uw kind in Trefpunt

# The same for the young person, who is addressed informally.
child-title-young = Jij in Trefpunt

# First line of that page. No names here.
child-lead = Hier staat wat met deze brief te zien is.

# Title of the page with everything about the child; only after logging in. The reader is a guardian.
child-whole-title-guardian = Alles over uw kind

# The same for the young person, addressed informally.
child-whole-title-young = Alles over jou

# First line of that page.
child-whole-lead = Hier staat alles wat er nu te zien is.

# Below the first line, and in downloads: the time at which it was so. $moment is a day and a time.
child-made-at = Zo was het op { $moment }.

## What is asked of the reader

# Heading of the first part: whether the reader has to do something. In the words of the reader, so that it fits a guardian and a young person.
child-asked-title = Wat moet ik nu doen?

# Under that heading when there is no question. Reassures.
child-asked-nothing = Niets. Er is nu geen vraag.

# Under that heading when the family is asked for consent. $who is an organisation, $until says until when, such as "until the end of 9 April 2027".
child-asked-open = { $who } vraagt om toestemming. Kiezen kan { $until }.

# Under that heading: the reader said yes, others still have to choose.
child-asked-agreed = Niets. Het ja is bewaard. Nog niet iedereen heeft gekozen.

# Under that heading: consent stands. $until says until when.
child-asked-given = Niets. De toestemming is gegeven en geldt { $until }.

# Button to the question that waits for an answer.
child-to-question = Lees de vraag en kies

# Button to the page of the question when it was answered: there consent can be taken back.
child-to-consent = Bekijk het antwoord of trek het in

# Button to the page of the question when nothing can be taken back any more.
child-to-answer = Bekijk wat er is gevraagd

## Signals

# Heading: the organisations that gave a signal.
child-signals-title = Wie is er betrokken?

# Below that heading: what a signal is.
child-signals-intro = Een signaal zegt dat een instantie betrokken is. Er staat niet in waarom.

# Below that heading, when no signal is shown.
child-signals-none = Hier staat geen signaal.

# State of a signal: it waits until the family agrees. Stands behind "How it is now", so without a capital.
child-signal-sleeping = wacht: eerst is toestemming nodig

# State of a signal. Without a capital.
child-signal-active = telt mee

# State of a signal: the organisation did not tell the family in time. Without a capital.
child-signal-paused = telt nu niet mee: het gezin is nog niet geïnformeerd

# State of a signal. Without a capital.
child-signal-ended = gestopt door de instantie

# State of a signal: its time is over. Without a capital.
child-signal-expired = vanzelf gestopt

# State of a signal that ended and is kept for a while. Without a capital.
child-signal-archived = in het archief

## Matches

# Heading: organisations that were told of each other.
child-matches-title = Wie heeft elkaar gevonden?

# Below that heading: what a match is.
child-matches-intro = Geven twee instanties een signaal over hetzelfde kind? Dan horen zij dat van elkaar. Dat heet een match.

# Below that heading, when no match is shown.
child-matches-none = Hier staat geen match.

# Heading of one match. $date is the day from which its parties see it.
child-match = Match van { $date }

# State of a match. Without a capital.
child-match-open = nog niet iedereen heeft contact gehad

# State of a match. Without a capital.
child-match-contact-confirmed = de instanties hebben contact gehad

# State of a match. Without a capital.
child-match-closed = gesloten

# Why a match was closed. Without a capital.
child-outcome-signals-ended = er waren niet genoeg signalen meer

# A party of a match. $who is an organisation, $since a day.
child-party = { $who }, sinds { $since }

# The same when it said that it was in touch with the others, on the day $contact.
child-party-contact = { $who }, sinds { $since }, contact op { $contact }

# The same when it left on the day $left.
child-party-left = { $who }, van { $since } tot { $left }

# A message between two organisations that nobody fetched. $sent is a day.
child-message-unread = { $sent }: van { $from } naar { $to }. Nog niet opgehaald.

# The same when it was fetched first on the day $read.
child-message-read = { $sent }: van { $from } naar { $to }. Opgehaald op { $read }.

# The same when nobody fetched it and it was destroyed on the day $gone.
child-message-gone = { $sent }: van { $from } naar { $to }. Weggegooid op { $gone }, niet gelezen.

## Consent

# Heading: what the family was asked.
child-consents-title = Welke toestemming is er gevraagd?

# Below that heading, when nothing was asked.
child-consents-none = Hier staat geen vraag om toestemming.

# Heading of one request for consent. $date is the day on which it was asked.
child-consent = Vraag van { $date }

# State of a request for consent. Never tells who has chosen. Without a capital.
child-consent-requested = nog niet iedereen heeft gekozen

# State of a request for consent. Without a capital.
child-consent-given = gegeven

# State of a request for consent. Never tells by whom. Without a capital.
child-consent-refused = niet gegeven

# State of a request for consent. Without a capital.
child-consent-withdrawn = ingetrokken

# State of a request for consent: its time is over. Without a capital.
child-consent-expired = voorbij

# State of a consent: another for more organisations took its place. Without a capital.
child-consent-replaced = vervangen door een nieuwe toestemming

# State of a request: the child became 12 or 16, and it was asked anew. Without a capital.
child-consent-superseded = opnieuw gevraagd na de 12e of 16e verjaardag

# What consent is for. Without a capital.
child-purpose-exchange = informatie delen tussen deze instanties

# What consent is for. Without a capital.
child-purpose-signal = een signaal van deze instantie

# Behind "My answer". Without a capital.
child-answer-none = nog niet gekozen

# Behind "My answer". Without a capital.
child-answer-agreed = ja

# Behind "My answer". Without a capital.
child-answer-refused = nee

## Who looked

# Heading: which organisations looked, and when.
child-viewings-title = Wie heeft gekeken, en wanneer?

# Below that heading.
child-viewings-intro = Kijkt iemand van een instantie hier? Dan schrijven wij dat op.

# Below that heading, when no looking is shown.
child-viewings-none = Hier staat niemand.

# An organisation looked at a match on the day $day, $times times, last at $time.
child-viewing-match = { $day }: { $who } keek wie betrokken is ({ $times } keer, het laatst om { $time })

# An organisation fetched messages or documents on the day $day, $times times, last at $time.
child-viewing-message = { $day }: { $who } haalde een bericht of document op ({ $times } keer, het laatst om { $time })

## What was asked of the municipality

# Heading: the reader's own objections and requests.
child-rights-title = Wat heb ik de gemeente gevraagd?

# Heading of one objection, made on the day $date.
child-objection = Bezwaar van { $date }

# Heading of one request to see what is kept, made on the day $date.
child-request-access = Verzoek van { $date } om alles te zien

# Heading of one request to erase what is kept, made on the day $date.
child-request-erasure = Verzoek van { $date } om te wissen

# State of an objection. Without a capital.
child-objection-open = in behandeling

# State of an objection: it was right. Without a capital.
child-objection-upheld = gelijk gekregen: het signaal is weg

# State of an objection. Without a capital.
child-objection-rejected = afgewezen: het signaal blijft

# State of an objection. Without a capital.
child-objection-withdrawn = teruggenomen

# State of an objection: the signal is gone before a decision. Without a capital.
child-objection-lapsed = niet meer nodig: het signaal is weg

# State of a request. Without a capital.
child-request-requested = in behandeling

# State of a request. Without a capital.
child-request-given = toegewezen

# State of a request. Without a capital.
child-request-partly = voor een deel toegewezen

# State of a request. Without a capital.
child-request-refused = afgewezen

# State of a request. Without a capital.
child-request-withdrawn = teruggenomen

## Names of facts. Each stands above or before its value, so with a capital

# Name of a fact: where a signal, match or consent stands.
child-fact-state = Hoe het nu is

# Name of a fact: the day on which a signal or consent was given.
child-fact-given-on = Gegeven op

# Name of a fact: the organisation that gave a signal on behalf of another.
child-fact-given-by = Gegeven door

# Name of a fact: the day on which a signal ends at the latest.
child-fact-ends-on = Stopt uiterlijk op

# Name of a fact: the day on which a signal was ended.
child-fact-ended-on = Gestopt op

# Name of a fact: the month from which nothing may be kept.
child-fact-gone-in = Helemaal weg vanaf

# Name of a fact: until when an ended signal is kept.
child-fact-archived-until = In het archief tot

# Name of a fact: the day on which a new organisation was told of an ended signal.
child-fact-archive-noticed = Verteld aan een nieuwe instantie op

# Name of a fact: how the family was told of a signal.
child-fact-informed = Verteld aan het gezin

# How the family was told: a day, in which way, and in brackets in which language.
child-informed = { $date }, { $how } ({ $language })

# When it was not written down that the family was told.
child-informed-not = dat is nog niet opgeschreven

# Name of a fact: the organisations in a match.
child-fact-parties = Wie erin zitten

# Name of a fact: the last day for the organisations to be in touch.
child-fact-contact-by = Contact uiterlijk op

# Name of a fact: the day on which a match was closed.
child-fact-closed-on = Gesloten op

# Name of a fact: why a match was closed.
child-fact-outcome = Waarom

# Name of a fact: messages and documents that passed. Their content is not shown.
child-fact-messages = Berichten en documenten

# Name of a fact: the organisation that asked for consent.
child-fact-asked-by = Gevraagd door

# Name of a fact: until when the family can choose. The value says "until the end of 9 April 2027".
child-fact-answer-by = Kiezen kan

# Name of a fact: what consent is for.
child-fact-purpose = Waarvoor

# Name of a fact: between which organisations.
child-fact-between = Tussen wie

# Name of a fact: until when consent is valid. The value says "until the end of 9 April 2028".
child-fact-valid = Geldt

# Name of a fact: the day on which consent was withdrawn.
child-fact-withdrawn-on = Ingetrokken op

# Name of a fact: what the reader chose.
child-fact-my-answer = Mijn antwoord

# Name of a fact: version and language of the text with which consent was asked.
child-fact-text = Tekst

# Name of a fact: the last day to decide on an objection or request.
child-fact-decision-by = Antwoord uiterlijk op

# Name of a fact: the day on which an objection or request was decided.
child-fact-decided-on = Beslist op

## How and in which language the family was told

# How the family was told. Without a capital.
child-channel-conversation = in een gesprek

# How the family was told. Without a capital.
child-channel-telephone = per telefoon

# How the family was told. Without a capital.
child-channel-video-call = in een videogesprek

# How the family was told. Without a capital.
child-channel-letter = per brief

# How the family was told. Without a capital.
child-channel-message = per bericht

# Name of a language, by its code. Stands in brackets or behind a colon.
child-language =
    { $language ->
        [ar] Arabisch
        [bg] Bulgaars
        [dse] Nederlandse Gebarentaal
        [en] Engels
        [fr] Frans
        [fy] Fries
        [de] Duits
        [ku] Koerdisch
        [nl] Nederlands
        [pap] Papiaments
        [fa] Perzisch
        [pl] Pools
        [pt] Portugees
        [ro] Roemeens
        [ru] Russisch
        [so] Somalisch
        [es] Spaans
        [zgh] Tamazight
        [ti] Tigrinya
        [tr] Turks
        [uk] Oekraïens
        [zh] Chinees
       *[other] een andere taal
    }

## Good to know

# Heading: what the law says must be told (GDPR article 15).
child-about-title = Goed om te weten

# What is kept, and what not.
child-about-what = Trefpunt bewaart dat een instantie betrokken is. Waarom staat er niet.

# What it is kept for.
child-about-purpose = Zo kunnen instanties elkaar vinden en hun hulp op elkaar afstemmen.

# Where it comes from.
child-about-source = De gegevens komen van de instantie die het signaal gaf.

# What is not known of the child.
child-about-nameless = Er is geen naam, adres of geboortedag van het kind bewaard. Ook het burgerservicenummer niet.

# Who receives it.
child-about-receivers = Alleen instanties in een match zien de gegevens. Wat zij elkaar schrijven, leest alleen de ontvanger.

# That nobody is judged by a computer.
child-about-no-score = Geen computer beslist over een kind. Er is geen score.

# Where to go when something is wrong. $municipality is the municipality that answers for the family's rights.
child-about-complain = Klopt er iets niet? Zeg het tegen de instantie of tegen { $municipality }. Klagen kan bij de Autoriteit Persoonsgegevens.

## What more can be done

# Heading above the links to other pages. In the words of the reader.
child-more-title = Wat kan ik nog meer?

# Link to the page with everything about the child.
child-to-whole = Alles bekijken

# Link to the page with what the reader did.
child-to-history = Wat ik hier deed

# Link to the page where the reader objects to a signal.
child-to-objection = Bezwaar maken tegen een signaal

# Link to the page where the reader asks for access or erasure.
child-to-rights = Gegevens vragen of laten wissen

# Link back to the page about the child.
child-to-overview = Terug naar het overzicht

# Heading above the links that keep what the page says.
child-download-title = Zelf bewaren

# Link: downloads what the page says, to read.
child-download-html = Bewaren om te lezen (HTML)

# Link: downloads the same for a computer program.
child-download-json = Bewaren voor een computer (JSON)

# Below those links: whoever has the file can read it.
child-download-care = Wie het bestand heeft, kan het lezen. Is dit toestel van een ander? Bewaar het dan niet hier.

## How to see everything

# On the page for everything, when the reader did not log in: why it is not shown.
child-whole-why = Met een brief is maar een deel te zien. Voor alles moet zeker zijn wie er kijkt.

# Heading above the ways to see everything.
child-whole-ways-title = Hoe kan ik alles zien?

# One way: at the municipality's desk.
child-whole-way-desk = Ga naar de balie van { $municipality }. Neem de brief of de sleutel mee, en een paspoort of ID-kaart.

# Another way: ask for it on another page; the answer comes within a month.
child-whole-way-request = Vraag de gemeente om alles te zien. Het antwoord komt binnen een maand.
