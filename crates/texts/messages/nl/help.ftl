### The page with help, and the block about safety that stands at the bottom of every page. For people who are new to all of this;
### some are worried, some are in danger. Short sentences.

## Safety: at the bottom of every page

# Heading of the block about safety.
help-safety-title = Maakt u zich zorgen over de veiligheid?

# The same for a child or young person.
help-safety-title-young = Voel je je niet veilig?

# Whom to call. Veilig Thuis is the Dutch organisation for domestic violence and child abuse: the name stays. $phone is a link.
help-safety-call = Bel Veilig Thuis: { $phone }. Dat is gratis. Het kan dag en nacht.

# In danger. $phone is the emergency number 112, as a link.
help-safety-danger = Is er nu gevaar? Bel { $phone }.

# For children: the helpline for children of the Netherlands. $phone is a link.
help-safety-child = Je kunt ook bellen met de Kindertelefoon: { $phone }. Dat is gratis.

## Page: help

# Title of the page.
help-title = Hulp

# First line of the page.
help-lead = Hier leest u wat Trefpunt is, en waar u hulp krijgt.

# Heading above what Trefpunt is and is not.
help-what-title = Wat is Trefpunt?

# What it is for.
help-what-why = Soms helpen er meer mensen bij één kind. Op school, bij de opvang, of in de zorg. Zij weten dat niet altijd van elkaar.

# What a signal is.
help-what-signal = In Trefpunt kan een instantie laten weten dat zij met een kind te maken heeft. Dat heet een signaal. Er staat niet in waarom. Er staat ook geen naam of adres in.

# What a match is, and what happens then.
help-what-match = Gaan er twee signalen over één kind? Dan heet dat een match. De instanties horen dat van elkaar. Zij mogen pas iets over het kind sturen als u ja zegt.

# Heading above the steps for who got a letter.
help-letter-title = Ik heb een brief met een code

# First step. A link to the start stands below the steps.
help-letter-first = Ga naar het begin en vul de code uit uw brief in.

# Second step: the PIN.
help-letter-pin = Kies een pincode. U krijgt dan ook een sleutel. Bewaar die goed.

# Third step.
help-letter-read = Lees wat er wordt gevraagd.

# Fourth step.
help-letter-choose = Kies ja of nee. U mag er eerst over denken.

# Coming back: with key and PIN, no longer with the code.
help-letter-back = Wilt u later terug? Dan vult u uw sleutel en uw pincode in. De code uit de brief werkt maar één keer.

# Who gets a letter, by the age of the child.
help-letter-who = Tot 12 jaar kiezen de ouders. Van 12 tot 16 jaar kiest het kind mee. Vanaf 16 jaar kiest de jongere alleen.

# Heading above what to do when a code opens nothing.
help-code-title = Mijn code werkt niet

# What to check. $days is 28.
help-code-check =
    Kijk of u alle 16 tekens heeft ingevuld. Een code werkt { $days ->
        [one] { $days } dag
       *[other] { $days } dagen
    } lang. Is de code al gebruikt? Vul dan uw sleutel in.

# What to do without code, key or PIN.
help-code-lost = Bent u uw code, sleutel of pincode kwijt? Ga met uw brief naar uw gemeente. Daar krijgt u een nieuwe code.

# Heading: a letter can be false.
help-real-title = Is mijn brief echt?

# How to find out.
help-real-text = Weet u het niet zeker? Vul dan niets in. Bel de instantie die in de brief staat. Neem een nummer dat u al kent.

# What nobody will ever ask.
help-real-never = Niemand zal u bellen of mailen om uw code, sleutel of pincode te vragen. Geef ze aan niemand.

# Heading: the worry of many.
help-no-title = Wat als ik nee zeg?

# The answer. The first word is what matters.
help-no-text = Niets. U krijgt net zo veel hulp als eerst. De instanties zien alleen dat er geen ja is. Zij zien niet waarom.

# Heading above the list of whom to ask.
help-ask-title = Aan wie kan ik iets vragen?

# About the question or the signal.
help-ask-organisation = Over de vraag of het signaal: bel de instantie van de brief.

# About rights, and without this website.
help-ask-municipality = Over uw rechten: ga naar uw gemeente. Daar kunt u alles doen wat u hier kunt. U hoeft dan geen computer te gebruiken.

# For who reads badly or another language.
help-ask-reading = Leest u niet zo makkelijk? Vraag iemand die u vertrouwt om mee te lezen. Kiezen doet u zelf.

# Heading: complaints.
help-complaint-title = Ik heb een klacht

# First: the organisation or the municipality.
help-complaint-municipality = Vertel het eerst aan de instantie van de brief, of aan uw gemeente. Zij moeten u een antwoord geven.

# Second: the ombudsman. $ombudsman is the name, as a link.
help-complaint-ombudsman = Helpt dat niet? Ga dan naar de { $ombudsman }. Dat is gratis.

# Name of the ombudsman of the Netherlands.
help-ombudsman = Nationale ombudsman

# Third: the data protection authority. $authority is rights-authority, as a link.
help-complaint-authority = Gaat het over uw gegevens? Dan kunt u ook klagen bij de { $authority }.

# Heading: safety, on the page with help.
help-danger-title = Is een kind niet veilig?

# What Veilig Thuis does: for whoever does not know the name.
help-danger-text = Bel dan Veilig Thuis. Zij helpen bij geweld in huis en bij slecht omgaan met een kind. U hoeft uw naam niet te zeggen.

# That Trefpunt does not help in danger.
help-danger-not-here = In Trefpunt kijkt niemand mee of een kind veilig is. Wacht dus niet op Trefpunt.

# Heading: for children and young people. They are addressed informally.
help-young-title = Voor kinderen en jongeren

# For children: the helpline for children. $phone is a link.
help-young-text = Wil je met iemand praten? Bel de Kindertelefoon: { $phone }. Dat is gratis. Je hoeft niet te zeggen hoe je heet. Zij spreken Nederlands.

# For children: they too may ask and object.
help-young-rights = Ben je 12 jaar of ouder? Dan mag je zelf vragen wat er over jou is bewaard. Je mag ook bezwaar maken.
