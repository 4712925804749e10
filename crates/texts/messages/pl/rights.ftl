### The pages on which a family objects to a signal, asks to see what is kept or to have it erased, and follows what became of
### that.

## On the page of a question or of a child: where the rights are
rights-title = Państwa prawa
rights-title-young = Twoje prawa
rights-who = Za Państwa prawa odpowiada { $municipality }. Mają Państwo pytanie lub skargę? Można się tam zgłosić.
rights-who-young = Za Twoje prawa odpowiada { $municipality }. Masz pytanie lub skargę? Możesz się tam zgłosić.
rights-explain = Nie rozumieją Państwo pytania? Wyjaśnień udzieli instytucja { $organisation }.
rights-explain-young = Nie rozumiesz pytania? Wyjaśnień udzieli instytucja { $organisation }.
rights-to-objection = Sprzeciw wobec sygnału
rights-to-requests = Wgląd w dane lub ich usunięcie

## Page: objection
rights-objection-title = Sprzeciw wobec sygnału
rights-objection-lead = Uważają Państwo, że sygnału nie powinno być? Można wnieść sprzeciw. Jest to bezpłatne i nie wpływa na pomoc, którą Państwo otrzymują.
rights-objection-steps = Co dzieje się potem?
rights-objection-step-municipality = Sprzeciw trafia do: { $municipality }.
rights-objection-step-advice =
    { $weeks ->
        [one] Instytucja, która dała sygnał, wydaje opinię w ciągu { $weeks } tygodnia.
        [few] Instytucja, która dała sygnał, wydaje opinię w ciągu { $weeks } tygodni.
       *[other] Instytucja, która dała sygnał, wydaje opinię w ciągu { $weeks } tygodni.
    } Nie mówimy jej, kto wniósł sprzeciw.
rights-objection-step-decision =
    { $weeks ->
        [one] Gmina decyduje w ciągu { $weeks } tygodnia.
        [few] Gmina decyduje w ciągu { $weeks } tygodni.
       *[other] Gmina decyduje w ciągu { $weeks } tygodni.
    } Odpowiedź przeczytają Państwo tutaj.
rights-objection-step-upheld = Gmina przyznaje Państwu rację? Wtedy usuwamy sygnał. Kto go widział, dowie się o tym. List dotyczący tego sygnału przestaje wtedy działać.
rights-objection-step-meanwhile = Do tego czasu sygnał pozostaje.
rights-objection-reason = Nie trzeba tu podawać powodu. Chcą Państwo to zrobić? Proszę powiedzieć o tym gminie.
rights-objection-which = Wobec którego sygnału wnoszą Państwo sprzeciw?
rights-objection-signal = Sygnał, instytucja: { $organisation }, z dnia { $date }
rights-objection-button = Wnieś sprzeciw
rights-objection-none = Nie ma teraz sygnału, wobec którego można wnieść sprzeciw.
rights-objection-choose = Proszę wybrać sygnał
rights-objections = Państwa sprzeciwy
rights-objection-of = Sprzeciw wobec sygnału, instytucja: { $organisation }

## What became of an objection
rights-state-open = Sprawdzany
rights-state-upheld = Przyznano Państwu rację
rights-state-rejected = Nie przyznano racji
rights-state-withdrawn = Wycofano
rights-state-lapsed = Już niepotrzebny
rights-made = { $date }: wnieśli Państwo sprzeciw.
rights-made-at-desk = { $date }: wnieśli Państwo sprzeciw w urzędzie gminy.
rights-advice-due = Instytucja może wydać opinię do dnia { $date } włącznie.
rights-advice-late = Instytucja miała czas do dnia { $date }, ale nie wydała opinii. Gmina może teraz zdecydować bez niej.
rights-advice-end = { $date }: zdaniem instytucji sygnał można usunąć.
rights-advice-keep = { $date }: zdaniem instytucji sygnał musi pozostać.
rights-advice-none = { $date }: instytucja pozostawia decyzję gminie.
rights-decision-due = { $municipality } decyduje przed końcem dnia { $date }.
rights-decision-late = { $municipality }: decyzja powinna była zapaść przed końcem dnia { $date }. Można zadzwonić do gminy i zapytać o sprawę.
rights-upheld = { $date }: { $municipality } przyznaje Państwu rację. Sygnał usunięto.
rights-rejected = { $date }: { $municipality } nie przyznaje Państwu racji. Sygnał pozostaje.
rights-withdrawn = { $date }: wycofali Państwo sprzeciw.
rights-lapsed = Sygnał został już usunięty. Gmina nie musi już decydować.
rights-reasons = Dlaczego:
rights-reason-no-ground = Nie było dobrego powodu dla tego sygnału.
rights-reason-ground-gone = Powodu sygnału już nie ma.
rights-reason-not-informed = Nie powiadomiono Państwa o sygnale lub zrobiono to za późno.
rights-reason-family-interests = To, czego Państwo chcą, jest ważniejsze niż sygnał.
rights-reason-ground-stands = Powód sygnału nadal istnieje.
rights-reason-child-interests = Dla dziecka lepiej, żeby sygnał pozostał.
rights-reason-not-entitled = Nie mogą Państwo wnieść sprzeciwu w imieniu tego dziecka.
rights-reason-repeated = O tym sprzeciwie już zdecydowano. Nic się nie zmieniło.
rights-objection-withdraw = Wycofaj sprzeciw
rights-objection-withdraw-explain = Po wycofaniu gmina nie podejmie decyzji. Później można znowu wnieść sprzeciw.

## Way of appeal
rights-appeal = Nie zgadzają się Państwo z decyzją?
rights-appeal-municipality = Do dnia { $date } włącznie można się odwołać: { $municipality }. List gminy wyjaśnia, jak to zrobić.
rights-appeal-court = Nadal nie zgadzają się Państwo? Wtedy można pójść do sądu.
rights-appeal-authority = Zawsze można też złożyć skargę: { $authority }.
rights-authority = holenderski urząd ochrony danych (Autoriteit Persoonsgegevens)

## Page: access and erasure
rights-lead = Mają Państwo prawo wiedzieć, co przechowujemy. Można też poprosić o usunięcie danych. Jest to bezpłatne.
rights-access-title = Zobaczyć, co jest przechowywane
rights-access-text = Otrzymają Państwo przegląd wszystkich sygnałów i dopasowań. Jest tam też napisane, kto i kiedy do nich zaglądał.
rights-access-limits = Czasem czegoś nie wolno jeszcze pokazać, bo dziecku groziłoby niebezpieczeństwo. Nie mówimy o tym nikomu.
rights-access-button = Poproś o wgląd
rights-erasure-title = Usunięcie danych
rights-erasure-text = Gmina mówi tak? Wtedy kończy się każda zgoda, której Państwo udzielili. Znika to, co wysłano na jej podstawie, a czego nikt nie przeczytał. Znikają też sygnały, które były tylko za Państwa zgodą.
rights-erasure-limits = Inne sygnały pozostają. Można wnieść wobec nich sprzeciw.
rights-erasure-button = Poproś o usunięcie
rights-correct-title = Coś się nie zgadza?
rights-correct-text = Proszę powiedzieć o tym instytucji, która dała sygnał, albo gminie. Muszą poprawić błędy.
rights-term =
    { $municipality } odpowiada { $months ->
        [one] w ciągu miesiąca
        [few] w ciągu { $months } miesięcy
       *[other] w ciągu { $months } miesięcy
    }. Czasem potrzeba więcej czasu: najwyżej { $more ->
        [one] jeszcze jednego miesiąca
        [few] jeszcze { $more } miesięcy
       *[other] jeszcze { $more } miesięcy
    }. Dowiedzą się Państwo o tym.
rights-nothing-to-ask = Nie ma teraz nic, o co można poprosić. Nie ma sygnału, którego dotyczy list.
rights-asked-already = Już Państwo o to poprosili. Powyżej widać, co dzieje się ze sprawą.
rights-requests = O co Państwo poprosili
rights-request-access = Wgląd
rights-request-erasure = Usunięcie danych
rights-state-given = Gmina powiedziała tak
rights-state-partly = Gmina po części powiedziała tak
rights-state-refused = Gmina powiedziała nie
rights-asked = { $date }: poprosili Państwo o to.
rights-asked-at-desk = { $date }: poprosili Państwo o to w urzędzie gminy.
rights-extended = { $date }: gmina potrzebuje więcej czasu.
rights-answer-due = { $municipality } odpowiada przed końcem dnia { $date }.
rights-answer-late = { $municipality }: odpowiedź powinna była nadejść przed końcem dnia { $date }. Można zadzwonić do gminy i zapytać o sprawę.
rights-access-given = { $date }: { $municipality } mówi tak. Można zobaczyć przegląd.
rights-erasure-given = { $date }: { $municipality } mówi tak. Usunięto wszystko, co można było usunąć.
rights-erasure-partly = { $date }: { $municipality } po części mówi tak. Usunięto to, co wymagało Państwa zgody. Inne sygnały pozostają.
rights-refused = { $date }: { $municipality } mówi nie.
rights-request-withdrawn = { $date }: wycofali Państwo prośbę.
rights-refusal-not-entitled = Nie mogą Państwo o to prosić w imieniu tego dziecka. Albo nie ma pewności, kim Państwo są.
rights-refusal-unfounded = Nie ma dobrego powodu dla tej prośby. Albo proszą Państwo zbyt często o to samo.
rights-refusal-rights-of-others = Mogłoby to zaszkodzić dziecku lub komuś innemu.
rights-refusal-public-task = Prawo wymaga przechowywania wszystkich tych danych. Można wnieść sprzeciw wobec sygnału.
rights-refusal-legal-claim = Dane są potrzebne do sprawy w sądzie.
rights-request-withdraw = Wycofaj prośbę
rights-request-withdraw-explain = Po wycofaniu nie otrzymają Państwo odpowiedzi. Później można poprosić znowu.

## The file that access gives
rights-file-until = Przegląd można zobaczyć do dnia { $date } włącznie.
rights-file-link = Do przeglądu
rights-file-not-sure = Przegląd zawiera wszystko. Dlatego musi być pewne, kim Państwo są. Proszę się zalogować albo pójść z listem do okienka urzędu gminy. Tam też można go otrzymać.
rights-file-over = Przegląd można było zobaczyć do dnia { $date }. Można poprosić o niego znowu.
rights-file-lead = To jest teraz przechowywane. Nie zachowujemy kopii tego przeglądu.
rights-file-none-title = Nie ma przeglądu
rights-file-none-text = Najpierw trzeba poprosić o wgląd. Jeśli gmina powie tak, przegląd będzie tutaj.
rights-file-back = Z powrotem do Państwa praw
rights-file-download-html = Zapisz jako stronę
rights-file-download-json = Zapisz dla komputera (JSON)
