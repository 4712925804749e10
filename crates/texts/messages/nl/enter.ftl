### The way in: entering the code of a letter, choosing a PIN, keeping the return key, coming back with both.

## The first page

# Title of the first page of the portal, and of the browser's tab.
enter-title = Vul uw code in

# First lines of that page. What the letter is about is not known yet.
enter-lead = U heeft een brief gekregen met een code. Met die code leest u waar de brief over gaat. Daarna kiest u zelf wat u doet.

# Label of the field for the code.
enter-code-label = Code uit uw brief

# Explanation at that field. $example is a code such as ABCD-1234-EFGH-5678.
enter-code-hint = De code heeft 16 letters en cijfers, zoals { $example }. Hoofdletters en streepjes maken niet uit.

# In the list of what is wrong, when the code opens nothing. Why not, is never told.
enter-code-wrong = Deze code werkt niet.

# At the field, in the same case. Every cause is named, since which it is must not be told.
enter-code-wrong-help = Deze code werkt niet. Kijk of u de code goed heeft overgenomen. Misschien is de code te oud, of al gebruikt. Had u al een pincode gekozen? Kom dan terug met uw sleutel. Lukt het niet? Vraag hulp bij de balie van uw gemeente.

# Button below the code.
enter-next = Verder

# Heading above the form for whoever was here before.
enter-back-title = Was u hier al eerder?

# Below that heading.
enter-back-lead = Kom dan terug met uw sleutel en uw pincode.

# Label of the field for the return key.
enter-key-label = Uw sleutel

# Explanation at that field.
enter-key-hint = De sleutel heeft 16 letters en cijfers. U kreeg hem toen u uw pincode koos.

# Label of the field for the PIN.
enter-pin-label = Uw pincode

# Explanation at that field.
enter-pin-hint = Dat zijn 6 cijfers.

# Button below the return key and PIN.
enter-back-button = Terugkomen

# In the list of what is wrong, when return key and PIN open nothing. Which of the two is wrong, is never told.
enter-key-wrong = Deze sleutel en pincode werken niet.

# At the field of the return key, in the same case. After many wrong PINs nothing works for an hour.
enter-key-wrong-help = Deze sleutel en pincode werken niet. Kijk of u alles goed heeft overgenomen. Is de pincode vaak verkeerd ingevuld? Wacht dan een uur. Bent u de sleutel of de pincode kwijt? De gemeente geeft u een nieuwe code.

## Good to know

# Heading above a short list.
enter-know-title = Goed om te weten

# In that list. Reassures.
enter-know-nothing = Met de code kiest u nog niets. U leest eerst alles.

# In that list.
enter-know-yours = De code is alleen voor u. Geef de code niet aan iemand anders.

# In that list.
enter-know-once = De code werkt één keer. Daarna komt u terug met een sleutel en een pincode.

# In that list. For whoever was sent back to this page.
enter-know-closes = Na twee uur sluit de pagina vanzelf. Vul dan uw sleutel en uw pincode in.

## Choosing a PIN

# Title of the page after the code.
enter-pin-title = Kies een pincode

# First lines of that page.
enter-pin-lead = Kies 6 cijfers die u goed onthoudt. Daarna krijgt u een sleutel. Met die sleutel en deze cijfers komt u later terug.

# Label of the field.
enter-pin-choose-label = Pincode van 6 cijfers

# Explanation at that field.
enter-pin-choose-hint = Niet 123456 en niet zes keer hetzelfde cijfer.

# Label of the second field.
enter-pin-again-label = Dezelfde pincode nog een keer

# Button below both.
enter-pin-button = Pincode opslaan

# What is wrong: too short, too long, or with letters in it.
enter-pin-not-six = Vul 6 cijfers in.

# What is wrong: 123456, or six times the same.
enter-pin-too-easy = Deze pincode is te makkelijk. Kies andere cijfers.

# What is wrong: the second time it was another.
enter-pin-differs = De twee pincodes zijn niet gelijk.

# In a list below the form. Says why the code of the letter stops working.
enter-pin-spent = Uw code werkt daarna niet meer. Zo kan niemand met uw brief naar binnen.

# In that list.
enter-pin-time = U heeft 15 minuten. Duurt het langer? Vul dan uw code opnieuw in.

## The return key

# Title of the page that shows the return key. The key itself stands below, large.
enter-kept-title = Dit is uw sleutel

# First lines of that page.
enter-kept-lead = Bewaar deze sleutel goed. Met de sleutel en uw pincode komt u hier later terug.

# In a list below the key.
enter-kept-write = Schrijf de sleutel op, of druk deze pagina af. Schrijf uw pincode er niet bij.

# In that list.
enter-kept-once = U ziet de sleutel hier één keer. Wij bewaren hem niet.

# In that list. $municipality is its name, such as "gemeente Voorbeeldstad".
enter-kept-lost = Bent u de sleutel kwijt? Ga naar de balie van { $municipality }. Daar krijgt u een nieuwe code.

# Button: the reader says that they kept the key.
enter-kept-button = Ik heb de sleutel bewaard
