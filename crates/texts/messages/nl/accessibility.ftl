### The accessibility statement, after the model that Dutch public bodies use (DigiToegankelijk). It says what is so, also what is not.

# Title of the page.
accessibility-title = Toegankelijkheid

# First line: the aim.
accessibility-lead = Iedereen moet deze site kunnen gebruiken. Ook wie grote letters nodig heeft, of wie met een schermlezer of zonder muis werkt.

# Heading: where we stand.
accessibility-status-title = Hoe ver zijn wij?

# Label of the status.
accessibility-status = Status

# The status: C of the Dutch model ("Eerste maatregelen genomen"), since no independent audit was done.
accessibility-status-value = Eerste maatregelen genomen (status C)

# Why not a better status.
accessibility-status-why = Wij testen de website zelf. Een bureau van buiten heeft dat nog niet gedaan. Daarom kiezen wij geen betere status.

# Label of the standard.
accessibility-standard = Regels

# Label of the date of this statement.
accessibility-date = Datum van deze verklaring

# Label: to what this applies.
accessibility-scope = Geldt voor

# To what it applies: all pages of the portal, and papers to download.
accessibility-scope-value = Alle pagina’s van dit portaal

# Heading: what was done for it.
accessibility-done-title = Wat wij doen

# No script.
accessibility-done-script = De website werkt zonder scripts. Ook een oude telefoon kan hem laten zien.

# Zoom and small screens.
accessibility-done-zoom = U kunt de letters vier keer zo groot maken. Alles blijft leesbaar, ook op een smal scherm.

# One of the points under "what we do": keyboard.
accessibility-done-keyboard = U kunt alles met het toetsenbord doen. U ziet steeds waar u bent.

# No time limit on reading.
accessibility-done-time = U kunt rustig lezen. Na twee uur vult u uw sleutel en uw pincode opnieuw in.

# One of the points under "what we do": languages.
accessibility-done-language = De website is er in zes talen. Wij gebruiken korte zinnen.

# Heading: how it was tested.
accessibility-tested-title = Hoe wij testen

# By programs.
accessibility-tested-programs = Bij elke verandering zoekt een programma (axe) op elke pagina naar fouten. Dat gebeurt in elke taal, licht en donker.

# By following the pages.
accessibility-tested-keyboard = Een ander programma loopt met alleen het toetsenbord door alle stappen. Ook op een scherm van 320 beeldpunten.

# By people of the project.
accessibility-tested-people = De makers bekijken de pagina’s zelf, in het Nederlands en het Arabisch.

# Heading: what is missing.
accessibility-missing-title = Wat nog niet goed genoeg is

# No audit.
accessibility-missing-audit = Er is geen onderzoek door een bureau van buiten.

# No tests by people with a disability.
accessibility-missing-people = Mensen met een beperking hebben de website nog niet getest.

# Translations were not read by others.
accessibility-missing-language = De vertalingen zijn nog niet door anderen nagelezen.

# Names of other organisations are shown as they are.
accessibility-missing-names = De reden bij een signaal staat er alleen in het Nederlands. Zo heeft de instantie die zelf ingevuld.

# Heading: what to do when something does not work.
accessibility-complaint-title = Werkt iets niet voor u?

# First: tell it.
accessibility-complaint-tell = Vertel het aan uw gemeente, of aan de instantie van de brief. Zeg op welke pagina het was, en wat er niet ging.

# What can be done meanwhile: everything can be done at the desk.
accessibility-complaint-desk = U kunt alles ook bij de gemeente doen, aan de balie. U kunt ook iemand vragen om te helpen.

# Then: the ombudsman. $ombudsman is the name of the ombudsman, as a link.
accessibility-complaint-ombudsman = Krijgt u geen goed antwoord? Ga dan naar de { $ombudsman }.

# Last: that discrimination is a matter for another body. $board is its name, as a link.
accessibility-complaint-board = U kunt ook naar het { $board }.

# Name of the Netherlands Institute for Human Rights.
accessibility-board = College voor de Rechten van de Mens
