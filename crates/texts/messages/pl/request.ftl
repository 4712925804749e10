### The question for consent: what is asked, what has become of it, and taking it back. The reader is a parent or guardian
### (keys ending in -guardian: u) or the young person (keys ending in -young: je).

## Both questions
request-title = Pytanie o zgodę
request-hidden-asker = Instytucja z listu
request-purpose = Do czego to służy?
request-how-long = Jak długo to obowiązuje?
request-everyone = Czy więcej osób musi powiedzieć „tak”?
request-no = Co się stanie, jeśli powiem „nie”?
request-choose-guardian = Co Państwo wybierają?
request-choose-young = Co wybierasz?
request-yes = Tak, wyrażam zgodę
request-no-button = Nie, nie wyrażam zgody
request-not-sure-guardian = Nie są Państwo jeszcze pewni? Proszę się wylogować. Mogą Państwo wrócić później.
request-not-sure-young = Nie wiesz jeszcze? Wyloguj się. Możesz wrócić później.
request-version = Tekst { $version }. Zapytano { $date }.
request-declares = Wybierają Państwo także za drugiego rodzica lub opiekuna
request-declares-what = W tym regionie jeden rodzic lub opiekun może wybrać za oboje. Mówią Państwo „tak”? Oświadczają Państwo wtedy, że drugi rodzic lub opiekun mający władzę rodzicielską się zgadza.
request-declares-unsure = Nie są Państwo pewni? Proszę najpierw porozmawiać ze sobą. Druga osoba się nie zgadza? Proszę wybrać „nie”.
request-hidden-choices-guardian = Wybierają Państwo razem z innymi? Nikomu nie powiemy, co Państwo wybierają. Państwo też nie widzą, co wybiera ktoś inny. Wybierają Państwo sami? Z odpowiedzi wynika wtedy, co Państwo wybrali.
request-hidden-choices-young = Wybierasz razem z innymi? Nikomu nie powiemy, co wybierasz. Ty też nie widzisz, co wybiera ktoś inny.
request-alone-from-16-young = Masz 16 lat lub więcej? Wybierasz wtedy samodzielnie. Z odpowiedzi wynika, jaki był Twój wybór.
request-no-is-final-guardian = Tutaj nie można już zmienić „nie” na „tak”.
request-no-is-final-young = Tutaj nie możesz już zmienić „nie” na „tak”.

## May these organisations consult each other (exchange)?
request-exchange-title-guardian = Czy te instytucje mogą rozmawiać ze sobą o Państwa dziecku?
request-exchange-title-young = Czy te instytucje mogą rozmawiać ze sobą o Tobie?
request-exchange-lead-guardian = Instytucja { $asker } prosi o Państwa zgodę. Sami Państwo wybierają: „tak” lub „nie”. Wybrać można { $until }. Nie zrobią Państwo nic? Wtedy zgody nie ma i wszystko zostaje tak, jak jest.
request-exchange-lead-young = Instytucja { $asker } prosi o Twoją zgodę. Wybierasz samodzielnie: „tak” lub „nie”. Wybrać możesz { $until }. Nie zrobisz nic? Wtedy zgody nie ma i wszystko zostaje tak, jak jest.
request-exchange-who = Kto chce rozmawiać?
request-exchange-who-what-guardian = Te instytucje poinformowały, że zajmują się Państwa dzieckiem. W Trefpunt nie jest zapisane dlaczego.
request-exchange-who-what-young = Te instytucje poinformowały, że zajmują się Tobą. W Trefpunt nie jest zapisane dlaczego.
request-exchange-purpose-guardian = Instytucje chcą dopasować do siebie swoją pomoc. W tym celu chcą wiedzieć, co każda z nich robi. Za Państwa zgodą mogą się o to nawzajem pytać i o tym mówić.
request-exchange-purpose-young = Instytucje chcą dopasować do siebie swoją pomoc. W tym celu chcą wiedzieć, co każda z nich robi. Za Twoją zgodą mogą się o to nawzajem pytać i o tym mówić.
request-exchange-what = Co jest przekazywane?
request-exchange-what-messages-guardian = Wiadomości i dokumenty o Państwa dziecku. Tylko między osobami, które pomagają dziecku.
request-exchange-what-messages-young = Wiadomości i dokumenty o Tobie. Tylko między osobami, które Ci pomagają.
request-exchange-what-needed = Tylko to, co jest potrzebne, by dopasować pomoc.
request-exchange-what-locked = Każda wiadomość i każdy dokument są zamknięte. Może je przeczytać tylko instytucja, która je dostaje. Trefpunt nie może.
request-exchange-not = Co się nie dzieje?
request-exchange-not-others = Inne instytucje nie mogą niczego przeczytać.
request-exchange-not-new-guardian = Dochodzi nowa instytucja? Państwa zgoda jej nie obejmuje. Ktoś musi Państwa zapytać ponownie.
request-exchange-not-new-young = Dochodzi nowa instytucja? Twoja zgoda jej nie obejmuje. Ktoś musi Cię zapytać ponownie.
request-exchange-not-without = Bez zgody przez Trefpunt nie przechodzi żadna wiadomość ani żaden dokument.
request-exchange-lasts-guardian = Zgoda obowiązuje przez { $lasts }. Czy w tym czasie Państwa dziecko skończy 12 lub 16 lat? Wtedy zgoda kończy się tego dnia.
request-exchange-lasts-young = Zgoda obowiązuje przez { $lasts }. Czy w tym czasie skończysz 16 lat? Wtedy zgoda kończy się tego dnia.
request-exchange-withdraw-guardian = Mogą Państwo zawsze wycofać zgodę. Nie trzeba mówić dlaczego. Od tej chwili nic już nie jest przekazywane.
request-exchange-withdraw-young = Możesz zawsze wycofać zgodę. Nie musisz mówić dlaczego. Od tej chwili nic już nie jest przekazywane.
request-exchange-everyone-guardian = Czasem tak. Na przykład drugi rodzic albo samo dziecko od 12 lat. Dopiero gdy wszyscy powiedzą „tak”, coś może być przekazywane. Ktoś z nich powie „nie”? Wtedy zgody nie ma.
request-exchange-everyone-declares = Czasem tak. Na przykład samo dziecko od 12 lat. Dopiero gdy wszyscy powiedzą „tak”, coś może być przekazywane. Ktoś z nich powie „nie”? Wtedy zgody nie ma.
request-exchange-everyone-young = Nie masz jeszcze 16 lat? Wtedy także Twoi rodzice lub opiekunowie muszą powiedzieć „tak”. Dopiero gdy wszyscy powiedzą „tak”, coś może być przekazywane. Ktoś z was powie „nie”? Wtedy zgody nie ma.
request-exchange-no-nothing = Nic.
request-exchange-no-guardian = Powiedzenie „nie” nie ma wpływu na pomoc dla Państwa ani dziecka. Instytucje widzą tylko, że nie ma zgody. Nie widzą, kto powiedział „nie” ani dlaczego.
request-exchange-no-young = Powiedzenie „nie” nie ma wpływu na pomoc dla Ciebie. Instytucje widzą tylko, że nie ma zgody. Nie widzą, kto powiedział „nie” ani dlaczego.
request-exchange-no-again-guardian =
    Po odmowie nikt nie może zapytać ponownie przez { $count } { $count ->
        [one] dzień
        [few] dni
        [many] dni
       *[other] dnia
    }. Tutaj nie można już zmienić „nie” na „tak”.
request-exchange-no-again-young =
    Po odmowie nikt nie może zapytać ponownie przez { $count } { $count ->
        [one] dzień
        [few] dni
        [many] dni
       *[other] dnia
    }. Tutaj nie możesz już zmienić „nie” na „tak”.

## May this organisation say that it is involved (signal)?
request-signal-title-guardian = Czy instytucja { $asker } może poinformować, że zajmuje się Państwa dzieckiem?
request-signal-title-young = Czy instytucja { $asker } może poinformować, że zajmuje się Tobą?
request-signal-lead-guardian = Instytucja { $asker } prosi o Państwa zgodę. Sami Państwo wybierają: „tak” lub „nie”. Wybrać można { $until }. Nie zrobią Państwo nic? Wtedy zgody nie ma i usuwamy sygnał.
request-signal-lead-young = Instytucja { $asker } prosi o Twoją zgodę. Wybierasz samodzielnie: „tak” lub „nie”. Wybrać możesz { $until }. Nie zrobisz nic? Wtedy zgody nie ma i usuwamy sygnał.
request-signal-heading = Co to jest sygnał?
request-signal-what-guardian = Ta instytucja chce poinformować w Trefpunt, że zajmuje się Państwa dzieckiem. To nazywa się sygnał. W sygnale nie ma informacji dlaczego. Nie ma w nim też imienia, nazwiska, adresu ani daty urodzenia dziecka.
request-signal-what-young = Ta instytucja chce poinformować w Trefpunt, że zajmuje się Tobą. To nazywa się sygnał. W sygnale nie ma informacji dlaczego. Nie ma w nim też Twojego imienia, nazwiska, adresu ani daty urodzenia.
request-signal-waits-guardian = Sygnał czeka teraz na Państwa wybór. Inne instytucje nic o tym nie wiedzą.
request-signal-waits-young = Sygnał czeka teraz na Twój wybór. Inne instytucje nic o tym nie wiedzą.
request-signal-purpose-guardian = Czasem kilka instytucji pomaga temu samemu dziecku. Nie zawsze o sobie wiedzą. Dzięki sygnałowi mogą się odnaleźć. Wtedy mogą dopasować do siebie swoją pomoc.
request-signal-purpose-young = Czasem kilka instytucji pomaga tej samej młodej osobie. Nie zawsze o sobie wiedzą. Dzięki sygnałowi mogą się odnaleźć. Wtedy mogą dopasować do siebie swoją pomoc.
request-signal-yes = Co się stanie, jeśli powiem „tak”?
request-signal-yes-counts = Sygnał zaczyna się liczyć.
request-signal-yes-match-guardian = Inna instytucja też da sygnał o Państwa dziecku? Wtedy instytucje się o tym dowiedzą.
request-signal-yes-match-young = Inna instytucja też da sygnał o Tobie? Wtedy instytucje się o tym dowiedzą.
request-signal-yes-asked-again-guardian = Chcą potem przekazywać sobie wiadomości lub dokumenty o Państwa dziecku? Najpierw ponownie poproszą Państwa o zgodę.
request-signal-yes-asked-again-young = Chcą potem przekazywać sobie wiadomości lub dokumenty o Tobie? Najpierw ponownie poproszą Cię o zgodę.
request-signal-lasts-guardian = Zgoda obowiązuje najwyżej przez { $lasts }. Czy w tym czasie Państwa dziecko skończy 12 lub 16 lat? Wtedy zgoda kończy się tego dnia. Zgoda się kończy? Wtedy kończy się też sygnał.
request-signal-lasts-young = Zgoda obowiązuje najwyżej przez { $lasts }. Czy w tym czasie skończysz 16 lat? Wtedy zgoda kończy się tego dnia. Zgoda się kończy? Wtedy kończy się też sygnał.
request-signal-withdraw-guardian = Mogą Państwo zawsze wycofać zgodę. Nie trzeba mówić dlaczego. Wtedy usuwamy sygnał.
request-signal-withdraw-young = Możesz zawsze wycofać zgodę. Nie musisz mówić dlaczego. Wtedy usuwamy sygnał.
request-signal-everyone-guardian = Czasem tak. Na przykład drugi rodzic albo samo dziecko od 12 lat. Sygnał liczy się dopiero, gdy wszyscy powiedzą „tak”. Ktoś z nich powie „nie”? Wtedy usuwamy sygnał.
request-signal-everyone-declares = Czasem tak. Na przykład samo dziecko od 12 lat. Sygnał liczy się dopiero, gdy wszyscy powiedzą „tak”. Ktoś z nich powie „nie”? Wtedy usuwamy sygnał.
request-signal-everyone-young = Nie masz jeszcze 16 lat? Wtedy także Twoi rodzice lub opiekunowie muszą powiedzieć „tak”. Sygnał liczy się dopiero, gdy wszyscy powiedzą „tak”. Ktoś z was powie „nie”? Wtedy usuwamy sygnał.
request-signal-no-nothing-guardian = Powiedzenie „nie” nie ma wpływu na pomoc dla Państwa ani dziecka.
request-signal-no-nothing-young = Powiedzenie „nie” nie ma wpływu na pomoc dla Ciebie.
request-signal-no = Usuwamy sygnał. Instytucja { $asker } widzi tylko, że sygnału już nie ma. Nie widzi, kto powiedział „nie” ani dlaczego.

## What has become of it
request-state-agreed-guardian = Powiedzieli Państwo „tak”
request-state-agreed-young = Twoja odpowiedź to „tak”
request-state-given = Zgoda została udzielona
request-state-refused-guardian = Powiedzieli Państwo „nie”
request-state-refused-young = Twoja odpowiedź to „nie”
request-state-not-given = Zgoda nie została udzielona
request-state-withdrawn = Zgoda została wycofana
request-state-over = To pytanie jest już zamknięte
request-agreed-exchange-guardian = Wyrazili Państwo zgodę { $date }. Nie wszyscy jeszcze wybrali. Na razie nic nie jest przekazywane.
request-agreed-exchange-young = Twoja zgoda jest z dnia { $date }. Nie wszyscy jeszcze wybrali. Na razie nic nie jest przekazywane.
request-agreed-signal-guardian = Wyrazili Państwo zgodę { $date }. Nie wszyscy jeszcze wybrali. Sygnał na razie się nie liczy.
request-agreed-signal-young = Twoja zgoda jest z dnia { $date }. Nie wszyscy jeszcze wybrali. Sygnał na razie się nie liczy.
request-agreed-back-guardian = Zmienili Państwo zdanie? Mogą Państwo wycofać swoje „tak”.
request-agreed-back-young = Jednak nie chcesz? Możesz wycofać swoje „tak”.
request-take-back = Wycofaj moje „tak”
request-given-exchange = Zgoda została udzielona { $date }. Zgoda obowiązuje { $until }. Instytucje na tej stronie mogą teraz wysyłać sobie wiadomości i dokumenty.
request-given-signal = Zgoda została udzielona { $date }. Zgoda obowiązuje { $until }. Sygnał teraz się liczy.
request-given-back-exchange-guardian = Zmienili Państwo zdanie? Mogą Państwo zawsze wycofać zgodę. Potem nic już nie jest przekazywane.
request-given-back-exchange-young = Jednak nie chcesz? Możesz zawsze wycofać zgodę. Potem nic już nie jest przekazywane.
request-given-back-signal-guardian = Zmienili Państwo zdanie? Mogą Państwo zawsze wycofać zgodę. Wtedy usuwamy sygnał.
request-given-back-signal-young = Jednak nie chcesz? Możesz zawsze wycofać zgodę. Wtedy usuwamy sygnał.
request-withdraw = Wycofaj zgodę
request-refused-guardian = Państwa wybór został zapisany. Instytucje widzą tylko, że nie ma zgody. Nie widzą, kto powiedział „nie” ani dlaczego.
request-refused-young = Twój wybór został zapisany. Instytucje widzą tylko, że nie ma zgody. Nie widzą, kto powiedział „nie” ani dlaczego.
request-refused-signal-guardian = Państwa wybór został zapisany.
request-refused-signal-young = Twój wybór został zapisany.
request-not-everyone = Nie wszyscy wyrazili zgodę.
request-not-given-exchange-guardian = Nic nie jest przekazywane. Nie ma to wpływu na pomoc dla Państwa ani dziecka. Nie muszą Państwo nic robić.
request-not-given-exchange-young = Nic nie jest przekazywane. Nie ma to wpływu na pomoc dla Ciebie. Nie musisz nic robić.
request-not-given-signal-guardian = Usuwamy sygnał. Nie ma to wpływu na pomoc dla Państwa ani dziecka. Nie muszą Państwo nic robić.
request-not-given-signal-young = Usuwamy sygnał. Nie ma to wpływu na pomoc dla Ciebie. Nie musisz nic robić.
request-withdrawn-exchange = Zgoda została wycofana { $date }. Nic już nie jest przekazywane.
request-withdrawn-left = Wiadomości i dokumenty, których jeszcze nie odebrano, zostały usunięte. Co instytucja już przeczytała, to nadal wie.
request-withdrawn-signal = Zgoda została wycofana { $date }. Usuwamy sygnał.
request-over-exchange-guardian = Tutaj nie mogą już Państwo wybrać. Czas minął albo zastąpiło je nowe pytanie. Ta zgoda już nie obowiązuje.
request-over-exchange-young = Tutaj nie możesz już wybrać. Czas minął albo zastąpiło je nowe pytanie. Ta zgoda już nie obowiązuje.
request-over-signal-guardian = Tutaj nie mogą już Państwo wybrać. Czas minął albo sygnał się zakończył.
request-over-signal-young = Tutaj nie możesz już wybrać. Czas minął albo sygnał się zakończył.
request-about = O co chodzi
request-about-exchange = Instytucja { $asker } poprosiła o zgodę { $date }. Chodzi o te instytucje:
request-about-signal = Instytucja { $asker } poprosiła { $date } o zgodę na sygnał. Sygnał mówi, że instytucja się zajmuje, ale nie mówi dlaczego. Chodzi o tę instytucję:
request-recorded-guardian =
    Nie wybrali Państwo tego tutaj. Instytucja { $who } zapisała, co Państwo { $date } { $form ->
        [written] napisali na papierze
       *[said] powiedzieli
    }.
request-recorded-young =
    To nie zostało wybrane tutaj. Instytucja { $who } zapisała, co { $date } { $form ->
        [written] było na Twojej kartce
       *[said] było Twoją odpowiedzią
    }.
request-recorded-masked-guardian =
    Nie wybrali Państwo tego tutaj. Inna instytucja zapisała, co Państwo { $date } { $form ->
        [written] napisali na papierze
       *[said] powiedzieli
    }.
request-recorded-masked-young =
    To nie zostało wybrane tutaj. Inna instytucja zapisała, co { $date } { $form ->
        [written] było na Twojej kartce
       *[said] było Twoją odpowiedzią
    }.
request-recorded-wrong-guardian = To się nie zgadza? Proszę to poniżej wycofać.
request-recorded-wrong-young = To się nie zgadza? Wycofaj to poniżej.
request-signal-gone-title = Sygnał został usunięty
request-signal-gone-lead = Otrzymaliśmy Państwa wybór i usunęliśmy sygnał.
request-signal-gone-no-effect = Nie ma to wpływu na pomoc dla Państwa ani dziecka. Nie muszą Państwo nic robić.
request-signal-gone-left = Usunięte jest też pytanie. Dlatego nie mogą już Państwo tu wrócić. W dzienniku jest tylko zapis, że tak się stało, bez nazwisk.

## Taking it back: the last question before
request-take-back-title = Wycofanie „tak”
request-withdraw-sure-guardian = Czy chcą Państwo wycofać zgodę?
request-withdraw-sure-young = Czy chcesz wycofać zgodę?
request-take-back-sure-guardian = Czy chcą Państwo wycofać swoje „tak”?
request-take-back-sure-young = Czy chcesz wycofać swoje „tak”?
request-withdraw-signal-gone = Od razu usuwamy sygnał. Instytucja { $asker } widzi tylko, że go nie ma. Nie widzi, przez kogo ani dlaczego.
request-withdraw-signal-others = Inne instytucje już wiedziały o sygnale? Widzą wtedy, że instytucja { $asker } już nie bierze udziału. Co już wiedzą, to nadal wiedzą.
request-withdraw-signal-no-effect-guardian = Nie ma to wpływu na pomoc dla Państwa ani dziecka. Tutaj nie można tego cofnąć.
request-withdraw-signal-no-effect-young = Nie ma to wpływu na pomoc dla Ciebie. Tutaj nie możesz tego cofnąć.
request-withdraw-stops = Instytucje od razu nie mogą już wysyłać sobie wiadomości i dokumentów przez Trefpunt. Nie mogą ich też już odbierać.
request-withdraw-unfetched = Wiadomości i dokumenty, których jeszcze nie odebrano, usuwamy.
request-withdraw-read = Co instytucja już przeczytała, to nadal wie.
request-withdraw-seen = Instytucje widzą, że zgoda została wycofana. Nie widzą, przez kogo ani dlaczego.
request-withdraw-no-effect-guardian = Wycofanie nie ma wpływu na pomoc dla Państwa ani dziecka.
request-withdraw-no-effect-young = Wycofanie nie ma wpływu na pomoc dla Ciebie.
request-take-back-becomes-no = Odpowiedź zmienia się wtedy na „nie”. Nic nie jest przekazywane.
request-take-back-seen = Instytucje widzą tylko, że nie ma zgody. Nie widzą, kto powiedział „nie” ani dlaczego.
request-back = Wróć, nic nie zmieniaj

## Who looked
request-looked = Kto zaglądał?
request-looked-every-guardian = Za każdym razem, gdy jedna z tych instytucji zagląda, zapisujemy to. Widzą to Państwo tutaj.
request-looked-every-young = Za każdym razem, gdy jedna z tych instytucji zagląda, zapisujemy to. Widzisz to tutaj.
request-looked-message =
    { $date }: { $who } – odebrano wiadomość lub dokument{ $times ->
        [1] { "" }
        [few] { " " }({ $times } razy)
        [many] { " " }({ $times } razy)
       *[other] { " " }({ $times } razu)
    }
request-looked-match =
    { $date }: { $who } – sprawdzono, kto się zajmuje{ $times ->
        [1] { "" }
        [few] { " " }({ $times } razy)
        [many] { " " }({ $times } razy)
       *[other] { " " }({ $times } razu)
    }
