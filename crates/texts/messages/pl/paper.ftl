## On every paper

paper-date = Data
paper-reference = Znak sprawy
paper-reference-is = Znak sprawy { $reference }

## Letter

paper-letter-title-question = Pytanie dotyczące Państwa dziecka
paper-letter-title-question-young = Pytanie do Ciebie
paper-letter-title-signal = Wiadomość dotycząca Państwa dziecka
paper-letter-title-signal-young = Wiadomość dla Ciebie
paper-letter-works-from = Kod działa od
paper-letter-works = Kod działa
paper-letter-exchange = Chcemy porozmawiać z innymi instytucjami o Państwa dziecku. Zrobimy to tylko za Państwa zgodą. Dlatego prosimy o zgodę.
paper-letter-exchange-young = Chcemy porozmawiać z innymi instytucjami o Tobie. Zrobimy to tylko za Twoją zgodą. Dlatego prosimy Cię o zgodę.
paper-letter-asked-signal = Pomagamy Państwa dziecku. Chcemy to zaznaczyć w systemie Trefpunt za pomocą sygnału. Dzięki temu inne instytucje mogą nas znaleźć. Nie podajemy powodu. Zrobimy to tylko za Państwa zgodą.
paper-letter-asked-signal-young = Pomagamy Tobie. Chcemy to zaznaczyć w systemie Trefpunt za pomocą sygnału. Dzięki temu inne instytucje mogą nas znaleźć. Nie podajemy powodu. Zrobimy to tylko za Twoją zgodą.
paper-letter-signal = Pomagamy Państwa dziecku. Zaznaczyliśmy to w systemie Trefpunt za pomocą sygnału. Dzięki temu inne instytucje mogą nas znaleźć. Powód nie jest podany.
paper-letter-signal-young = Pomagamy Tobie. Zaznaczyliśmy to w systemie Trefpunt za pomocą sygnału. Dzięki temu inne instytucje mogą nas znaleźć. Powód nie jest podany.
paper-letter-address = Proszę wejść na tę stronę:
paper-letter-code = Proszę wpisać tam swój kod:
paper-letter-code-young = Wpisz tam swój kod:
paper-letter-square = Kwadratowy kod do zeskanowania. Zawiera tylko ten adres: { $address }
paper-letter-how = Jak wejść na stronę
paper-letter-how-young = Jak wejść na stronę
paper-letter-step-go = Proszę wpisać adres strony. Można też zeskanować kwadrat telefonem.
paper-letter-step-go-young = Wpisz adres strony. Możesz też zeskanować kwadrat telefonem.
paper-letter-step-code = Proszę wpisać kod. Potem proszę wybrać własny kod PIN.
paper-letter-step-code-young = Wpisz kod. Potem wybierz własny kod PIN.
paper-letter-step-key = Otrzymają Państwo klucz. Służy on do powrotu na stronę. Kod z tego listu przestanie wtedy działać.
paper-letter-step-key-young = Otrzymasz klucz. Służy on do powrotu na stronę. Kod z tego listu przestanie wtedy działać.
paper-letter-opens = Co można zrobić z kodem?
paper-letter-opens-young = Co możesz zrobić z kodem?
paper-letter-opens-question = Mogą Państwo przeczytać, kto pyta, po co i na jak długo. Odpowiadają Państwo tak lub nie. Zgodę można zawsze wycofać. Kod otwiera tylko to pytanie.
paper-letter-opens-question-young = Możesz przeczytać, kto pyta, po co i na jak długo. Odpowiadasz tak lub nie. Zgodę możesz zawsze wycofać. Kod otwiera tylko to pytanie.
paper-letter-opens-signal = Widzą Państwo nasz sygnał i co się z nim dzieje. Nie zgadzają się Państwo z sygnałem? Można tam wnieść sprzeciw. Kod otwiera tylko ten sygnał.
paper-letter-opens-signal-young = Widzisz nasz sygnał i co się z nim dzieje. Nie zgadzasz się z sygnałem? Możesz tam wnieść sprzeciw. Kod otwiera tylko ten sygnał.
paper-letter-secret = Kod jest tylko dla Państwa. Proszę nikomu go nie podawać. My nigdy o niego nie pytamy.
paper-letter-secret-young = Kod jest tylko dla Ciebie. Nikomu go nie podawaj. My nigdy o niego nie pytamy.
paper-letter-nothing = Co, jeśli nic Państwo nie zrobią?
paper-letter-nothing-young = Co, jeśli nic nie zrobisz?
paper-letter-nothing-exchange = Wtedy nie ma zgody i nic się nie dzieje. Po odmowie też nic się nie dzieje. Pomoc pozostaje bez zmian.
paper-letter-nothing-exchange-young = Wtedy nie ma zgody i nic się nie dzieje. Po odmowie też nic się nie dzieje. Pomoc pozostaje bez zmian.
paper-letter-nothing-asked-signal = Wtedy nasz sygnał się nie liczy i znika. Po odmowie też znika. Pomoc pozostaje bez zmian.
paper-letter-nothing-asked-signal-young = Wtedy nasz sygnał się nie liczy i znika. Po odmowie też znika. Pomoc pozostaje bez zmian.
paper-letter-nothing-signal = Wtedy sygnał pozostaje, aż minie jego termin. Nie muszą Państwo nic robić. Pomoc pozostaje bez zmian.
paper-letter-nothing-signal-young = Wtedy sygnał pozostaje, aż minie jego termin. Nie musisz nic robić. Pomoc pozostaje bez zmian.
paper-letter-help = Potrzebują Państwo pomocy?
paper-letter-help-young = Potrzebujesz pomocy?
paper-letter-help-where = Proszę zabrać ten list do urzędu: { $municipality }. Tam Państwu pomogą. Można też zapytać osobę, która dała Państwu list.
paper-letter-help-where-young = Zabierz ten list do urzędu: { $municipality }. Tam Ci pomogą. Możesz też zapytać osobę, która dała Ci list.
paper-letter-safety = W domu nie jest bezpiecznie? Proszę zadzwonić do Veilig Thuis: 0800-2000. Bezpłatnie, w dzień i w nocy. Grozi niebezpieczeństwo? Proszę dzwonić pod 112.
paper-letter-safety-young = W domu nie jest bezpiecznie? Zadzwoń do Veilig Thuis: 0800-2000. Bezpłatnie, w dzień i w nocy. Grozi niebezpieczeństwo? Dzwoń pod 112.
paper-letter-in-this-language = Polski: na stronie można przeczytać wszystko po polsku.

## Receipt

paper-receipt-title = Potwierdzenie
paper-receipt-about = To jest potwierdzenie Państwa wyboru w systemie Trefpunt. Proszę je zachować.
paper-receipt-about-young = To jest potwierdzenie Twojego wyboru w systemie Trefpunt. Zachowaj je.
paper-receipt-question = Pytanie
paper-receipt-exchange = Czy instytucje mogą rozmawiać o Państwa dziecku?
paper-receipt-exchange-young = Czy instytucje mogą rozmawiać o Tobie?
paper-receipt-signal = Czy instytucja może dać sygnał o Państwa dziecku?
paper-receipt-signal-young = Czy instytucja może dać sygnał o Tobie?
paper-receipt-asked-by = Kto pytał
paper-receipt-between = Kto chce rozmawiać
paper-receipt-answer = Odpowiedź
paper-receipt-agreed = Odpowiedź brzmi: tak. Nie ma jeszcze zgody, bo nie wszyscy, którzy muszą, wybrali.
paper-receipt-agreed-young = Odpowiedź brzmi: tak. Nie ma jeszcze zgody, bo nie wszyscy, którzy muszą, wybrali.
paper-receipt-given = Tak. Jest zgoda.
paper-receipt-refused = Odpowiedź brzmi: nie. Nie ma zgody.
paper-receipt-refused-young = Odpowiedź brzmi: nie. Nie ma zgody.
paper-receipt-withdrawn = Zgoda została wycofana.
paper-receipt-when = Data wyboru
paper-receipt-since = Zgoda jest od
paper-receipt-until = Zgoda jest ważna
paper-receipt-withdrawn-at = Data wycofania
paper-receipt-text = Wersja tekstu
paper-receipt-made = Data potwierdzenia
paper-receipt-back = Jak wycofać zgodę?
paper-receipt-back-young = Jak wycofać zgodę?
paper-receipt-back-how = Proszę wejść na { $address }. Proszę zalogować się kluczem i kodem PIN. Tam proszę wybrać wycofanie. Można to zrobić zawsze. Nie trzeba podawać powodu.
paper-receipt-back-how-young = Wejdź na { $address }. Zaloguj się kluczem i kodem PIN. Tam wybierz wycofanie. Możesz to zrobić zawsze. Nie musisz podawać powodu.
paper-receipt-key = Państwa klucz
paper-receipt-key-young = Twój klucz
paper-receipt-key-how = Tym kluczem i kodem PIN można wrócić na stronę. Proszę nie zapisywać kodu PIN na tej kartce.
paper-receipt-key-how-young = Tym kluczem i kodem PIN możesz wrócić na stronę. Nie zapisuj kodu PIN na tej kartce.
paper-receipt-key-name = Tylko dla Państwa. Proszę nikomu nie podawać klucza.
paper-receipt-key-name-young = Tylko dla Ciebie. Nikomu nie podawaj klucza.
paper-receipt-help = Proszę zabrać tę kartkę do urzędu: { $municipality }. Tam Państwu pomogą.
paper-receipt-help-young = Zabierz tę kartkę do urzędu: { $municipality }. Tam Ci pomogą.

## Links to papers, on pages

paper-download-file = Jako PDF do wydruku
paper-download-receipt = Państwa potwierdzenie (PDF)
paper-download-receipt-young = Twoje potwierdzenie (PDF)
paper-download-signed = Potwierdzenie dla komputera (JSON-LD, podpisane)
paper-download-key = Klucz jako PDF do wydruku
