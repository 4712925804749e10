### What stands on every page: its frame, dates, names of organisations, and what is said when something does not work.

## Frame of each page
common-skip = Przejdź do treści
common-more-information = Więcej informacji
common-languages = Wybór języka
common-menu = Menu
common-menu-request = Pytanie
common-menu-child = Przegląd
common-menu-history = Historia
common-menu-objection = Sprzeciw
common-menu-rights = Prawa
common-help = Pomoc
common-privacy = Prywatność
common-accessibility = Dostępność
common-leave = Wyloguj się
common-to-start = Na początek
common-to-request = Do Państwa pytania
common-error-mark = Błąd:
common-error-title = To się nie udało

## Names of organisations
common-another-organisation = inna instytucja
common-name-hidden = Czasem nie wolno nam pokazać nazwy instytucji.
common-sector-youth-help = pomoc dzieciom i młodzieży
common-sector-youth-health-care = opieka zdrowotna nad dziećmi i młodzieżą
common-sector-health-care = opieka zdrowotna
common-sector-education = edukacja
common-sector-childcare = opieka nad dziećmi
common-sector-social-support = wsparcie społeczne
common-sector-work-and-income = praca i dochód
common-sector-police-and-justice = policja i wymiar sprawiedliwości

## Dates and spans
common-date =
    { $day } { $month ->
        [1] stycznia
        [2] lutego
        [3] marca
        [4] kwietnia
        [5] maja
        [6] czerwca
        [7] lipca
        [8] sierpnia
        [9] września
        [10] października
        [11] listopada
       *[12] grudnia
    } { $year } roku
common-month =
    { $month ->
        [1] styczeń
        [2] luty
        [3] marzec
        [4] kwiecień
        [5] maj
        [6] czerwiec
        [7] lipiec
        [8] sierpień
        [9] wrzesień
        [10] październik
        [11] listopad
       *[12] grudzień
    } { $year }
common-moment = { $date }, godz. { $hour }:{ $minute }
common-until-day = do końca dnia { $date }
common-until-moment = do { $date }, do godz. { $hour }:{ $minute }
common-days =
    { $count ->
        [one] 1 dzień
        [few] { $count } dni
        [many] { $count } dni
       *[other] { $count } dnia
    }
common-one-year = 1 rok (365 dni)
common-two-years = 2 lata (730 dni)

## After leaving
common-left-title = Wylogowano
common-left-lead = Państwa wybór został zapisany.
common-left-back = Mogą Państwo wrócić później. Wtedy mogą Państwo także wycofać zgodę.
common-left-shared = To nie jest Państwa telefon ani komputer? Proszę więc zamknąć także to okno.

## When something does not work
common-nothing-saved = Niczego nie zapisaliśmy.
common-outside-title = Najpierw trzeba wejść
common-outside-text = Nie są Państwo zalogowani lub minęło zbyt dużo czasu.
common-not-entitled-title = Nie mogą już Państwo tu wejść
common-not-entitled-text = Nie mogą już Państwo widzieć ani zmieniać tych danych.
common-not-entitled-why = Może młoda osoba skończyła 16 lat. Albo gmina zakończyła Państwa dostęp.
common-not-entitled-what = Mają Państwo pytania? Proszę pójść do okienka urzędu gminy.
common-decided-title = To już nie jest możliwe
common-decided-text = Na stronie Państwa pytania widać, jak jest teraz.
common-foreign-form-title = Ten formularz jest już nieaktualny
common-foreign-form-why = Może strona była zbyt długo otwarta. Albo nie pochodziła z Trefpunt.
common-foreign-form-what = Proszę wrócić do pytania i wybrać tam jeszcze raz.
common-unreadable-form-title = Nie możemy odczytać tego formularza
common-unreadable-form-what = Proszę wrócić i spróbować ponownie.
common-no-choice-title = Nie wybrano jeszcze odpowiedzi
common-no-choice-what = Proszę wrócić do pytania i wybrać tak lub nie.
common-too-fast-title = Chwila przerwy
common-too-fast-why = W krótkim czasie wpisano wiele kodów.
common-too-fast-what = Proszę odczekać minutę i spróbować ponownie. Państwa kod nadal działa.
common-not-found-title = Tej strony nie ma
common-not-found-what = Proszę sprawdzić, czy adres jest poprawny. Albo zacząć od nowa.
common-not-allowed-title = Ta strona tak nie działa
common-not-allowed-what = Proszę zacząć od nowa.
common-later-title = W tej chwili się nie udaje
common-later-why = Mamy awarię. To nie Państwa wina.
common-later-what = Proszę spróbować ponownie za kilka minut. Państwa kod nadal działa.
common-later-chosen = Czy przed chwilą coś Państwo wybrali? Proszę sprawdzić później, czy wybór został zapisany. Dwukrotny wybór nie szkodzi.
