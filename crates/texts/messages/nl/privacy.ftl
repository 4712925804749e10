### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long: words here say
### nothing that the settings decide. For people who want to know; short sentences all the same.

# Title of the page.
privacy-title = Privacy

# First line: whose data, and who made these pages.
privacy-lead = Hier leest u wat Trefpunt bewaart over kinderen en ouders, waarom, en hoe lang.

## What is kept

# Heading above the list of what is kept of a child.
privacy-child-title = Wat bewaart Trefpunt over een kind?

# In a list.
privacy-child-signal = Welke instantie een signaal gaf, en wanneer dat stopt.

# In a list.
privacy-child-contact = Met wie van die instantie een collega kan bellen.

# In a list: the pseudonym.
privacy-child-code = Een geheime code. Die is gemaakt van het nummer van het kind (BSN), maar Trefpunt kent het nummer niet.

# In a list: the destroy-by month.
privacy-child-month = De maand waarin alles weg moet. Dat is een maand waarin het kind jarig is.

# Below the list.
privacy-child-not = Naam en adres bewaren wij niet. Ook niet waarom er een signaal is. Berichten en documenten zijn op slot: Trefpunt kan ze niet lezen.

# Heading above the list of what is kept of the reader.
privacy-you-title = Wat bewaart Trefpunt over u?

# In a list.
privacy-you-role = Of u een ouder bent, of de jongere zelf. Niet hoe u heet.

# In a list.
privacy-you-choice = Wat u koos, wanneer, en welke tekst u toen las.

# In a list.
privacy-you-asked = Wat u de gemeente vroeg, en wat het antwoord was.

# In a list.
privacy-you-key = Uw code, sleutel en pincode, maar zo dat niemand ze kan lezen.

# Heading above from whom the data come.
privacy-source-title = Van wie komt het?

# Where the data come from.
privacy-source-text = Van de instanties die een signaal geven. Wat u koos, komt van u zelf. Soms schreef een medewerker op wat u zei: dan staat dat erbij.

# Heading above who sees what is kept.
privacy-seen-title = Wie ziet het?

# In a list.
privacy-seen-parties = Instanties met een signaal over hetzelfde kind zien elkaar. Zij zien of er een ja is, en niet wie wat koos. Kiest u alleen? Dan blijkt dat uit het antwoord.

# In a list.
privacy-seen-municipality = De gemeente ziet wat u haar vraagt. Ook ziet zij of instanties elkaar bellen.

# In a list.
privacy-seen-supervisor = De toezichthouder leest een logboek zonder namen. Zo ziet hij of wij doen wat hier staat.

# In a list: whoever runs the computers.
privacy-seen-operator = Wie de computers beheert, werkt voor de gemeente en mag er niets anders mee doen.

# Heading: no automated decisions (GDPR article 22).
privacy-machine-title = Beslist een computer over u?

# The answer.
privacy-machine-text = Nee. Een computer zoekt alleen of twee signalen over één kind gaan. Wat er dan gebeurt, beslissen mensen.

## What the region agreed

# Heading above the covenants, for everybody.
privacy-covenants-title = Wat een regio afspreekt

# The same for somebody who is in: only the covenants about their child.
privacy-own-title = Wat er voor u is afgesproken

# Below that heading.
privacy-covenants-lead = Elke regio maakt afspraken: een convenant. Zo zijn ze nu:

# Below that heading, when there is none.
privacy-covenants-none = Er zijn nog geen afspraken.

# Label: the municipality that answers for the family's rights.
privacy-municipality = Verantwoordelijk

# Label: whose officer sees that parties make contact.
privacy-officer = Ziet toe op contact

# Label: the legal ground.
privacy-basis = Waarom mag dit?

# The legal ground where signals count at once: a public task. "AVG" is the GDPR.
privacy-basis-notify = Het is een taak van de instantie (AVG, artikel 6, lid 1, onder e). U hoort van elk signaal.

# The legal ground where signals wait for the family's consent.
privacy-basis-consent = Omdat u ja zegt (AVG, artikel 6, lid 1, onder a). Zonder uw ja telt een signaal niet.

# Label, before a list of fields such as "onderwijs".
privacy-may-signal = Wie mag een signaal geven?

# Label, before the reasons that the region agreed on, in Dutch.
privacy-grounds = Redenen voor een signaal

# Label, before a number of days.
privacy-signal-days = Een signaal telt hoogstens

# Label, before a number of years.
privacy-archive-years = Daarna in het archief, hoogstens

# A number of years.
privacy-years = { $count } jaar

# Label, before an age in years: in the month of that birthday everything goes.
privacy-age-limit = Alles gaat weg in de maand dat het kind wordt

# Label, before a number of days.
privacy-told-within = U hoort van een signaal binnen

# Label, before a number of days.
privacy-consent-days = Een ja van u geldt hoogstens

# Label, before a number of working days.
privacy-contact-days = Na een match bellen instanties elkaar binnen

# A number of working days: not on Saturdays, Sundays and holidays.
privacy-working-days =
    { $count ->
        [one] { $count } werkdag
       *[other] { $count } werkdagen
    }

# Label: when parties see each other's name.
privacy-reveal = Instanties zien elkaars naam

# When: as soon as there is a match.
privacy-reveal-match = bij een match

# When: only after the family said yes.
privacy-reveal-consent = pas na een ja

# Label, before a list of fields whose name alone would tell something about health or crime.
privacy-sensitive = Naam altijd pas na een ja

# Instead of a list: none.
privacy-none = geen

# Label of a question that is answered by yes or no.
privacy-one-guardian = Mag één ouder ook voor de ander ja zeggen?

# Label of a question that is answered by yes or no.
privacy-attested = Mag een medewerker opschrijven dat u ja zei?

# Label: what becomes of a yes when the child reaches 12 while the question is open.
privacy-birthday = Wordt een kind 12 terwijl de vraag loopt?

# The answer.
privacy-birthday-keep = Dan blijft staan wat u koos.

# The answer.
privacy-birthday-again = Dan vragen wij het u opnieuw.

# Label of a question that is answered by yes or no.
privacy-siblings = Worden broers en zussen herkend?

# Label of a question that is answered by yes or no.
privacy-delegation = Mag een instantie dit doen voor een andere?

# Label, before a number. An organisation that gives more is stopped and the supervisor is told.
privacy-limit = Signalen van één instantie, per uur hoogstens

# An answer.
privacy-yes = ja

# An answer.
privacy-no = nee

## How long: one line for each kind of thing. The line begins with the thing

# Heading above the list of how long each thing is kept.
privacy-keep-title = Hoe lang bewaren wij het?

# A line.
privacy-keep-number = Het nummer van het kind (BSN): nooit.

# A line: the pseudonym.
privacy-keep-pseudonym = De geheime code van het kind: tot het laatste signaal weg is.

# A line: a question whether two pseudonyms are one child.
privacy-keep-same-child = Of twee codes over één kind gaan: tot een signaal daarvan weg is.

# A line: children with the same guardian.
privacy-keep-family-match = Dat twee kinderen dezelfde ouder hebben: zo lang er een signaal is.

# A line.
privacy-keep-signal = Een signaal: het telt tot de dag die de instantie koos. Dan gaat het naar het archief.

# A line: a signal that waits for consent. $days is "28 dagen".
privacy-keep-sleeping = Een signaal dat op uw ja wacht: hoogstens { $days }.

# A line. $days is "30 dagen".
privacy-keep-archive = Een signaal in het archief: zo lang als de regio afsprak. Eén nieuwe instantie mag er één keer van horen. Dan gaat het na { $days } weg.

# A line.
privacy-keep-at-once = Een signaal dat er niet had mogen zijn, of waar u met goed gevolg bezwaar tegen maakte: dat gaat meteen weg.

# A line: the destroy-by month.
privacy-keep-birth-month = De maand waarin alles weg moet: zo lang er een signaal is.

# A line.
privacy-keep-ground = Waarom er een signaal is: nooit.

# A line.
privacy-keep-match = Een match, en wie er belde: tot het laatste signaal ervan weg is.

# A line.
privacy-keep-told = Dat u van een signaal hoorde, of waarom nog niet: zo lang het signaal er is.

# A line: signals that arrived in bulk.
privacy-keep-waiting = Signalen die nog op hun beurt wachten: hoogstens 7 dagen.

# A line: dates that tell a birthday.
privacy-keep-birthday = Dat een kind bijna 12 of 16 wordt: zo lang de vraag loopt. Stopt uw ja op die dag, dan blijft die dag staan zo lang als uw ja bewaard wordt.

# A line.
privacy-keep-code = De code uit uw brief, zo dat niemand hem kan lezen: zo lang de vraag of het signaal er is.

# A line.
privacy-keep-key = Uw sleutel en pincode, zo dat niemand ze kan lezen: zo lang er iets voor u te zien is.

# A line.
privacy-keep-objection = Uw bezwaar: tot het laatste signaal over het kind weg is.

# A line.
privacy-keep-request = Uw vraag om inzage, of om te wissen: tot het laatste signaal over het kind weg is.

# A line. $days is "30 dagen".
privacy-keep-file = Het overzicht bij inzage: wij bewaren het niet. U kunt het { $days } lang zien.

# A line.
privacy-keep-consent = Uw ja: het telt tot de dag die erbij staat. Het bewijs blijft zo lang de match of het signaal er is.

# A line.
privacy-keep-looked = Wie er keek: zo lang de match er is.

# A line: that a consent ended, by a number that names nobody.
privacy-keep-ended = Dat een ja is gestopt, zonder naam: tot het vanzelf gestopt zou zijn.

# A line.
privacy-keep-decision = Wie wat koos: zo lang de match of het signaal er is. Geen instantie kan dat lezen.

# A line: messages and documents between parties, which only the recipient can open.
privacy-keep-message = Berichten en documenten, op slot: tot de ander ze heeft, of tot uw ja stopt.

# A line.
privacy-keep-sent = Dat er een bericht was: zo lang de match er is.

# A line: about professionals.
privacy-keep-colleague = Wie er bij een instantie te bellen is: zo lang het signaal er is.

# A line: about professionals.
privacy-keep-mail = Het mailadres van een medewerker: tot een uur na de mail. Kwam de mail niet aan, dan 30 dagen.

# A line: what the programs of organisations were answered.
privacy-keep-answers = Wat wij de computer van een instantie antwoordden: 25 uur.

# A line.
privacy-keep-session = Dat u bent ingelogd: tot u uitlogt, en hoogstens twee uur.

# A line.
privacy-keep-log = Een logboek zonder namen: zo lang de toezichthouder dat nodig heeft.

# A line.
privacy-keep-log-details = Wat er in het logboek over een mens gaat: tot dat waar het over gaat weg is.

# A line.
privacy-keep-statistics = Aantallen van tien en meer: die blijven. Daaruit is niemand te herkennen.

## Cookies and rights

# Heading above what the pages keep in the browser.
privacy-cookie-title = Cookies

# Which cookies there are.
privacy-cookie-text = Wij gebruiken alleen cookies die nodig zijn: om u binnen te laten, en om te weten welke taal u koos. Wij volgen u niet. Deze website haalt niets bij andere bedrijven.

# The internet address of the reader.
privacy-cookie-address = Uw internetadres gebruiken wij alleen om het raden van codes te remmen. Wij bewaren het daarvoor niet.

# Heading above the rights of the reader.
privacy-rights-title = Wat mag u?

# In a list.
privacy-rights-withdraw = Een ja terugnemen, op elk moment.

# In a list.
privacy-rights-access = Zien wat er is bewaard.

# In a list.
privacy-rights-correct = Fouten laten herstellen.

# In a list.
privacy-rights-erase = Vragen om te wissen.

# In a list.
privacy-rights-object = Bezwaar maken tegen een signaal.

# Below the list, for who is not in.
privacy-rights-how = Dat kan hier, met uw brief, of bij uw gemeente. In de gemeente is er iemand die let op uw gegevens: de functionaris gegevensbescherming. U mag daarnaar vragen.

# Below the list. $authority is rights-authority, as a link.
privacy-rights-authority = Bent u niet tevreden? U kunt klagen bij de { $authority }.
