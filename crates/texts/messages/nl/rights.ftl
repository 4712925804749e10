### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that. Calm and factual: nobody is talked into it or out of it.

## On the page of a question or of a child: where the rights are

# Heading of the block with the reader's rights; title of the page with requests.
rights-title = Uw rechten

# Same heading for a child or young person.
rights-title-young = Jouw rechten

# Who answers for the family's rights. $municipality is a name such as "gemeente Voorbeeldstad".
rights-who = Voor uw rechten is { $municipality } verantwoordelijk. Heeft u een vraag of een klacht? Dan kunt u daar terecht.

# The same for a child or young person.
rights-who-young = Voor jouw rechten is { $municipality } verantwoordelijk. Heb je een vraag of een klacht? Dan kun je daar terecht.

# Whom to ask what a question means. $organisation is the organisation that asked.
rights-explain = Begrijpt u de vraag niet? Vraag dan uitleg aan { $organisation }.

# The same for a child or young person.
rights-explain-young = Begrijp je de vraag niet? Vraag dan uitleg aan { $organisation }.

# Link to the page on which the reader objects.
rights-to-objection = Bezwaar maken tegen een signaal

# Link to the page on which the reader asks for access or erasure.
rights-to-requests = Inzage vragen of gegevens laten wissen

## Page: objection

# Title of the page on which a family objects to a signal. "Bezwaar" is a legal word; everybody may do it.
rights-objection-title = Bezwaar tegen een signaal

# First lines of that page.
rights-objection-lead = Vindt u dat een signaal weg moet? Dan kunt u bezwaar maken. Dat is gratis. Het maakt niet uit voor de hulp die u krijgt.

# Heading above the steps that follow an objection.
rights-objection-steps = Wat gebeurt er dan?

# Step: who looks at it.
rights-objection-step-municipality = Uw bezwaar gaat naar { $municipality }.

# Step: the organisation that gave the signal says what it thinks. $weeks is 2.
rights-objection-step-advice =
    { $weeks ->
        [one] De instantie van het signaal geeft binnen { $weeks } week advies.
       *[other] De instantie van het signaal geeft binnen { $weeks } weken advies.
    } Zij hoort niet van ons wie er bezwaar maakt.

# Step: the municipality decides. $weeks is 6, counted from the objection.
rights-objection-step-decision =
    { $weeks ->
        [one] De gemeente beslist binnen { $weeks } week.
       *[other] De gemeente beslist binnen { $weeks } weken.
    } Het antwoord leest u hier.

# Step: when the municipality agrees with the family.
rights-objection-step-upheld = Geeft de gemeente u gelijk? Dan gooien wij het signaal weg. Wie het signaal zag, hoort dat ook. Uw brief over dat signaal werkt dan niet meer.

# Step: what is so until then.
rights-objection-step-meanwhile = Tot die tijd blijft het signaal staan.

# That no reason is asked on this page.
rights-objection-reason = U hoeft hier niet te zeggen waarom. Wilt u dat wel? Vertel het dan aan de gemeente.

# Heading above the form; question above the choices.
rights-objection-which = Tegen welk signaal maakt u bezwaar?

# A choice in that list, and the title of an objection. $organisation is a name or "een andere instantie"; $date is the day the
# signal was given.
rights-objection-signal = Signaal van { $organisation }, van { $date }

# Button: makes the objection at once.
rights-objection-button = Bezwaar maken

# When there is no signal to object to, or the reader has objected to all.
rights-objection-none = Er is nu geen signaal waar u bezwaar tegen kunt maken.

# Error when the form was sent without a choice.
rights-objection-choose = Kies een signaal

# Heading above the reader's own objections.
rights-objections = Uw bezwaren

# Title of one objection. $organisation is the organisation that gave the signal, or "een andere instantie".
rights-objection-of = Bezwaar tegen het signaal van { $organisation }

## What became of an objection

# In two words how it stands: it waits for a decision.
rights-state-open = Wordt bekeken

# In few words: decided for the family.
rights-state-upheld = U kreeg gelijk

# In few words: decided against the family.
rights-state-rejected = U kreeg geen gelijk

# In few words: taken back by the reader.
rights-state-withdrawn = Ingetrokken

# In few words: the signal went for another reason.
rights-state-lapsed = Niet meer nodig

# Step: it was made on this website, on this day.
rights-made = { $date }: u maakte bezwaar.

# Step: it was made at the desk of the municipality, on this day.
rights-made-at-desk = { $date }: u maakte bezwaar bij de gemeente.

# Step to come: until when the organisation may give advice.
rights-advice-due = De instantie kan advies geven tot en met { $date }.

# Step to come, late: the advice did not come in time.
rights-advice-late = De instantie had tot en met { $date }, maar gaf geen advies. De gemeente kan nu zonder advies beslissen.

# Step: the organisation gave advice on this day: the signal can go.
rights-advice-end = { $date }: de instantie vindt dat het signaal weg kan.

# Step: the organisation gave advice on this day: the signal must stay.
rights-advice-keep = { $date }: de instantie vindt dat het signaal moet blijven.

# Step: the organisation answered on this day, and leaves it to the municipality.
rights-advice-none = { $date }: de instantie laat het aan de gemeente over.

# Step to come: who decides and until when.
rights-decision-due = U krijgt een besluit van { $municipality } voor het einde van { $date }.

# Step to come, late: the decision did not come in time.
rights-decision-late = Voor het einde van { $date } had { $municipality } moeten beslissen. U kunt de gemeente bellen en vragen waar het blijft.

# Step: decided for the family, on this day.
rights-upheld = { $date }: { $municipality } gaf u gelijk. Het signaal is weg.

# Step: decided against the family, on this day.
rights-rejected = { $date }: { $municipality } gaf u geen gelijk. Het signaal blijft staan.

# Step: the reader took it back, on this day.
rights-withdrawn = { $date }: u trok uw bezwaar in.

# Step: the signal went for another reason.
rights-lapsed = Het signaal is al weg. De gemeente hoeft niet meer te beslissen.

# Above the reasons of a decision.
rights-reasons = Waarom:

# Reason for a decision on an objection.
rights-reason-no-ground = Er was geen goede reden voor het signaal.

# Reason for a decision on an objection.
rights-reason-ground-gone = De reden voor het signaal is er niet meer.

# Reason for a decision on an objection.
rights-reason-not-informed = U hoorde niet of te laat van het signaal.

# Reason for a decision on an objection.
rights-reason-family-interests = Wat u wilt, is belangrijker dan het signaal.

# Reason for a decision on an objection.
rights-reason-ground-stands = De reden voor het signaal is er nog.

# Reason for a decision on an objection.
rights-reason-child-interests = Voor het kind is het beter dat het signaal blijft.

# Reason for a decision on an objection.
rights-reason-not-entitled = U mag voor dit kind geen bezwaar maken.

# Reason for a decision on an objection.
rights-reason-repeated = Over dit bezwaar is al beslist. Er is niets veranderd.

# Button: takes an objection back at once.
rights-objection-withdraw = Bezwaar intrekken

# Beside that button.
rights-objection-withdraw-explain = Trekt u het in? Dan beslist de gemeente niet. U kunt later weer bezwaar maken.

## Way of appeal

# Heading above the way of appeal against a decision of the municipality.
rights-appeal = Bent u het er niet mee eens?

# First step of appeal: objection at the municipality itself, within six weeks. $date is the last day.
rights-appeal-municipality = Tot en met { $date } kunt u bezwaar maken bij { $municipality }. In de brief van de gemeente staat hoe.

# Second step of appeal.
rights-appeal-court = Bent u het dan nog niet eens? Dan kunt u naar de rechter.

# Beside it, at any time: a complaint at the data protection authority. $authority is its name, as a link.
rights-appeal-authority = U kunt ook altijd klagen bij de { $authority }.

# Name of the data protection authority of the Netherlands.
rights-authority = Autoriteit Persoonsgegevens

## Page: access and erasure

# First lines of the page with requests.
rights-lead = U mag weten wat er is bewaard. U mag ook vragen om het te wissen. Dat is gratis.

# Heading: access.
rights-access-title = Zien wat er is bewaard

# What access gives.
rights-access-text = U krijgt een overzicht van alle signalen en matches. Ook staat erin wie er keek, en wanneer.

# When something is hidden for the safety of a child; said to everybody in the same way.
rights-access-limits = Soms mag iets nog niet worden getoond, omdat een kind dan gevaar loopt. Dat zeggen wij bij niemand.

# Button: asks for access at once.
rights-access-button = Inzage vragen

# Heading: erasure.
rights-erasure-title = Gegevens laten wissen

# What erasure reaches.
rights-erasure-text = Zegt de gemeente ja? Dan stopt elke toestemming die u gaf. Wat daarmee is gestuurd en nog niet gelezen, gaat weg. Signalen die er alleen met uw ja mochten zijn, gaan ook weg.

# What erasure does not reach, and what one can do then. A link to the page with objections follows.
rights-erasure-limits = Andere signalen blijven staan. Daar kunt u bezwaar tegen maken.

# Button: asks for erasure at once.
rights-erasure-button = Vragen om te wissen

# Heading: what is wrong can be corrected.
rights-correct-title = Klopt er iets niet?

# Whom to tell.
rights-correct-text = Vertel het aan de instantie van het signaal, of aan de gemeente. Zij moeten fouten herstellen.

# In how much time the municipality answers. $months is 1, $more is 2.
rights-term =
    U krijgt { $months ->
        [one] binnen een maand
       *[other] binnen { $months } maanden
    } antwoord van { $municipality }. Soms is meer tijd nodig: hoogstens { $more ->
        [one] een maand
       *[other] { $more } maanden
    } extra. Dan hoort u dat.

# Instead of the button, when the letter opens nothing any more that can be asked about.
rights-nothing-to-ask = Er is nu niets waar u om kunt vragen. Er is geen signaal dat bij uw brief hoort.

# Instead of a button, when the same was asked and waits for an answer.
rights-asked-already = U heeft dit gevraagd. Hierboven ziet u hoe het ervoor staat.

# Heading above what the reader asked.
rights-requests = Wat u heeft gevraagd

# Title of one request.
rights-request-access = Inzage

# Title of one request.
rights-request-erasure = Gegevens wissen

# In few words how a request stands: the municipality said yes.
rights-state-given = De gemeente zei ja

# In few words: yes for a part.
rights-state-partly = De gemeente zei deels ja

# In few words: no.
rights-state-refused = De gemeente zei nee

# Step: it was asked on this website, on this day.
rights-asked = { $date }: u vroeg het.

# Step: it was asked at the desk of the municipality, on this day.
rights-asked-at-desk = { $date }: u vroeg het bij de gemeente.

# Step: the municipality said that it takes longer, on this day.
rights-extended = { $date }: de gemeente heeft meer tijd nodig.

# Step to come: who answers and until when.
rights-answer-due = U krijgt antwoord van { $municipality } voor het einde van { $date }.

# Step to come, late.
rights-answer-late = Voor het einde van { $date } had { $municipality } antwoord moeten geven. U kunt de gemeente bellen en vragen waar het blijft.

# Step: access was given, on this day.
rights-access-given = { $date }: { $municipality } zei ja. U mag het overzicht zien.

# Step: everything that could be erased was, on this day.
rights-erasure-given = { $date }: { $municipality } zei ja. Alles wat gewist kon worden, is weg.

# Step: a part was erased, on this day.
rights-erasure-partly = { $date }: { $municipality } zei deels ja. Wat met uw ja mocht, is weg. Andere signalen blijven staan.

# Step: refused, on this day.
rights-refused = { $date }: { $municipality } zei nee.

# Step: the reader took it back, on this day.
rights-request-withdrawn = { $date }: u trok uw vraag in.

# Reason to refuse a request.
rights-refusal-not-entitled = U mag dit voor dit kind niet vragen. Of het is niet zeker wie u bent.

# Reason to refuse a request.
rights-refusal-unfounded = Er is geen goede reden voor uw vraag. Of u vraagt te vaak hetzelfde.

# Reason to refuse a request.
rights-refusal-rights-of-others = Het kan slecht zijn voor het kind of voor een ander.

# Reason to refuse erasure.
rights-refusal-public-task = Alles wat er staat, moet er staan door de wet. U kunt wel bezwaar maken tegen een signaal.

# Reason to refuse erasure.
rights-refusal-legal-claim = Het is nodig voor een zaak bij de rechter.

# Button: takes a request back at once.
rights-request-withdraw = Vraag intrekken

# Beside that button.
rights-request-withdraw-explain = Trekt u het in? Dan krijgt u geen antwoord. U kunt het later weer vragen.

## The file that access gives

# Until when the file can be read. $date is the last day.
rights-file-until = U kunt het overzicht zien tot en met { $date }.

# Link to the file.
rights-file-link = Naar het overzicht

# Instead of that link: a letter alone does not open the file.
rights-file-not-sure = In het overzicht staat alles. Daarom moet zeker zijn wie u bent. Log in, of ga met uw brief naar de gemeente. Daar krijgt u het ook.

# Instead of that link, when its time is over.
rights-file-over = U kon het overzicht zien tot en met { $date }. U kunt het opnieuw vragen.

# First line of that page: the file is made when it is read.
rights-file-lead = Dit is wat er nu is bewaard. Wij bewaren geen kopie van dit overzicht.

# Title of the page when there is no file to read.
rights-file-none-title = Er is geen overzicht

# First line of that page.
rights-file-none-text = Vraag eerst om inzage. Zegt de gemeente ja? Dan ziet u het overzicht hier.

# Link back to the page with requests.
rights-file-back = Terug naar uw rechten

# Link: the file to keep, as a page.
rights-file-download-html = Opslaan als pagina

# Link: the file to keep, for programs (JSON).
rights-file-download-json = Opslaan voor een computer (JSON)
