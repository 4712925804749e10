### What there is about a child: the overview, everything, and the downloads.

## The page about a child, and its downloads

child-title-guardian = Państwa dziecko w Trefpunt
child-title-young = Ty w Trefpunt
child-lead = Tu jest to, co można zobaczyć z tym listem.
child-whole-title-guardian = Wszystko o Państwa dziecku
child-whole-title-young = Wszystko o Tobie
child-whole-lead = Tu jest wszystko, co można teraz zobaczyć.
child-made-at = Tak było: { $moment }.

## What is asked of the reader

child-asked-title = Co mam teraz zrobić?
child-asked-nothing = Nic. Teraz nie ma żadnego pytania.
child-asked-open = Instytucja { $who } prosi o zgodę. Wybrać można { $until }.
child-asked-agreed = Nic. Odpowiedź „tak” jest zapisana. Jeszcze nie wszyscy wybrali.
child-asked-given = Nic. Zgoda jest udzielona i ważna { $until }.
child-to-question = Pytanie i wybór
child-to-consent = Odpowiedź i jej wycofanie
child-to-answer = O co pytano

## Signals

child-signals-title = Kto się zajmuje sprawą?
child-signals-intro = Sygnał mówi, że instytucja się tym zajmuje. Nie mówi dlaczego.
child-signals-none = Nie ma tu sygnału.
child-signal-sleeping = czeka: najpierw potrzebna jest zgoda
child-signal-active = liczy się
child-signal-paused = teraz się nie liczy: rodzina nie została jeszcze powiadomiona
child-signal-ended = zakończony przez instytucję
child-signal-expired = zakończył się sam
child-signal-archived = w archiwum

## Matches

child-matches-title = Kto się odnalazł?
child-matches-intro = Jeśli dwie instytucje dadzą sygnał o tym samym dziecku, dowiadują się o sobie. To się nazywa dopasowanie.
child-matches-none = Nie ma tu dopasowania.
child-match = Dopasowanie: { $date }
child-match-open = jeszcze nie wszyscy mieli kontakt
child-match-contact-confirmed = instytucje miały kontakt
child-match-closed = zamknięte
child-outcome-signals-ended = nie było już dość sygnałów
child-party = { $who } – od { $since }
child-party-contact = { $who } – od { $since }, kontakt: { $contact }
child-party-left = { $who } – od { $since } do { $left }
child-message-unread = { $sent } – nadawca: { $from }, odbiorca: { $to }. Jeszcze nieodebrana.
child-message-read = { $sent } – nadawca: { $from }, odbiorca: { $to }. Odebrana: { $read }.
child-message-gone = { $sent } – nadawca: { $from }, odbiorca: { $to }. Usunięta bez odczytania: { $gone }.

## Consent

child-consents-title = O jaką zgodę proszono?
child-consents-none = Nie ma tu prośby o zgodę.
child-consent = Prośba: { $date }
child-consent-requested = jeszcze nie wszyscy wybrali
child-consent-given = udzielona
child-consent-refused = nieudzielona
child-consent-withdrawn = wycofana
child-consent-expired = minęła
child-consent-replaced = zastąpiona nową zgodą
child-consent-superseded = poproszono ponownie po 12. lub 16. urodzinach
child-purpose-exchange = wymiana informacji między tymi instytucjami
child-purpose-signal = sygnał tej instytucji
child-answer-none = jeszcze bez wyboru
child-answer-agreed = tak
child-answer-refused = nie

## Who looked

child-viewings-title = Kto i kiedy zaglądał?
child-viewings-intro = Jeśli zagląda tu ktoś z instytucji, zapisujemy to.
child-viewings-none = Nikogo tu nie ma.
child-viewing-match = { $day } – { $who }: sprawdzenie, kto się tym zajmuje (razy: { $times }, ostatnio { $time })
child-viewing-message = { $day } – { $who }: odebranie wiadomości lub dokumentu (razy: { $times }, ostatnio { $time })

## What was asked of the municipality

child-rights-title = O co prosiłem lub prosiłam gminę?
child-objection = Sprzeciw: { $date }
child-request-access = Prośba o wgląd we wszystko: { $date }
child-request-erasure = Prośba o usunięcie: { $date }
child-objection-open = w toku
child-objection-upheld = uznany: sygnał usunięto
child-objection-rejected = odrzucony: sygnał zostaje
child-objection-withdrawn = wycofany
child-objection-lapsed = niepotrzebny: sygnału już nie ma
child-request-requested = w toku
child-request-given = uwzględniona
child-request-partly = uwzględniona częściowo
child-request-refused = odrzucona
child-request-withdrawn = wycofana

## Names of facts. Each stands above or before its value, so with a capital

child-fact-state = Stan obecny
child-fact-given-on = Data udzielenia
child-fact-given-by = Podmiot zgłaszający
child-fact-ends-on = Koniec najpóźniej
child-fact-ended-on = Zakończony dnia
child-fact-gone-in = Wszystko zniknie od
child-fact-archived-until = W archiwum do
child-fact-archive-noticed = Nowa instytucja dowiedziała się
child-fact-informed = Powiadomienie rodziny
child-informed = { $date }, { $how } ({ $language })
child-informed-not = jeszcze tego nie zapisano
child-fact-parties = Kto w nim jest
child-fact-contact-by = Kontakt najpóźniej
child-fact-closed-on = Zamknięte dnia
child-fact-outcome = Dlaczego
child-fact-messages = Wiadomości i dokumenty
child-fact-asked-by = Kto prosi
child-fact-answer-by = Czas na wybór
child-fact-purpose = Na co
child-fact-between = Między kim
child-fact-valid = Ważność
child-fact-withdrawn-on = Wycofana dnia
child-fact-my-answer = Moja odpowiedź
child-fact-text = Tekst
child-fact-decision-by = Odpowiedź najpóźniej
child-fact-decided-on = Decyzja dnia

## How and in which language the family was told

child-channel-conversation = w rozmowie
child-channel-telephone = telefonicznie
child-channel-video-call = w rozmowie wideo
child-channel-letter = listem
child-channel-message = wiadomością
child-language =
    { $language ->
        [ar] arabski
        [bg] bułgarski
        [dse] holenderski język migowy
        [en] angielski
        [fr] francuski
        [fy] fryzyjski
        [de] niemiecki
        [ku] kurdyjski
        [nl] niderlandzki
        [pap] papiamento
        [fa] perski
        [pl] polski
        [pt] portugalski
        [ro] rumuński
        [ru] rosyjski
        [so] somalijski
        [es] hiszpański
        [zgh] tamazight
        [ti] tigrinia
        [tr] turecki
        [uk] ukraiński
        [zh] chiński
       *[other] inny język
    }

## Good to know

child-about-title = Warto wiedzieć
child-about-what = Trefpunt przechowuje to, że instytucja się tym zajmuje. Nie przechowuje powodu.
child-about-purpose = Dzięki temu instytucje mogą się odnaleźć i uzgodnić pomoc.
child-about-source = Dane pochodzą od instytucji, która dała sygnał.
child-about-nameless = Nie przechowuje się imienia, adresu ani daty urodzin dziecka. Ani numeru BSN.
child-about-receivers = Dane widzą tylko instytucje w dopasowaniu. To, co do siebie piszą, czyta tylko odbiorca.
child-about-no-score = O dziecku nie decyduje komputer. Nie ma punktacji.
child-about-complain = Coś się nie zgadza? Można to powiedzieć instytucji lub gminie: { $municipality }. Skargę przyjmuje Autoriteit Persoonsgegevens.

## What more can be done

child-more-title = Co jeszcze mogę zrobić?
child-to-whole = Pokaż wszystko
child-to-history = Co tu zrobiłem lub zrobiłam
child-to-objection = Sprzeciw wobec sygnału
child-to-rights = Wgląd w dane lub ich usunięcie
child-to-overview = Powrót do przeglądu
child-download-title = Własna kopia
child-download-html = Zapisz do czytania (HTML)
child-download-json = Zapisz dla komputera (JSON)
child-download-care = Kto ma plik, może go przeczytać. Czy to cudze urządzenie? Wtedy lepiej go tu nie zapisywać.

## How to see everything

child-whole-why = Z listem widać tylko część. Aby zobaczyć wszystko, musi być pewne, kto patrzy.
child-whole-ways-title = Jak mogę zobaczyć wszystko?
child-whole-way-desk = Można pójść do okienka: { $municipality }. Potrzebny jest list lub klucz i dokument tożsamości.
child-whole-way-request = Można poprosić gminę o wgląd we wszystko. Odpowiedź przyjdzie w ciągu miesiąca.
