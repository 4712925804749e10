### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions

# Title of the page while the question is open, in the browser.
request-title = Vraag om toestemming

# In place of the name of the organisation that asked, where it may not be told now. Starts a sentence, so with a capital.
request-hidden-asker = De instantie van de brief

# Heading: why it is asked.
request-purpose = Waarvoor is het?

# Heading: how long consent lasts.
request-how-long = Hoe lang geldt het?

# Heading: whether others decide too.
request-everyone = Moeten er meer mensen ja zeggen?

# Heading: consequences of a no.
request-no = Wat gebeurt er als ik nee zeg?

# Heading above the two buttons. To a guardian.
request-choose-guardian = Wat kiest u?

# Heading above the two buttons. To the young person.
request-choose-young = Wat kies je?

# Button: gives consent. Acts at once.
request-yes = Ja, ik geef toestemming

# Button: refuses. Looks the same as the other one.
request-no-button = Nee, ik geef geen toestemming

# Under the buttons, for who hesitates. To a guardian.
request-not-sure-guardian = Weet u het nog niet? Log dan uit. U kunt later terugkomen.

# Under the buttons, for who hesitates. To the young person.
request-not-sure-young = Weet je het nog niet? Log dan uit. Je kunt later terugkomen.

# Small print under the question. The version says which words were shown.
request-version = Tekst { $version }. Gevraagd op { $date }.

# Heading, where one guardian decides for both.
request-declares = U kiest ook voor de andere ouder of verzorger

# Under that heading: what a yes declares. Binding.
request-declares-what = In deze regio mag één ouder of verzorger voor allebei kiezen. Zegt u ja? Dan verklaart u dat de andere ouder of verzorger met gezag het ermee eens is.

# Under that heading: what to do when in doubt.
request-declares-unsure = Weet u dat niet zeker? Overleg dan eerst samen. Is de ander het er niet mee eens? Kies dan nee.

# On whether others learn what the reader chooses. To a guardian.
request-hidden-choices-guardian = Kiest u samen met anderen? Dan vertellen wij aan niemand wat u kiest. U ziet ook niet wat een ander kiest. Kiest u alleen? Dan blijkt uit het antwoord wat u koos.

# On whether others learn what the reader chooses. To the young person.
request-hidden-choices-young = Kies je samen met anderen? Dan vertellen wij aan niemand wat jij kiest. Je ziet ook niet wat een ander kiest.

# To the young person: who decides from 16.
request-alone-from-16-young = Ben je 16 jaar of ouder? Dan kies jij alleen. Uit het antwoord blijkt dan wat jij koos.

# After a no. To a guardian.
request-no-is-final-guardian = U kunt een nee hier niet meer veranderen in een ja.

# After a no. To the young person.
request-no-is-final-young = Je kunt een nee hier niet meer veranderen in een ja.

## May these organisations consult each other (exchange)?

# Heading of the page. To a guardian.
request-exchange-title-guardian = Mogen deze instanties overleggen over uw kind?

# Heading of the page. To the young person.
request-exchange-title-young = Mogen deze instanties overleggen over jou?

# First lines. $asker is the name of an organisation, $until such as "until 9 April 2027 at 11:00". To a guardian.
request-exchange-lead-guardian = { $asker } vraagt uw toestemming. U kiest zelf: ja of nee. U kunt kiezen { $until }. Doet u niets? Dan is er geen toestemming en blijft alles zoals het is.

# First lines. $asker is the name of an organisation, $until such as "until 9 April 2027 at 11:00". To the young person.
request-exchange-lead-young = { $asker } vraagt jouw toestemming. Je kiest zelf: ja of nee. Je kunt kiezen { $until }. Doe je niets? Dan is er geen toestemming en blijft alles zoals het is.

# Heading above the list of organisations.
request-exchange-who = Wie willen overleggen?

# Under the list of organisations. To a guardian.
request-exchange-who-what-guardian = Deze instanties hebben laten weten dat zij betrokken zijn bij uw kind. In Trefpunt staat niet waarom.

# Under the list of organisations. To the young person.
request-exchange-who-what-young = Deze instanties hebben laten weten dat zij betrokken zijn bij jou. In Trefpunt staat niet waarom.

# Why: what consent is for. Binding. To a guardian.
request-exchange-purpose-guardian = De instanties willen hun hulp op elkaar afstemmen. Daarvoor willen zij van elkaar weten wat zij doen. Met uw toestemming mogen zij dat aan elkaar vragen en vertellen.

# Why: what consent is for. Binding. To the young person.
request-exchange-purpose-young = De instanties willen hun hulp op elkaar afstemmen. Daarvoor willen zij van elkaar weten wat zij doen. Met jouw toestemming mogen zij dat aan elkaar vragen en vertellen.

# Heading: what is exchanged.
request-exchange-what = Wat gaat er heen en weer?

# First of three points: what is exchanged, and between whom. To a guardian.
request-exchange-what-messages-guardian = Berichten en documenten over uw kind. Alleen tussen de mensen die uw kind helpen.

# First of three points: what is exchanged, and between whom. To the young person.
request-exchange-what-messages-young = Berichten en documenten over jou. Alleen tussen de mensen die jou helpen.

# Second of three points.
request-exchange-what-needed = Alleen wat nodig is om de hulp af te stemmen.

# Third of three points: nobody else can read it, the operator neither.
request-exchange-what-locked = Elk bericht en elk document is op slot. Alleen de instantie die het krijgt, kan het lezen. Trefpunt kan dat niet.

# Heading: what does not happen.
request-exchange-not = Wat gebeurt er niet?

# First of three points.
request-exchange-not-others = Andere instanties kunnen niets lezen.

# Second of three points: consent is between these organisations only. To a guardian.
request-exchange-not-new-guardian = Komt er een instantie bij? Dan geldt uw toestemming niet voor die instantie. Daarvoor moet iemand het u opnieuw vragen.

# Second of three points: consent is between these organisations only. To the young person.
request-exchange-not-new-young = Komt er een instantie bij? Dan geldt jouw toestemming niet voor die instantie. Daarvoor moet iemand het je opnieuw vragen.

# Third of three points.
request-exchange-not-without = Zonder toestemming gaat er via Trefpunt geen enkel bericht of document heen en weer.

# How long. $lasts such as "1 year (365 days)". To a guardian.
request-exchange-lasts-guardian = De toestemming geldt { $lasts }. Wordt uw kind in die tijd 12 of 16 jaar? Dan stopt de toestemming op die dag.

# How long. $lasts such as "1 year (365 days)". To the young person.
request-exchange-lasts-young = De toestemming geldt { $lasts }. Word je in die tijd 16 jaar? Dan stopt de toestemming op die dag.

# On withdrawing. Binding. To a guardian.
request-exchange-withdraw-guardian = U kunt uw toestemming altijd intrekken. U hoeft niet te zeggen waarom. Vanaf dat moment gaat er niets meer heen en weer.

# On withdrawing. Binding. To the young person.
request-exchange-withdraw-young = Je kunt je toestemming altijd intrekken. Je hoeft niet te zeggen waarom. Vanaf dat moment gaat er niets meer heen en weer.

# Who else decides, where each decides for themselves. To a guardian.
request-exchange-everyone-guardian = Soms wel. Bijvoorbeeld de andere ouder, of uw kind zelf vanaf 12 jaar. Er gaat pas iets heen en weer als iedereen ja zegt. Zegt één van hen nee? Dan is er geen toestemming.

# Who else decides, where the reader decides for both guardians. To a guardian.
request-exchange-everyone-declares = Soms wel. Bijvoorbeeld uw kind zelf vanaf 12 jaar. Er gaat pas iets heen en weer als iedereen ja zegt. Zegt één van hen nee? Dan is er geen toestemming.

# Who else decides. To the young person.
request-exchange-everyone-young = Ben je nog geen 16? Dan moeten ook je ouders of verzorgers ja zeggen. Er gaat pas iets heen en weer als iedereen ja zegt. Zegt één van jullie nee? Dan is er geen toestemming.

# Answer to "What happens if I say no?", emphasised, one word; the next message follows in the same line.
request-exchange-no-nothing = Niets.

# Follows "Niets." in the same line. Reassures. To a guardian.
request-exchange-no-guardian = Nee zeggen heeft geen gevolgen voor de hulp aan u of uw kind. De instanties zien alleen dat er geen toestemming is. Zij zien niet wie nee zei, of waarom.

# Follows "Niets." in the same line. Reassures. To the young person.
request-exchange-no-young = Nee zeggen heeft geen gevolgen voor de hulp aan jou. De instanties zien alleen dat er geen toestemming is. Zij zien niet wie nee zei, of waarom.

# Nobody may ask again for $count days. To a guardian.
request-exchange-no-again-guardian =
    Na een nee mag niemand het binnen { $count } { $count ->
        [one] dag
       *[other] dagen
    } opnieuw vragen. U kunt een nee hier niet meer veranderen in een ja.

# Nobody may ask again for $count days. To the young person.
request-exchange-no-again-young =
    Na een nee mag niemand het binnen { $count } { $count ->
        [one] dag
       *[other] dagen
    } opnieuw vragen. Je kunt een nee hier niet meer veranderen in een ja.

## May this organisation say that it is involved (signal)?

# Heading of the page. $asker is the name of an organisation. To a guardian.
request-signal-title-guardian = Mag { $asker } laten weten dat zij betrokken is bij uw kind?

# Heading of the page. $asker is the name of an organisation. To the young person.
request-signal-title-young = Mag { $asker } laten weten dat zij betrokken is bij jou?

# First lines. $asker is the name of an organisation, $until such as "until 9 April 2027 at 11:00". To a guardian.
request-signal-lead-guardian = { $asker } vraagt uw toestemming. U kiest zelf: ja of nee. U kunt kiezen { $until }. Doet u niets? Dan is er geen toestemming en gooien wij het signaal weg.

# First lines. $asker is the name of an organisation, $until such as "until 9 April 2027 at 11:00". To the young person.
request-signal-lead-young = { $asker } vraagt jouw toestemming. Je kiest zelf: ja of nee. Je kunt kiezen { $until }. Doe je niets? Dan is er geen toestemming en gooien wij het signaal weg.

# Heading: explains the word.
request-signal-heading = Wat is een signaal?

# Explains what a signal is, and what is not in it. To a guardian.
request-signal-what-guardian = Deze instantie wil in Trefpunt laten weten dat zij betrokken is bij uw kind. Dat heet een signaal. In een signaal staat niet waarom. Er staat ook geen naam, adres of geboortedatum van uw kind in.

# Explains what a signal is, and what is not in it. To the young person.
request-signal-what-young = Deze instantie wil in Trefpunt laten weten dat zij betrokken is bij jou. Dat heet een signaal. In een signaal staat niet waarom. Jouw naam, adres of geboortedatum staat er ook niet in.

# Under that. To a guardian.
request-signal-waits-guardian = Het signaal wacht nu op uw keuze. Andere instanties merken er niets van.

# Under that. To the young person.
request-signal-waits-young = Het signaal wacht nu op jouw keuze. Andere instanties merken er niets van.

# Why there are signals. To a guardian.
request-signal-purpose-guardian = Soms helpen meer instanties hetzelfde kind. Zij weten dat niet altijd van elkaar. Met een signaal kunnen zij elkaar vinden. Dan kunnen zij hun hulp op elkaar afstemmen.

# Why there are signals. To the young person.
request-signal-purpose-young = Soms helpen meer instanties dezelfde jongere. Zij weten dat niet altijd van elkaar. Met een signaal kunnen zij elkaar vinden. Dan kunnen zij hun hulp op elkaar afstemmen.

# Heading: consequences of a yes.
request-signal-yes = Wat gebeurt er als ik ja zeg?

# First of three points.
request-signal-yes-counts = Het signaal gaat meetellen.

# Second of three points. To a guardian.
request-signal-yes-match-guardian = Geeft een andere instantie ook een signaal over uw kind? Dan horen de instanties dat.

# Second of three points. To the young person.
request-signal-yes-match-young = Geeft een andere instantie ook een signaal over jou? Dan horen de instanties dat.

# Third of three points. To a guardian.
request-signal-yes-asked-again-guardian = Willen zij daarna berichten of documenten over uw kind delen? Dan vragen zij u eerst opnieuw om toestemming.

# Third of three points. To the young person.
request-signal-yes-asked-again-young = Willen zij daarna berichten of documenten over jou delen? Dan vragen zij je eerst opnieuw om toestemming.

# How long. $lasts such as "1 year (365 days)". To a guardian.
request-signal-lasts-guardian = De toestemming geldt hoogstens { $lasts }. Wordt uw kind in die tijd 12 of 16 jaar? Dan stopt de toestemming op die dag. Stopt de toestemming? Dan stopt ook het signaal.

# How long. $lasts such as "1 year (365 days)". To the young person.
request-signal-lasts-young = De toestemming geldt hoogstens { $lasts }. Word je in die tijd 16 jaar? Dan stopt de toestemming op die dag. Stopt de toestemming? Dan stopt ook het signaal.

# On withdrawing. Binding. To a guardian.
request-signal-withdraw-guardian = U kunt uw toestemming altijd intrekken. U hoeft niet te zeggen waarom. Dan gooien wij het signaal weg.

# On withdrawing. Binding. To the young person.
request-signal-withdraw-young = Je kunt je toestemming altijd intrekken. Je hoeft niet te zeggen waarom. Dan gooien wij het signaal weg.

# Who else decides, where each decides for themselves. To a guardian.
request-signal-everyone-guardian = Soms wel. Bijvoorbeeld de andere ouder, of uw kind zelf vanaf 12 jaar. Het signaal telt pas mee als iedereen ja zegt. Zegt één van hen nee? Dan gooien wij het signaal weg.

# Who else decides, where the reader decides for both guardians. To a guardian.
request-signal-everyone-declares = Soms wel. Bijvoorbeeld uw kind zelf vanaf 12 jaar. Het signaal telt pas mee als iedereen ja zegt. Zegt één van hen nee? Dan gooien wij het signaal weg.

# Who else decides. To the young person.
request-signal-everyone-young = Ben je nog geen 16? Dan moeten ook je ouders of verzorgers ja zeggen. Het signaal telt pas mee als iedereen ja zegt. Zegt één van jullie nee? Dan gooien wij het signaal weg.

# Answer to "What happens if I say no?", emphasised; the next message follows in the same line. To a guardian.
request-signal-no-nothing-guardian = Nee zeggen heeft geen gevolgen voor de hulp aan u of uw kind.

# Answer to "What happens if I say no?", emphasised; the next message follows in the same line. To the young person.
request-signal-no-nothing-young = Nee zeggen heeft geen gevolgen voor de hulp aan jou.

# Follows in the same line. $asker is the name of an organisation.
request-signal-no = Wij gooien het signaal weg. { $asker } ziet alleen dat het signaal weg is. Zij ziet niet wie nee zei, of waarom.

## What has become of it

# Heading: the reader said yes, others have not all decided. To a guardian.
request-state-agreed-guardian = U heeft ja gezegd

# Heading: the reader said yes, others have not all decided. To the young person.
request-state-agreed-young = Je hebt ja gezegd

# Heading: consent stands.
request-state-given = De toestemming is gegeven

# Heading: the reader said no. To a guardian.
request-state-refused-guardian = U heeft nee gezegd

# Heading: the reader said no. To the young person.
request-state-refused-young = Je hebt nee gezegd

# Heading: somebody else said no; who is not told.
request-state-not-given = De toestemming is niet gegeven

# Heading: consent was withdrawn, by whom is not told.
request-state-withdrawn = De toestemming is ingetrokken

# Heading: too late to answer, or replaced.
request-state-over = Deze vraag is voorbij

# The reader said yes on $date, others have not all decided. To a guardian.
request-agreed-exchange-guardian = U gaf uw toestemming op { $date }. Nog niet iedereen heeft gekozen. Er gaat nu nog niets heen en weer.

# The reader said yes on $date, others have not all decided. To the young person.
request-agreed-exchange-young = Je gaf je toestemming op { $date }. Nog niet iedereen heeft gekozen. Er gaat nu nog niets heen en weer.

# The reader said yes on $date, others have not all decided. To a guardian.
request-agreed-signal-guardian = U gaf uw toestemming op { $date }. Nog niet iedereen heeft gekozen. Het signaal telt nu nog niet mee.

# The reader said yes on $date, others have not all decided. To the young person.
request-agreed-signal-young = Je gaf je toestemming op { $date }. Nog niet iedereen heeft gekozen. Het signaal telt nu nog niet mee.

# Above the button that takes a yes back. To a guardian.
request-agreed-back-guardian = Bedenkt u zich? U kunt uw ja terugnemen.

# Above the button that takes a yes back. To the young person.
request-agreed-back-young = Wil je het toch niet? Je kunt je ja terugnemen.

# Link that looks like a button: to the page that asks whether the reader is sure.
request-take-back = Mijn ja terugnemen

# Consent stands since $date; $until such as "until the end of 12 March 2028".
request-given-exchange = De toestemming is gegeven op { $date }. De toestemming geldt { $until }. De instanties op deze pagina mogen nu berichten en documenten aan elkaar sturen.

# Consent to a signal stands since $date; $until such as "until the end of 12 March 2028".
request-given-signal = De toestemming is gegeven op { $date }. De toestemming geldt { $until }. Het signaal telt nu mee.

# Above the button that withdraws. To a guardian.
request-given-back-exchange-guardian = Bedenkt u zich? U kunt de toestemming altijd intrekken. Daarna gaat er niets meer heen en weer.

# Above the button that withdraws. To the young person.
request-given-back-exchange-young = Wil je het toch niet? Je kunt de toestemming altijd intrekken. Daarna gaat er niets meer heen en weer.

# Above the button that withdraws. To a guardian.
request-given-back-signal-guardian = Bedenkt u zich? U kunt de toestemming altijd intrekken. Dan gooien wij het signaal weg.

# Above the button that withdraws. To the young person.
request-given-back-signal-young = Wil je het toch niet? Je kunt de toestemming altijd intrekken. Dan gooien wij het signaal weg.

# Link and button, and title of the page that asks whether the reader is sure.
request-withdraw = Toestemming intrekken

# The reader said no. To a guardian.
request-refused-guardian = Uw keuze is opgeslagen. De instanties zien alleen dat er geen toestemming is. Zij zien niet wie nee zei, of waarom.

# The reader said no. To the young person.
request-refused-young = Je keuze is opgeslagen. De instanties zien alleen dat er geen toestemming is. Zij zien niet wie nee zei, of waarom.

# The reader said no to a signal. To a guardian.
request-refused-signal-guardian = Uw keuze is opgeslagen.

# The reader said no to a signal. To the young person.
request-refused-signal-young = Je keuze is opgeslagen.

# Somebody else said no; who is not told.
request-not-everyone = Niet iedereen heeft toestemming gegeven.

# After a no. Reassures. To a guardian.
request-not-given-exchange-guardian = Er gaat niets heen en weer. Dit heeft geen gevolgen voor de hulp aan u of uw kind. U hoeft niets te doen.

# After a no. Reassures. To the young person.
request-not-given-exchange-young = Er gaat niets heen en weer. Dit heeft geen gevolgen voor de hulp aan jou. Je hoeft niets te doen.

# After a no. Reassures. To a guardian.
request-not-given-signal-guardian = Wij gooien het signaal weg. Dit heeft geen gevolgen voor de hulp aan u of uw kind. U hoeft niets te doen.

# After a no. Reassures. To the young person.
request-not-given-signal-young = Wij gooien het signaal weg. Dit heeft geen gevolgen voor de hulp aan jou. Je hoeft niets te doen.

# Consent was withdrawn on $date.
request-withdrawn-exchange = De toestemming is ingetrokken op { $date }. Er gaat niets meer heen en weer.

# Under that: what is gone and what is not. Honest.
request-withdrawn-left = Berichten en documenten die nog niet waren opgehaald, zijn weg. Wat een instantie al had gelezen, weet zij nog wel.

# Consent to a signal was withdrawn on $date.
request-withdrawn-signal = De toestemming is ingetrokken op { $date }. Wij gooien het signaal weg.

# Too late to answer, or replaced. To a guardian.
request-over-exchange-guardian = U kunt hier niet meer kiezen. De tijd is voorbij, of er kwam een nieuwe vraag voor in de plaats. Deze toestemming geldt niet meer.

# Too late to answer, or replaced. To the young person.
request-over-exchange-young = Je kunt hier niet meer kiezen. De tijd is voorbij, of er kwam een nieuwe vraag voor in de plaats. Deze toestemming geldt niet meer.

# Too late to answer, or the signal ended. To a guardian.
request-over-signal-guardian = U kunt hier niet meer kiezen. De tijd is voorbij, of het signaal is gestopt.

# Too late to answer, or the signal ended. To the young person.
request-over-signal-young = Je kunt hier niet meer kiezen. De tijd is voorbij, of het signaal is gestopt.

# Heading above what was asked, once it is decided.
request-about = Waar het om gaat

# Above a list of organisations. $asker is a name.
request-about-exchange = { $asker } vroeg op { $date } om toestemming. Het gaat om deze instanties:

# Above the name of one organisation. $asker is a name.
request-about-signal = { $asker } vroeg op { $date } om toestemming voor een signaal. Een signaal zegt dat een instantie betrokken is, en niet waarom. Het gaat om deze instantie:

# What a professional recorded that the reader said or wrote. $who is the name of an organisation; $form is "written" or "said". To a guardian.
request-recorded-guardian =
    Dit heeft u niet hier gekozen. { $who } schreef op wat u op { $date } { $form ->
        [written] op papier zette
       *[said] zei
    }.

# What a professional recorded that the reader said or wrote. $who is the name of an organisation; $form is "written" or "said". To the young person.
request-recorded-young =
    Dit heb je niet hier gekozen. { $who } schreef op wat je op { $date } { $form ->
        [written] op papier zette
       *[said] zei
    }.

# The same, where the name of the organisation may not be shown. To a guardian.
request-recorded-masked-guardian =
    Dit heeft u niet hier gekozen. Een andere instantie schreef op wat u op { $date } { $form ->
        [written] op papier zette
       *[said] zei
    }.

# The same, where the name of the organisation may not be shown. To the young person.
request-recorded-masked-young =
    Dit heb je niet hier gekozen. Een andere instantie schreef op wat je op { $date } { $form ->
        [written] op papier zette
       *[said] zei
    }.

# Follows, while it can be taken back. To a guardian.
request-recorded-wrong-guardian = Klopt het niet? Neem het dan hieronder terug.

# Follows, while it can be taken back. To the young person.
request-recorded-wrong-young = Klopt het niet? Neem het dan hieronder terug.

# Title after a no to a signal, when nothing is left of it.
request-signal-gone-title = Het signaal is weg

# Under that title.
request-signal-gone-lead = Wij hebben uw keuze ontvangen en het signaal weggegooid.

# Under that title. Reassures.
request-signal-gone-no-effect = Dit heeft geen gevolgen voor de hulp aan u of uw kind. U hoeft niets te doen.

# Under that title: what remains.
request-signal-gone-left = Ook de vraag is weg. Daarom kunt u hier niet meer terugkomen. In een logboek staat alleen dat dit is gebeurd, zonder namen.

## Taking it back: the last question before

# Title in the browser, and button, of the page that asks whether the reader is sure.
request-take-back-title = Ja terugnemen

# Heading of that page, for a consent that stands. To a guardian.
request-withdraw-sure-guardian = Wilt u de toestemming intrekken?

# Heading of that page, for a consent that stands. To the young person.
request-withdraw-sure-young = Wil je de toestemming intrekken?

# Heading of that page, for a yes while others have not decided. To a guardian.
request-take-back-sure-guardian = Wilt u uw ja terugnemen?

# Heading of that page, for a yes while others have not decided. To the young person.
request-take-back-sure-young = Wil je je ja terugnemen?

# What withdrawing does to a signal. $asker is the name of an organisation.
request-withdraw-signal-gone = Wij gooien het signaal meteen weg. { $asker } ziet alleen dat het weg is. Zij ziet niet door wie, of waarom.

# What others who knew of the signal see. $asker is the name of an organisation.
request-withdraw-signal-others = Wisten andere instanties al van het signaal? Dan zien zij dat { $asker } niet meer meedoet. Wat zij al weten, weten zij nog wel.

# Reassures, and warns that it is final. To a guardian.
request-withdraw-signal-no-effect-guardian = Dit heeft geen gevolgen voor de hulp aan u of uw kind. U kunt het hier niet meer terugdraaien.

# Reassures, and warns that it is final. To the young person.
request-withdraw-signal-no-effect-young = Dit heeft geen gevolgen voor de hulp aan jou. Je kunt het hier niet meer terugdraaien.

# What withdrawing does to exchange: first of five points.
request-withdraw-stops = De instanties kunnen elkaar via Trefpunt meteen geen berichten en documenten meer sturen. Zij kunnen er ook geen meer ophalen.

# Second of five points.
request-withdraw-unfetched = Berichten en documenten die nog niet zijn opgehaald, gooien wij weg.

# Third of five points. Honest.
request-withdraw-read = Wat een instantie al heeft gelezen, weet zij nog wel.

# Fourth of five points.
request-withdraw-seen = De instanties zien dat de toestemming is ingetrokken. Zij zien niet door wie, of waarom.

# Fifth of five points. Reassures. To a guardian.
request-withdraw-no-effect-guardian = Intrekken heeft geen gevolgen voor de hulp aan u of uw kind.

# Fifth of five points. Reassures. To the young person.
request-withdraw-no-effect-young = Intrekken heeft geen gevolgen voor de hulp aan jou.

# What taking back a yes does: first of three points.
request-take-back-becomes-no = Het antwoord wordt dan nee. Er gaat niets heen en weer.

# Second of three points.
request-take-back-seen = De instanties zien alleen dat er geen toestemming is. Zij zien niet wie nee zei, of waarom.

# Link: back to the question without acting.
request-back = Terug, niets veranderen

## Who looked

# Heading above the list.
request-looked = Wie heeft gekeken?

# Under that heading. To a guardian.
request-looked-every-guardian = Elke keer dat een van deze instanties kijkt, schrijven wij dat op. U ziet het hier.

# Under that heading. To the young person.
request-looked-every-young = Elke keer dat een van deze instanties kijkt, schrijven wij dat op. Je ziet het hier.

# A line of the list: on $date $who fetched a message or document, $times times. $who is a name or "another organisation".
request-looked-message =
    { $date }: { $who } haalde een bericht of document op{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } keer)
    }

# A line of the list: on $date $who looked who is involved, $times times. $who is a name or "another organisation".
request-looked-match =
    { $date }: { $who } keek wie er betrokken zijn{ $times ->
        [1] { "" }
       *[other] { " " }({ $times } keer)
    }
