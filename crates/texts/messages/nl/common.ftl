### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page

# First link of each page, seen with the keyboard only: jumps over the header.
common-skip = Naar de inhoud

# Name of the list of links at the bottom; read out by screen readers.
common-more-information = Meer informatie

# Name of the list of languages; read out by screen readers. The languages themselves stand in their own words.
common-languages = Kies een taal

# Name of the menu of pages; read out by screen readers.
common-menu = Menu

# Menu: the page of the question that is asked, such as for consent. One or two words.
common-menu-request = De vraag

# Menu: everything there is about the child. One or two words.
common-menu-child = Overzicht

# Menu: what the reader did here. One or two words.
common-menu-history = Geschiedenis

# Menu: the page on which the reader objects. One or two words.
common-menu-objection = Bezwaar

# Menu: the page on which the reader asks for their data, or to erase them. One or two words.
common-menu-rights = Rechten

# Link to the page with help.
common-help = Hulp

# Link to the page about privacy.
common-privacy = Privacy

# Link to the accessibility statement.
common-accessibility = Toegankelijkheid

# Button in the header: ends the session.
common-leave = Uitloggen

# Button: to the first page of the portal.
common-to-start = Naar het begin

# Button: to the page of the question that the reader is asked.
common-to-request = Naar uw vraag

# Before the title of a page on which something was filled in wrongly, and before the error. Ends with a colon.
common-error-mark = Fout:

# Heading of the box that lists what was filled in wrongly.
common-error-title = Dit lukt niet

## Names of organisations

# In place of a name that may not be shown. Stands in a list and in the middle of a sentence, so without a capital.
common-another-organisation = een andere instantie

# Under a list in which "another organisation" stands.
common-name-hidden = Soms mogen wij de naam van een instantie niet laten zien.

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-youth-help = jeugdhulp

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-youth-health-care = jeugdgezondheidszorg

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-health-care = gezondheidszorg

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-education = onderwijs

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-childcare = kinderopvang

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-social-support = maatschappelijke ondersteuning

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-work-and-income = werk en inkomen

# Field in which an organisation works. Stands in brackets behind its name, so without a capital.
common-sector-police-and-justice = politie en justitie

## Dates and spans

# A day. Months in the form that stands between day and year. The year is 2027, without a separator.
common-date =
    { $day } { $month ->
        [1] januari
        [2] februari
        [3] maart
        [4] april
        [5] mei
        [6] juni
        [7] juli
        [8] augustus
        [9] september
        [10] oktober
        [11] november
       *[12] december
    } { $year }

# A month of a year, on its own: "maart 2027". In the form of a name, not of a date.
common-month =
    { $month ->
        [1] januari
        [2] februari
        [3] maart
        [4] april
        [5] mei
        [6] juni
        [7] juli
        [8] augustus
        [9] september
        [10] oktober
        [11] november
       *[12] december
    } { $year }

# A day and a time, as on a clock: "12 maart 2027 om 09.05 uur". $date is made by common-date.
common-moment = { $date } om { $hour }.{ $minute } uur

# How long something holds: to the end of this day. Stands at the end of a sentence such as "The consent holds ...".
common-until-day = tot en met { $date }

# How long something holds: until a time on a day. Stands at the end of a sentence such as "You can choose ...".
common-until-moment = tot { $date } om { $hour }.{ $minute } uur

# A number of days, as in "The consent holds 30 days".
common-days =
    { $count ->
        [one] 1 dag
       *[other] { $count } dagen
    }

# The span of 365 days, as in "The consent holds 1 year (365 days)".
common-one-year = 1 jaar (365 dagen)

# The span of 730 days.
common-two-years = 2 jaar (730 dagen)

## After leaving

# Title of the page after logging out.
common-left-title = U bent uitgelogd

# First line of that page.
common-left-lead = Wat u heeft gekozen, is bewaard.

# On that page.
common-left-back = U kunt later terugkomen. Dan kunt u een toestemming ook intrekken.

# On that page: for whoever uses a computer in a library.
common-left-shared = Is dit niet uw eigen telefoon of computer? Sluit dan ook dit venster.

## When something does not work

# On several pages that refuse a form. Reassures.
common-nothing-saved = Wij hebben niets opgeslagen.

# Title when the reader has no session, or it is over.
common-outside-title = Kom eerst binnen

# Under that title.
common-outside-text = U bent niet binnen, of u was te lang weg.

# Title for a reader who may see and do nothing any more, such as a parent of a young person of 16.
common-not-entitled-title = U kunt hier niet meer in

# Under that title.
common-not-entitled-text = U mag deze gegevens niet meer zien of veranderen.

# Under that title: what may have happened.
common-not-entitled-why = Dat kan zijn omdat de jongere 16 jaar werd. Of de gemeente heeft uw toegang gestopt.

# Under that title: whom to ask.
common-not-entitled-what = Heeft u vragen? Ga naar de balie van uw gemeente.

# Title when an answer is no longer possible.
common-decided-title = Dit kan niet meer

# Under that title.
common-decided-text = Op de pagina van uw vraag ziet u hoe het nu is.

# Title when a form does not belong to this session.
common-foreign-form-title = Dit formulier past niet meer

# Under that title: what may have happened.
common-foreign-form-why = Misschien was de pagina te lang open. Of de pagina kwam niet van Trefpunt.

# Under that title: what to do.
common-foreign-form-what = Ga terug naar uw vraag en kies daar opnieuw.

# Title when a form cannot be read.
common-unreadable-form-title = Dit formulier kunnen wij niet lezen

# Under that title.
common-unreadable-form-what = Ga terug en probeer het opnieuw.

# Title when a form was sent without a choice.
common-no-choice-title = U heeft nog niet gekozen

# Under that title.
common-no-choice-what = Ga terug naar uw vraag en kies ja of nee.

# Title when codes are tried too fast.
common-too-fast-title = Even wachten

# Under that title: what happened.
common-too-fast-why = Er zijn kort na elkaar veel codes ingevuld.

# Under that title: what to do.
common-too-fast-what = Wacht een minuut en probeer het dan opnieuw. Uw code blijft werken.

# Title when there is no such page.
common-not-found-title = Deze pagina is er niet

# Under that title.
common-not-found-what = Kijk of het adres goed is. Of begin opnieuw.

# Title when an address is used in a way it is not made for.
common-not-allowed-title = Zo werkt deze pagina niet

# Under that title.
common-not-allowed-what = Begin opnieuw.

# Title when the service is disturbed.
common-later-title = Het lukt nu even niet

# Under that title.
common-later-why = Er is een storing. Dat ligt niet aan u.

# Under that title: what to do.
common-later-what = Probeer het over een paar minuten opnieuw. Uw code blijft werken.

# Under that title: for whoever had just decided.
common-later-chosen = Had u net iets gekozen? Kijk dan straks of uw keuze is opgeslagen. Twee keer kiezen kan geen kwaad.
