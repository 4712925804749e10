### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

child-title-guardian = Your child in Trefpunt
child-title-young = You in Trefpunt
child-lead = This is what can be seen with this letter.
child-whole-title-guardian = Everything about your child
child-whole-title-young = Everything about you
child-whole-lead = This is everything that can be seen now.
child-made-at = This is how it was on { $moment }.

## What is asked of the reader

child-asked-title = What do I have to do now?
child-asked-nothing = Nothing. There is no question now.
child-asked-open = { $who } asks for consent. You can choose { $until }.
child-asked-agreed = Nothing. The yes has been kept. Not everyone has chosen yet.
child-asked-given = Nothing. Consent has been given and is valid { $until }.
child-to-question = Read the question and choose
child-to-consent = See the answer or withdraw it
child-to-answer = See what was asked

## Signals

child-signals-title = Who is involved?
child-signals-intro = A signal says that an organisation is involved. It does not say why.
child-signals-none = There is no signal here.
child-signal-sleeping = waits: consent is needed first
child-signal-active = counts
child-signal-paused = does not count now: the family has not been told yet
child-signal-ended = ended by the organisation
child-signal-expired = ended by itself
child-signal-archived = in the archive

## Matches

child-matches-title = Who has found each other?
child-matches-intro = Do two organisations give a signal about the same child? Then they are told of each other. That is called a match.
child-matches-none = There is no match here.
child-match = Match of { $date }
child-match-open = not everyone has been in touch yet
child-match-contact-confirmed = the organisations have been in touch
child-match-closed = closed
child-outcome-signals-ended = there were not enough signals any more
child-party = { $who }, since { $since }
child-party-contact = { $who }, since { $since }, in touch on { $contact }
child-party-left = { $who }, from { $since } to { $left }
child-message-unread = { $sent }: from { $from } to { $to }. Not fetched yet.
child-message-read = { $sent }: from { $from } to { $to }. Fetched on { $read }.
child-message-gone = { $sent }: from { $from } to { $to }. Thrown away on { $gone }, not read.

## Consent

child-consents-title = What consent was asked for?
child-consents-none = There is no request for consent here.
child-consent = Request of { $date }
child-consent-requested = not everyone has chosen yet
child-consent-given = given
child-consent-refused = not given
child-consent-withdrawn = withdrawn
child-consent-expired = over
child-consent-replaced = replaced by a new consent
child-consent-superseded = asked again after the 12th or 16th birthday
child-purpose-exchange = sharing information between these organisations
child-purpose-signal = a signal of this organisation
child-answer-none = not chosen yet
child-answer-agreed = yes
child-answer-refused = no

## Who looked

child-viewings-title = Who looked, and when?
child-viewings-intro = Does somebody of an organisation look here? Then we write it down.
child-viewings-none = Nobody is listed here.
child-viewing-match = { $day }: { $who } looked who is involved (times: { $times }, last at { $time })
child-viewing-message = { $day }: { $who } fetched a message or document (times: { $times }, last at { $time })

## What was asked of the municipality

child-rights-title = What did I ask the municipality?
child-objection = Objection of { $date }
child-request-access = Request of { $date } to see everything
child-request-erasure = Request of { $date } to erase
child-objection-open = being dealt with
child-objection-upheld = upheld: the signal is gone
child-objection-rejected = rejected: the signal stays
child-objection-withdrawn = taken back
child-objection-lapsed = no longer needed: the signal is gone
child-request-requested = being dealt with
child-request-given = granted
child-request-partly = granted in part
child-request-refused = refused
child-request-withdrawn = taken back

## Names of facts. Each stands above or before its value, so with a capital

child-fact-state = How it is now
child-fact-given-on = Given on
child-fact-given-by = Given by
child-fact-ends-on = Ends no later than
child-fact-ended-on = Ended on
child-fact-gone-in = All gone from
child-fact-archived-until = In the archive until
child-fact-archive-noticed = Told to a new organisation on
child-fact-informed = Told to the family
child-informed = { $date }, { $how } ({ $language })
child-informed-not = that has not been written down yet
child-fact-parties = Who is in it
child-fact-contact-by = To be in touch by
child-fact-closed-on = Closed on
child-fact-outcome = Why
child-fact-messages = Messages and documents
child-fact-asked-by = Asked by
child-fact-answer-by = Time to choose
child-fact-purpose = What for
child-fact-between = Between whom
child-fact-valid = Valid
child-fact-withdrawn-on = Withdrawn on
child-fact-my-answer = My answer
child-fact-text = Text
child-fact-decision-by = Answer by
child-fact-decided-on = Decided on

## How and in which language the family was told

child-channel-conversation = in a conversation
child-channel-telephone = by telephone
child-channel-video-call = in a video call
child-channel-letter = by letter
child-channel-message = by message
child-language =
    { $language ->
        [ar] Arabic
        [bg] Bulgarian
        [dse] Dutch Sign Language
        [en] English
        [fr] French
        [fy] Frisian
        [de] German
        [ku] Kurdish
        [nl] Dutch
        [pap] Papiamento
        [fa] Persian
        [pl] Polish
        [pt] Portuguese
        [ro] Romanian
        [ru] Russian
        [so] Somali
        [es] Spanish
        [zgh] Tamazight
        [ti] Tigrinya
        [tr] Turkish
        [uk] Ukrainian
        [zh] Chinese
       *[other] another language
    }

## Good to know

child-about-title = Good to know
child-about-what = Trefpunt keeps that an organisation is involved. Why is not kept.
child-about-purpose = That way organisations can find each other and match their help.
child-about-source = The data come from the organisation that gave the signal.
child-about-nameless = No name, address or birthday of the child is kept. Nor the citizen service number (BSN).
child-about-receivers = Only organisations in a match see the data. What they write to each other only the receiver reads.
child-about-no-score = No computer decides about a child. There is no score.
child-about-complain = Is something wrong? Tell the organisation or { $municipality }. You can complain to the Autoriteit Persoonsgegevens.

## What more can be done

child-more-title = What else can I do?
child-to-whole = See everything
child-to-history = What I did here
child-to-objection = Object to a signal
child-to-rights = Ask for data or have it erased
child-to-overview = Back to the overview
child-download-title = Keep it yourself
child-download-html = Save to read (HTML)
child-download-json = Save for a computer (JSON)
child-download-care = Whoever has the file can read it. Is this somebody else’s device? Then do not save it here.

## How to see everything

child-whole-why = With a letter only a part can be seen. For everything it must be certain who is looking.
child-whole-ways-title = How can I see everything?
child-whole-way-desk = Go to the desk of { $municipality }. Bring the letter or the key, and a passport or ID card.
child-whole-way-request = Ask the municipality to see everything. The answer comes within a month.
