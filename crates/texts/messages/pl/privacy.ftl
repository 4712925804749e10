### The privacy notice. It is made from the covenants that are in force and from the table of what is kept how long.

privacy-title = Prywatność
privacy-lead = Tu można przeczytać, co Trefpunt przechowuje o dzieciach i rodzicach, dlaczego i jak długo.

## What is kept
privacy-child-title = Co Trefpunt przechowuje o dziecku?
privacy-child-signal = Która instytucja dała sygnał i kiedy się on kończy.
privacy-child-contact = Do kogo w tej instytucji można zadzwonić.
privacy-child-code = Tajny kod. Powstał z numeru dziecka (BSN), ale Trefpunt nie zna tego numeru.
privacy-child-month = Miesiąc, w którym wszystko musi zniknąć. W tym miesiącu dziecko ma urodziny.
privacy-child-not = Nie przechowujemy nazwiska ani adresu. Ani powodu sygnału. Wiadomości i dokumenty są zamknięte: Trefpunt nie może ich przeczytać.
privacy-you-title = Co Trefpunt przechowuje o Państwu?
privacy-you-role = Czy są Państwo rodzicem, czy młodą osobą. Nie to, jak się Państwo nazywają.
privacy-you-choice = Co i kiedy Państwo wybrali oraz jaki tekst był wtedy czytany.
privacy-you-asked = O co poprosili Państwo gminę i jaka była odpowiedź.
privacy-you-key = Kod, klucz i kod PIN, ale tak, że nikt nie może ich przeczytać.
privacy-source-title = Skąd to pochodzi?
privacy-source-text = Od instytucji, które dają sygnał. Państwa wybór pochodzi od Państwa. Czasem pracownik zapisał, co Państwo powiedzieli: wtedy jest to zaznaczone.
privacy-seen-title = Kto to widzi?
privacy-seen-parties = Instytucje z sygnałem o tym samym dziecku widzą się nawzajem. Widzą, czy jest zgoda, a nie kto co wybrał. Decydują Państwo sami? Wtedy widać to z odpowiedzi.
privacy-seen-municipality = Gmina widzi, o co ją Państwo proszą. Widzi też, czy instytucje do siebie dzwonią.
privacy-seen-supervisor = Organ nadzoru czyta dziennik bez nazwisk. Widzi w ten sposób, czy robimy to, co tu napisano.
privacy-seen-operator = Kto obsługuje komputery, pracuje dla gminy i nie może zrobić z tym nic innego.
privacy-machine-title = Czy decyduje o Państwu komputer?
privacy-machine-text = Nie. Komputer szuka tylko, czy dwa sygnały dotyczą tego samego dziecka. O tym, co dalej, decydują ludzie.

## What the region agreed
privacy-covenants-title = Co uzgadnia region
privacy-own-title = Co uzgodniono w Państwa sprawie
privacy-covenants-lead = Każdy region zawiera umowę. Teraz jest tak:
privacy-covenants-none = Nie ma jeszcze żadnych umów.
privacy-municipality = Odpowiada
privacy-officer = Dba o kontakt
privacy-basis = Dlaczego to wolno?
privacy-basis-notify = To zadanie instytucji (RODO, artykuł 6 ust. 1 lit. e). Dowiadują się Państwo o każdym sygnale.
privacy-basis-consent = Bo mówią Państwo tak (RODO, artykuł 6 ust. 1 lit. a). Bez Państwa zgody sygnał się nie liczy.
privacy-may-signal = Kto może dać sygnał?
privacy-grounds = Powody sygnału
privacy-signal-days = Sygnał liczy się najwyżej
privacy-archive-years = Potem w archiwum, najwyżej
privacy-years =
    { $count ->
        [one] { $count } rok
        [few] { $count } lata
       *[other] { $count } lat
    }
privacy-age-limit = Wszystko znika w miesiącu, w którym dziecko kończy
privacy-told-within = Dowiadują się Państwo o sygnale najpóźniej po upływie
privacy-consent-days = Państwa zgoda jest ważna najwyżej
privacy-contact-days = Po dopasowaniu instytucje dzwonią do siebie najpóźniej po upływie
privacy-working-days =
    { $count ->
        [one] { $count } dnia roboczego
        [few] { $count } dni roboczych
       *[other] { $count } dni roboczych
    }
privacy-reveal = Instytucje widzą swoje nazwy
privacy-reveal-match = po dopasowaniu
privacy-reveal-consent = dopiero po zgodzie
privacy-sensitive = Nazwa zawsze dopiero po zgodzie
privacy-none = brak
privacy-one-guardian = Czy jeden rodzic może powiedzieć tak także za drugiego?
privacy-attested = Czy pracownik może zapisać, że powiedzieli Państwo tak?
privacy-birthday = Co, gdy dziecko kończy 12 lat, a pytanie trwa?
privacy-birthday-keep = To, co Państwo wybrali, nadal się liczy.
privacy-birthday-again = Pytamy Państwa ponownie.
privacy-siblings = Czy system rozpoznaje braci i siostry?
privacy-delegation = Czy instytucja może to robić za inną?
privacy-limit = Sygnały jednej instytucji na godzinę, najwyżej
privacy-yes = tak
privacy-no = nie

## How long: one line for each kind of thing. The line begins with the thing
privacy-keep-title = Jak długo to przechowujemy?
privacy-keep-number = Numer dziecka (BSN): nigdy.
privacy-keep-pseudonym = Tajny kod dziecka: do usunięcia ostatniego sygnału.
privacy-keep-same-child = Czy dwa kody to jedno dziecko: do usunięcia sygnału jednego z nich.
privacy-keep-family-match = Że dwoje dzieci ma tego samego rodzica: dopóki jest sygnał.
privacy-keep-signal = Sygnał: liczy się do dnia, który wybrała instytucja. Potem trafia do archiwum.
privacy-keep-sleeping = Sygnał, który czeka na Państwa zgodę: najwyżej { $days }.
privacy-keep-archive = Sygnał w archiwum: tak długo, jak uzgodnił region. Jedna nowa instytucja może raz się o nim dowiedzieć. Potem znika. Trwa to najwyżej { $days }.
privacy-keep-at-once = Sygnał, którego nie powinno było być, lub wobec którego uznano Państwa sprzeciw: znika od razu.
privacy-keep-birth-month = Miesiąc, w którym wszystko musi zniknąć: dopóki jest sygnał.
privacy-keep-ground = Powód sygnału: nigdy.
privacy-keep-match = Dopasowanie i kto zadzwonił: do usunięcia jego ostatniego sygnału.
privacy-keep-told = Że dowiedzieli się Państwo o sygnale, albo dlaczego jeszcze nie: dopóki jest sygnał.
privacy-keep-waiting = Sygnały, które czekają na swoją kolej: najwyżej 7 dni.
privacy-keep-birthday = Że dziecko wkrótce kończy 12 lub 16 lat: dopóki trwa pytanie. Jeśli zgoda kończy się w tym dniu, dzień ten pozostaje razem ze zgodą.
privacy-keep-code = Kod z listu, tak że nikt nie może go przeczytać: dopóki jest pytanie lub sygnał.
privacy-keep-key = Klucz i kod PIN, tak że nikt nie może ich przeczytać: dopóki mają Państwo co zobaczyć.
privacy-keep-objection = Państwa sprzeciw: do usunięcia ostatniego sygnału o dziecku.
privacy-keep-request = Prośba o wgląd lub usunięcie: do usunięcia ostatniego sygnału o dziecku.
privacy-keep-file = Przegląd przy wglądzie: nie przechowujemy go. Można go zobaczyć przez { $days }.
privacy-keep-consent = Państwa zgoda: liczy się do dnia, który jest przy niej. Dowód pozostaje, dopóki jest dopasowanie lub sygnał.
privacy-keep-looked = Kto zaglądał: dopóki jest dopasowanie.
privacy-keep-ended = Że zgoda się skończyła, bez nazwiska: do dnia, w którym skończyłaby się sama.
privacy-keep-decision = Kto co wybrał: dopóki jest dopasowanie lub sygnał. Żadna instytucja nie może tego przeczytać.
privacy-keep-message = Zamknięte wiadomości i dokumenty: aż druga strona je ma albo zgoda się kończy.
privacy-keep-sent = Że była wiadomość: dopóki jest dopasowanie.
privacy-keep-colleague = Do kogo zadzwonić w instytucji: dopóki jest sygnał.
privacy-keep-mail = Adres e-mail pracownika: do godziny po wiadomości. Jeśli nie dotarła, 30 dni.
privacy-keep-answers = Co odpowiedzieliśmy komputerowi instytucji: 25 godzin.
privacy-keep-session = Że są Państwo zalogowani: do wylogowania, najwyżej dwie godziny.
privacy-keep-log = Dziennik bez nazwisk: dopóki potrzebuje go organ nadzoru.
privacy-keep-log-details = Co w dzienniku dotyczy człowieka: do usunięcia tego, czego dotyczy.
privacy-keep-statistics = Liczby od dziesięciu w górę: pozostają. Nikogo nie można z nich rozpoznać.

## Cookies and rights
privacy-cookie-title = Pliki cookie
privacy-cookie-text = Używamy tylko potrzebnych plików cookie: aby Państwa wpuścić i aby znać wybrany język. Nie śledzimy Państwa. Ta strona nie pobiera nic od innych firm.
privacy-cookie-address = Państwa adresu internetowego używamy tylko po to, aby spowolnić zgadywanie kodów. Nie przechowujemy go w tym celu.
privacy-rights-title = Co Państwu wolno?
privacy-rights-withdraw = Wycofać zgodę w każdej chwili.
privacy-rights-access = Zobaczyć, co jest przechowywane.
privacy-rights-correct = Poprosić o poprawienie błędów.
privacy-rights-erase = Poprosić o usunięcie.
privacy-rights-object = Wnieść sprzeciw wobec sygnału.
privacy-rights-how = Można to zrobić tutaj, z listem, albo w gminie. W gminie jest osoba, która dba o Państwa dane: inspektor ochrony danych. Można o nią zapytać.
privacy-rights-authority = Nie są Państwo zadowoleni? Skargę można złożyć tutaj: { $authority }.
