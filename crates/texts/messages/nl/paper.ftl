### Papers: the letter with a code, the receipt of a decision, the file. Printed on A4; short, or the letter needs a second page.

## On every paper

# Name of a fact: the day of the letter.
paper-date = Datum

# Name of a fact: letters and numbers by which the sender finds the case.
paper-reference = Kenmerk

# At the foot of each page. $reference: letters and numbers by which the sender finds the case.
paper-reference-is = Kenmerk { $reference }

## Letter

# Title of a letter that asks a parent for consent. Tells nothing of what is asked: others in the house may see it.
paper-letter-title-question = Een vraag over uw kind

# Title of a letter that asks a young person for consent. Tells nothing of what is asked.
paper-letter-title-question-young = Een vraag aan jou

# Title of a letter that tells a parent of a signal. Tells nothing of it.
paper-letter-title-signal = Een bericht over uw kind

# Title of a letter that tells a young person of a signal. Tells nothing of it.
paper-letter-title-signal-young = Een bericht voor jou

# Name of a fact: the day from which the code can be used.
paper-letter-works-from = De code werkt vanaf

# Name of a fact: until which day the code can be used. Followed by "until and including 12 March 2027".
paper-letter-works = De code werkt

# First sentences to a parent, by the organisation that sends the letter ("we"), which wants to talk to others.
paper-letter-exchange = Wij willen met andere instanties overleggen over uw kind. Dat doen wij alleen als u het goed vindt. Daarom vragen wij om uw toestemming.

# First sentences to a young person, by the organisation that sends the letter.
paper-letter-exchange-young = Wij willen met andere instanties overleggen over jou. Dat doen wij alleen als jij het goed vindt. Daarom vragen wij om jouw toestemming.

# First sentences to a parent, by the organisation that wants to make known that it is involved.
paper-letter-asked-signal = Wij helpen uw kind. Dat willen wij laten weten in Trefpunt, met een signaal. Zo kunnen andere instanties ons vinden. Wij zeggen daar niet waarom. Wij doen het alleen als u het goed vindt.

# First sentences to a young person, by the organisation that wants to make known that it is involved.
paper-letter-asked-signal-young = Wij helpen jou. Dat willen wij laten weten in Trefpunt, met een signaal. Zo kunnen andere instanties ons vinden. Wij zeggen daar niet waarom. Wij doen het alleen als jij het goed vindt.

# First sentences to a parent, by the organisation that made known that it is involved.
paper-letter-signal = Wij helpen uw kind. Dat hebben wij laten weten in Trefpunt, met een signaal. Zo kunnen andere instanties ons vinden. Er staat niet bij waarom.

# First sentences to a young person, by the organisation that made known that it is involved.
paper-letter-signal-young = Wij helpen jou. Dat hebben wij laten weten in Trefpunt, met een signaal. Zo kunnen andere instanties ons vinden. Er staat niet bij waarom.

# Above the address of the website, in the box with the code.
paper-letter-address = Ga naar deze website:

# Above the code, in the box. To a parent.
paper-letter-code = Vul daar uw code in:

# Above the code, in the box. To a young person.
paper-letter-code-young = Vul daar jouw code in:

# What the square picture is (QR code), for whoever has the letter read aloud. $address: the website.
paper-letter-square = Vierkante code om te scannen. Er staat alleen dit adres in: { $address }

# Heading above three steps. To a parent.
paper-letter-how = Zo komt u binnen

# Heading above three steps. To a young person.
paper-letter-how-young = Zo kom je binnen

# First step. To a parent. "Square": the QR code beside it.
paper-letter-step-go = Typ het adres van de website. Of scan het vierkant met uw telefoon.

# First step. To a young person.
paper-letter-step-go-young = Typ het adres van de website. Of scan het vierkant met je telefoon.

# Second step. To a parent.
paper-letter-step-code = Vul de code in. Kies daarna zelf een pincode.

# Second step. To a young person.
paper-letter-step-code-young = Vul de code in. Kies daarna zelf een pincode.

# Third step. To a parent. "Key": a new code, to come back with.
paper-letter-step-key = U krijgt een sleutel. Daarmee komt u later terug. De code uit deze brief werkt dan niet meer.

# Third step. To a young person.
paper-letter-step-key-young = Je krijgt een sleutel. Daarmee kom je later terug. De code uit deze brief werkt dan niet meer.

# Heading. To a parent.
paper-letter-opens = Wat kunt u met de code?

# Heading. To a young person.
paper-letter-opens-young = Wat kun je met de code?

# What the code of a question opens. To a parent.
paper-letter-opens-question = U leest wie het vraagt, waarvoor en hoe lang. U zegt ja of nee. Een ja kunt u altijd weer intrekken. De code opent alleen deze vraag.

# What the code of a question opens. To a young person.
paper-letter-opens-question-young = Je leest wie het vraagt, waarvoor en hoe lang. Je zegt ja of nee. Een ja kun je altijd weer intrekken. De code opent alleen deze vraag.

# What the code of a signal opens. To a parent. "Objection": saying that one does not agree, which the municipality then decides.
paper-letter-opens-signal = U ziet ons signaal en wat ermee gebeurt. Bent u het niet eens met het signaal? Dan kunt u daar bezwaar maken. De code opent alleen dit signaal.

# What the code of a signal opens. To a young person.
paper-letter-opens-signal-young = Je ziet ons signaal en wat ermee gebeurt. Ben je het niet eens met het signaal? Dan kun je daar bezwaar maken. De code opent alleen dit signaal.

# That the code is to be kept secret. To a parent.
paper-letter-secret = De code is alleen voor u. Geef de code aan niemand. Wij vragen er nooit om.

# That the code is to be kept secret. To a young person.
paper-letter-secret-young = De code is alleen voor jou. Geef de code aan niemand. Wij vragen er nooit om.

# Heading: what if one does nothing with the letter. To a parent.
paper-letter-nothing = Wat als u niets doet?

# Heading: what if one does nothing with the letter. To a young person.
paper-letter-nothing-young = Wat als je niets doet?

# Without an answer to the question whether organisations may talk to each other. To a parent.
paper-letter-nothing-exchange = Dan is er geen toestemming en gebeurt er niets. Zegt u nee? Ook dan gebeurt er niets. De hulp blijft zoals zij is.

# Without an answer to the question whether organisations may talk to each other. To a young person.
paper-letter-nothing-exchange-young = Dan is er geen toestemming en gebeurt er niets. Zeg je nee? Ook dan gebeurt er niets. De hulp blijft zoals zij is.

# Without an answer to the question whether there may be a signal. To a parent.
paper-letter-nothing-asked-signal = Dan telt ons signaal niet mee, en het verdwijnt. Zegt u nee? Ook dan verdwijnt het. De hulp blijft zoals zij is.

# Without an answer to the question whether there may be a signal. To a young person.
paper-letter-nothing-asked-signal-young = Dan telt ons signaal niet mee, en het verdwijnt. Zeg je nee? Ook dan verdwijnt het. De hulp blijft zoals zij is.

# If one does nothing with a letter that only tells of a signal. To a parent.
paper-letter-nothing-signal = Dan blijft het signaal staan tot het afloopt. U hoeft niets te doen. De hulp blijft zoals zij is.

# If one does nothing with a letter that only tells of a signal. To a young person.
paper-letter-nothing-signal-young = Dan blijft het signaal staan tot het afloopt. Je hoeft niets te doen. De hulp blijft zoals zij is.

# Heading. To a parent.
paper-letter-help = Heeft u hulp nodig?

# Heading. To a young person.
paper-letter-help-young = Heb je hulp nodig?

# Where to get help. To a parent. $municipality: such as "gemeente Voorbeeldstad".
paper-letter-help-where = Neem deze brief mee naar { $municipality }. Daar helpen ze u. Of vraag het aan degene van wie u de brief kreeg.

# Where to get help. To a young person.
paper-letter-help-where-young = Neem deze brief mee naar { $municipality }. Daar helpen ze je. Of vraag het aan degene van wie je de brief kreeg.

# The number to call when somebody is not safe. To a parent. The name Veilig Thuis and the numbers stay as they are.
paper-letter-safety = Is het thuis niet veilig? Bel Veilig Thuis: 0800-2000. Dat is gratis, dag en nacht. Is er nu gevaar? Bel 112.

# The number to call when somebody is not safe. To a young person.
paper-letter-safety-young = Is het thuis niet veilig? Bel Veilig Thuis: 0800-2000. Dat is gratis, dag en nacht. Is er nu gevaar? Bel 112.

# One line at the foot of letters in another language. Begins with the name of the language in the language itself.
paper-letter-in-this-language = Nederlands: op de website kunt u alles in het Nederlands lezen.

## Receipt

# Title of the paper.
paper-receipt-title = Ontvangstbewijs

# Below the title. To a parent.
paper-receipt-about = Dit is een bewijs van wat u heeft gekozen in Trefpunt. Bewaar het goed.

# Below the title. To a young person.
paper-receipt-about-young = Dit is een bewijs van wat jij hebt gekozen in Trefpunt. Bewaar het goed.

# Name of a fact: what was asked.
paper-receipt-question = De vraag

# What was asked. To a parent.
paper-receipt-exchange = Mogen instanties overleggen over uw kind?

# What was asked. To a young person.
paper-receipt-exchange-young = Mogen instanties overleggen over jou?

# What was asked. To a parent. "It": an organisation.
paper-receipt-signal = Mag een instantie een signaal geven over uw kind?

# What was asked. To a young person.
paper-receipt-signal-young = Mag een instantie een signaal geven over jou?

# Name of a fact: which organisation asked.
paper-receipt-asked-by = Wie het vroeg

# Name of a fact: the organisations that may talk to each other.
paper-receipt-between = Wie willen overleggen

# Name of a fact: what was answered, and what came of it.
paper-receipt-answer = Het antwoord

# The answer so far: others must still decide. To a parent.
paper-receipt-agreed = U zei ja. Er is nog geen toestemming: niet iedereen die moet kiezen, heeft gekozen.

# The answer so far: others must still decide. To a young person.
paper-receipt-agreed-young = Jij zei ja. Er is nog geen toestemming: niet iedereen die moet kiezen, heeft gekozen.

# The answer: everybody who must agreed.
paper-receipt-given = Ja. Er is toestemming.

# The answer: the reader said no. To a parent.
paper-receipt-refused = U zei nee. Er is geen toestemming.

# The answer: the reader said no. To a young person.
paper-receipt-refused-young = Jij zei nee. Er is geen toestemming.

# The answer: there was consent, and it was taken back.
paper-receipt-withdrawn = De toestemming is ingetrokken.

# Name of a fact: when the reader decided.
paper-receipt-when = Gekozen op

# Name of a fact: since when there is consent.
paper-receipt-since = Er is toestemming sinds

# Name of a fact: until when there is consent. Followed by "until and including 12 March 2027".
paper-receipt-until = De toestemming geldt

# Name of a fact: when consent was taken back.
paper-receipt-withdrawn-at = Ingetrokken op

# Name of a fact: the version of the text that was read, such as 2026-11-23-signaal.
paper-receipt-text = Versie van de tekst

# Name of a fact: the day on which this paper was made.
paper-receipt-made = Dit bewijs is van

# Heading: how to take a yes back. To a parent.
paper-receipt-back = Hoe trekt u een ja in?

# Heading: how to take a yes back. To a young person.
paper-receipt-back-young = Hoe trek je een ja in?

# How to take a yes back. To a parent. $address: the website. "Key": the code to come back with.
paper-receipt-back-how = Ga naar { $address }. Log in met uw sleutel en uw pincode. Kies daar voor intrekken. Dat kan altijd. U hoeft niet te zeggen waarom.

# How to take a yes back. To a young person.
paper-receipt-back-how-young = Ga naar { $address }. Log in met je sleutel en je pincode. Kies daar voor intrekken. Dat kan altijd. Je hoeft niet te zeggen waarom.

# Heading: the key with which the reader comes back. To a parent.
paper-receipt-key = Uw sleutel

# Heading: the key with which the reader comes back. To a young person.
paper-receipt-key-young = Jouw sleutel

# What the key is for, and that the PIN does not stand on the paper. To a parent.
paper-receipt-key-how = Met deze sleutel en uw pincode komt u terug. Schrijf de pincode niet op dit papier.

# What the key is for. To a young person.
paper-receipt-key-how-young = Met deze sleutel en je pincode kom je terug. Schrijf de pincode niet op dit papier.

# Above the key, in its box. To a parent.
paper-receipt-key-name = Alleen voor u. Geef de sleutel aan niemand.

# Above the key, in its box. To a young person.
paper-receipt-key-name-young = Alleen voor jou. Geef de sleutel aan niemand.

# Where to get help. To a parent. $municipality: such as "gemeente Voorbeeldstad".
paper-receipt-help = Neem dit papier mee naar { $municipality }. Daar helpen ze u.

# Where to get help. To a young person.
paper-receipt-help-young = Neem dit papier mee naar { $municipality }. Daar helpen ze je.

## Links to papers, on pages

# Link: the file of what is kept, as PDF. Stands in a list of downloads.
paper-download-file = Als pdf, om te printen

# Link: the receipt of what the reader chose, as PDF. To a parent.
paper-download-receipt = Uw ontvangstbewijs als pdf

# Link: the receipt of what the reader chose, as PDF. To a young person.
paper-download-receipt-young = Jouw ontvangstbewijs als pdf

# Link: the receipt in a form that programs read and check. JSON-LD is the name of that form.
paper-download-signed = Ontvangstbewijs voor een computer (JSON-LD, ondertekend)

# Link below the key: the key as PDF.
paper-download-key = De sleutel als pdf, om te printen
